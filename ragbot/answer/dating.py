"""Marks claims that are much older than those beside them, or undated beside dated ones."""

from collections.abc import Iterable
from dataclasses import replace

from ragbot.answer.citations import Numbering
from ragbot.answer.conflicts import voices
from ragbot.types import Claim, Mark, MarkKind


def marked(claims: Iterable[Claim], newest: str, numbering: Numbering) -> tuple[Claim, ...]:
    """The claims, each with a mark where its date warns of it beside a quote of `newest`."""
    return tuple(_marked(claim, newest, numbering) for claim in claims)


def newest(claims: Iterable[Claim], numbering: Numbering) -> str:
    """The latest date of what some claims quote, or "undated"."""
    return voices.newest([_date(claim, numbering) for claim in claims])


def _marked(claim: Claim, beside: str, numbering: Numbering) -> Claim:
    date = _date(claim, numbering)
    if date == voices.UNDATED and beside != voices.UNDATED:
        mark = Mark(MarkKind.UNDATED, "undated")
    elif voices.stale(date, beside):
        mark = Mark(MarkKind.OLD, f"of {date[:4]}")
    else:
        return claim
    return replace(claim, marks=(*claim.marks, mark))


def _date(claim: Claim, numbering: Numbering) -> str:
    dates = []
    for evidence in claim.evidence:
        document = numbering.document(evidence.document_id)
        dates.append(voices.last_date(document.published, document.updated))
    return voices.newest(dates)
