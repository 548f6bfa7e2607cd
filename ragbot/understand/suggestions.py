"""The names that a text may be the beginning of, or may mean, for suggestions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.lexical.name_words import last
from ragbot.understand.names import NamedDocument
from ragbot.understand.resolver import Readings

LEAST_PREFIX = 2  # letters
BEGINS = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A documented name, and how it was found.

    `name` is what its document is called, `document` its id, `subject` the id of the subject it is
    of. `text` is what it was read from, at `[start, end)` of what was asked; `probability` says how
    likely it is meant there, 1 where the text is the beginning of it.
    """

    name: str
    document: str
    subject: str
    text: str
    start: int
    end: int
    probability: float


def suggestions(
    text: str, readings: Readings, documents: Sequence[NamedDocument], limit: int
) -> tuple[Suggestion, ...]:
    """Names that begin with a text of one word, the shortest first, then those that it may mean."""
    found: dict[str, Suggestion] = {}
    for one in (*_beginning(text, documents), *_meant(text, readings)):
        found.setdefault(one.document, one)
        if len(found) == limit:
            break
    return tuple(found.values())


def _beginning(text: str, documents: Sequence[NamedDocument]) -> list[Suggestion]:
    written = text.strip().lower()
    if len(written) < LEAST_PREFIX or not BEGINS.fullmatch(written):
        return []
    start = text.lower().find(written)
    ranked = []
    for document in documents:
        fits = [
            name
            for name in document.names
            if (name if "." in written else last(name)).lower().startswith(written)
        ]
        if fits:
            name = min(fits, key=lambda name: (name.count("."), len(name)))
            parts, size = name.count("."), len(last(name))
            rank = (*((parts, size) if "." in written else (size, parts)), document.names[0])
            ranked.append((rank, document))
    return [
        Suggestion(
            document.names[0],
            document.id,
            document.subjects[0],
            text.strip(),
            start,
            start + len(written),
            1.0,
        )
        for _, document in sorted(ranked, key=lambda entry: entry[0])
    ]


def _meant(text: str, readings: Readings) -> list[Suggestion]:
    return [
        Suggestion(
            one.document.names[0],
            one.document.id,
            one.document.subjects[0],
            text[one.start : one.end],
            one.start,
            one.end,
            one.probability,
        )
        for one in readings.all
    ]
