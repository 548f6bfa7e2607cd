"""Reads what a statement asserts, whatever kind of assertion it is."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ragbot.answer.conflicts import figures, relations, stances, status
from ragbot.answer.conflicts.assertions import Assertion, Text
from ragbot.guide import Guide
from ragbot.types import DisagreementKind

CUES = tuple(
    dict.fromkeys(
        (*relations.CUES, *figures.CUES, *figures.WINDOW_CUES, *stances.CUES, *status.CUES)
    )
)

Reader = Callable[[Text], Iterator[Assertion]]

# Each with the words without which it finds nothing: looking for those first is much faster.
_READERS: tuple[tuple[tuple[str, ...], Reader], ...] = (
    (relations.CUES, relations.hosts),
    (relations.CUES, relations.holders),
    (figures.CUES, figures.counts),
    (figures.CUES, figures.events),
    (figures.CUES, figures.versions),
    (figures.WINDOW_CUES, figures.windows),
    (stances.CUES, stances.opposites),
    (stances.CUES, stances.comparisons),
)
_NEEDS = re.compile(r"requir|support|prerequisite|install|compatib|version", re.IGNORECASE)
_OF_THE_WHOLE = {DisagreementKind.VERSIONS, DisagreementKind.NUMBER}


def read(words: str, symbol: str, guide: Guide, *, in_table: bool = False) -> tuple[Assertion, ...]:
    """The assertions of a statement, in the document of a symbol, "" for other documents.

    `in_table`: it is a cell, which is about whom its column or row is about.
    """
    low = words.lower()
    if words.rstrip().endswith("?"):
        return ()
    text = replace(Text.of(words, guide), in_table=in_table)
    found = [a for cues, reader in _READERS if _any(cues, low) for a in reader(text)]
    if _any(status.CUES, low):
        found += status.statuses(text, symbol)
    return tuple(dict.fromkeys(found))


def fits(assertion: Assertion, context: str, guide: Guide) -> bool:
    """Whether an assertion holds of the subject under its label, headings and title.

    Versions are those that are needed, and neither they nor numbers are those of a part of it.
    """
    if assertion.kind not in _OF_THE_WHOLE:
        return True
    if assertion.kind is DisagreementKind.VERSIONS and not _NEEDS.search(context + assertion.said):
        return False
    about = Text.of(context.replace("/", " "), guide)
    return not any(about.of_a_part(*mention) for mention in about.mentions)


def _any(cues: tuple[str, ...], low: str) -> bool:
    return any(cue in low for cue in cues)
