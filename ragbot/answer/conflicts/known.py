"""Everything that the statements of a generation assert.

All are read once; which of them assert something is remembered in the index's cache.
"""

import json
import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ragbot.answer.conflicts import kept, reading, weigh
from ragbot.answer.conflicts.assertions import Assertion
from ragbot.answer.conflicts.weigh import Voice
from ragbot.index.generation import Generation
from ragbot.index.library import Library
from ragbot.types import BlockKind, DisagreementKind, Span

_STATEMENTS = (
    'SELECT s.ordinal, s.passage, s.start, s."end", s.kind, p.document FROM statements s '
    "JOIN passages p ON p.ordinal = s.passage ORDER BY s.ordinal"
)
_CONTEXT = (
    "SELECT s.label, s.subjects, p.heading_path, d.title, d.path FROM statements s "
    "JOIN passages p ON p.ordinal = s.passage JOIN documents d ON d.ordinal = p.document "
    "WHERE s.ordinal = ?"
)
_DOCUMENTS = (
    "SELECT ordinal, id, source_id, json_extract(facts, '$.published'), "
    "json_extract(facts, '$.updated') FROM documents"
)
_TEXTS = "SELECT ordinal, text FROM documents"
_STATEMENT = (
    'SELECT s.ordinal, s.passage, s.start, s."end", s.kind, p.document, '
    'substr(d.text, s.start + 1, s."end" - s.start) AS quote FROM statements s '
    "JOIN passages p ON p.ordinal = s.passage JOIN documents d ON d.ordinal = p.document "
    "WHERE s.ordinal = ?"
)
_OF_ALL = {DisagreementKind.STATUS, DisagreementKind.BY_VERSION}  # of all that a statement names


@dataclass(frozen=True, slots=True)
class Told:
    """An assertion of a statement, where that stands, and who tells it."""

    ordinal: int
    span: Span
    quote: str
    assertion: Assertion
    voice: Voice

    @property
    def document(self) -> str:
        """The id of its document."""
        return self.span[0]


@dataclass(frozen=True)
class Known:
    """What is asserted of each subject; `vectors[subject]` has a row for each of `told[subject]`.

    `voices` says of each document, by id, who speaks in it and when.
    """

    told: dict[str, tuple[Told, ...]]
    vectors: dict[str, npt.NDArray[np.float32]]
    voices: dict[str, Voice]

    @classmethod
    def of(cls, generation: Generation) -> "Known":
        """Read the statements that assert something."""
        sources = {source.id: source for source in generation.library.sources()}
        voices, names = {}, {}
        for found in generation.library.read(_DOCUMENTS):
            authority = sources[found["source_id"]].authority
            date = weigh.last_date(found[3], found[4])
            voices[found["id"]] = Voice(authority, date)
            names[found["ordinal"]] = found["id"]
        ordinals = kept.read(generation)
        if ordinals is None:
            ordinals = list(_asserting(generation))
            kept.write(generation, ordinals)
        told: dict[str, list[Told]] = defaultdict(list)
        for ordinal in ordinals:
            row = generation.library.read(_STATEMENT, ordinal)[0]
            for subject, assertion in _asserted(generation, row, row["quote"]):
                document = names[row["document"]]
                told[subject].append(
                    Told(
                        ordinal=row["ordinal"],
                        span=(document, row["start"], row["end"]),
                        quote=row["quote"],
                        assertion=assertion,
                        voice=voices[document],
                    )
                )
        vectors = {
            subject: generation.statement_vectors[[t.ordinal for t in group]].astype(np.float32)
            for subject, group in told.items()
        }
        return cls({name: tuple(group) for name, group in told.items()}, vectors, voices)


def _asserting(generation: Generation) -> Iterator[int]:
    """The ordinals of the statements that assert something."""
    texts = {row["ordinal"]: row["text"] for row in generation.library.read(_TEXTS)}
    for row, quote in _telling(generation.library, texts):
        if any(_asserted(generation, row, quote)):
            yield row["ordinal"]


def _telling(library: Library, texts: dict[int, str]) -> Iterator[tuple[sqlite3.Row, str]]:
    """The statements, not listings, in which a telling word stands, with their words."""
    places: dict[int, list[int]] = {}
    for document, text in texts.items():
        low = text.lower()
        found = [at for cue in reading.CUES if cue in low for at in _places(cue, low)]
        if found:
            places[document] = sorted(found)
    for row in library.read(_STATEMENTS):
        found = places.get(row["document"], [])
        at = bisect_right(found, row["end"] - 1) if found else 0
        if at and found[at - 1] >= row["start"] and row["kind"] != BlockKind.CODE:
            yield row, texts[row["document"]][row["start"] : row["end"]]


def _places(cue: str, text: str) -> Iterator[int]:
    at = text.find(cue)
    while at >= 0:
        yield at
        at = text.find(cue, at + 1)


def _asserted(
    generation: Generation, row: sqlite3.Row, quote: str
) -> Iterator[tuple[str, Assertion]]:
    """(subject, assertion) of each assertion of a statement."""
    guide = generation.guide
    symbol = generation.passages[row[1]].symbol
    in_table = row["kind"] == BlockKind.TABLE_ROW
    if not (assertions := reading.read(quote, symbol, guide, in_table=in_table)):
        return
    label, subjects, headings, title, path = generation.library.read(_CONTEXT, row[0])[0]
    own = tuple(json.loads(subjects))
    context = " ".join((label, *json.loads(headings), title, path))
    for assertion in assertions:
        if not reading.fits(assertion, context, guide):
            continue
        if assertion.subject is not None:
            said_of = (assertion.subject,) if assertion.subject in own else ()
        elif len(own) == 1 or assertion.kind in _OF_ALL:
            said_of = own
        else:
            said_of = ()
        for subject in said_of:
            yield subject, assertion
