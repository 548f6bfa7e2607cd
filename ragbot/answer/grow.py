"""Lets a quote take in what stands beside it, so that it says enough to be understood."""

from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from ragbot.answer.candidates import Candidate, Said, Scored, Wanted
from ragbot.answer.manner import manner
from ragbot.retrieval import Vector
from ragbot.types import BlockKind

NEAR = 0.45  # share of the cosine of the chosen statement that a neighbour must have
# Characters between what is taken in and the quote: the next paragraph, or the next item.
GAP = {BlockKind.PROSE: 2, BlockKind.LIST_ITEM: 6}

Cut = Callable[[Scored, int, int], Scored | None]
"""Quotes a chosen statement from `start` to `end`; None where that would fail a check."""


def grown(
    chosen: Sequence[Scored],
    candidates: Sequence[Candidate],
    wanted: Wanted,
    limit: int,
    used: Set[Said],
    most: int,
    cut: Cut,
) -> list[Scored]:
    """Up to `limit` of the chosen statements, each with what it takes in of what stands beside it.

    No quote takes in others beyond `most` words, and one that would fail a check takes in none. A
    statement that an earlier quote has taken in is left out; a quote stops where another begins,
    or what is quoted elsewhere (`used`).
    """
    fresh = [c for c in candidates if c.said not in used]
    quotes: list[Scored] = []
    for scored in chosen:
        own = scored.candidate
        taken = [
            (other.candidate.statement.start, other.candidate.statement.end)
            for other in quotes
            if other.candidate.document == own.document
        ]
        start, end = own.statement.start, own.statement.end
        if any(a < end and start < b for a, b in taken):
            continue
        beside = fresh if own.said not in used else ()
        span = _grown(own, beside, wanted, taken, most)
        longer = cut(scored, *span) if span != (start, end) else None
        quotes.append(longer or scored)
        if len(quotes) == limit:
            break
    return quotes


def _grown(
    chosen: Candidate,
    candidates: Sequence[Candidate],
    wanted: Wanted,
    taken: Sequence[tuple[int, int]],
    most: int,
) -> tuple[int, int]:
    """Where the quote of a statement begins and ends with the neighbours that it takes in.

    They are sentences or list items of the same passage about the same subject, near to what is
    wanted, the nearer one first, for as long as all are at most `most` words. What points
    elsewhere, asks, or is a scrap is not taken in, nor anything behind it.
    """
    start, end = chosen.statement.start, chosen.statement.end
    if chosen.statement.kind not in GAP:
        return start, end
    beside = {
        c.ordinal: c
        for c in candidates
        if c.statement.passage_id == chosen.statement.passage_id
        and c.statement.kind in GAP
        and (wanted.subject is None or wanted.subject in c.statement.subjects)
        and (c is chosen or manner(c.statement, c.quote, code=wanted.code) >= 0)
    }
    least = NEAR * _cosine(chosen, wanted.vector)
    words = len(chosen.quote.split())
    low = high = chosen.ordinal
    while True:
        near = [beside[o] for o in (low - 1, high + 1) if o in beside]
        near = [c for c in near if _cosine(c, wanted.vector) >= least]
        for one in sorted(near, key=lambda c: -_cosine(c, wanted.vector)):
            more = len(one.quote.split())
            span = min(start, one.statement.start), max(end, one.statement.end)
            gap = min(abs(one.statement.start - end), abs(start - one.statement.end))
            if gap > GAP[one.statement.kind] or words + more > most:
                continue
            if not any(a < span[1] and span[0] < b for a, b in taken):
                (start, end), words = span, words + more
                low, high = min(low, one.ordinal), max(high, one.ordinal)
                break
        else:
            return start, end


def _cosine(candidate: Candidate, vector: Vector) -> float:
    return float(candidate.vector @ vector)


def regrown(scored: Scored, quote: str, start: int, end: int) -> Scored:
    """A chosen statement that is quoted from `start` to `end`."""
    statement = replace(scored.candidate.statement, start=start, end=end)
    return replace(scored, candidate=replace(scored.candidate, statement=statement, quote=quote))
