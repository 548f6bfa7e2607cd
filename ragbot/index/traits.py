"""How what statements assert and outdate lies in the library, and how it comes back."""

import json
import sqlite3
from dataclasses import dataclass

from ragbot.index import decoding
from ragbot.index.decoding import words
from ragbot.index.library import Library
from ragbot.statements import labelled
from ragbot.types import Assertion, AssertionKind, BlockKind, Evidence, Statement

_SPEAKERS = (
    'SELECT s.ordinal, s.start, s."end", s.kind, s.label, s.subjects, p.id AS passage_id, '
    "p.ordinal AS passage, d.id AS document_id, d.source_id, "
    "json_extract(d.facts, '$.published') AS published, "
    "json_extract(d.facts, '$.updated') AS updated, "
    "json_extract(d.facts, '$.names[0]') AS symbol, "
    'substr(d.text, s.start + 1, s."end" - s.start) AS quote, '
)
_JOINED = (
    "JOIN statements s ON s.ordinal = t.statement JOIN passages p ON p.ordinal = s.passage "
    "JOIN documents d ON d.ordinal = p.document ORDER BY s.ordinal, t.rowid"
)
_ASSERTIONS = (
    f'{_SPEAKERS} t.kind AS asserted, t.subject, t.about, t."values", t.version '
    f"FROM assertions t {_JOINED}"
)
_OUTDATED = f"{_SPEAKERS} t.name FROM outdated t {_JOINED}"
_WITHIN = (
    "SELECT s.subjects FROM statements s JOIN passages p ON p.ordinal = s.passage "
    'WHERE p.id = ? AND s.start >= ? AND s."end" = ? ORDER BY s.ordinal'
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A statement as it would be quoted, with who says it and when; ISO dates or "undated".

    `passage` is the ordinal of the one that it stands in.
    """

    ordinal: int
    passage: int
    evidence: Evidence
    source: str
    published: str
    updated: str


def put_traits(database: sqlite3.Connection, ordinal: int, statement: Statement) -> None:
    """Write what the statement with that ordinal asserts and outdates."""
    database.executemany(
        "INSERT INTO assertions VALUES (?, ?, ?, ?, ?, ?)",
        [
            (ordinal, a.kind, a.subject, a.about, json.dumps(a.values), a.version)
            for a in statement.asserts
        ],
    )
    database.executemany(
        "INSERT INTO outdated VALUES (?, ?)", [(ordinal, name) for name in statement.outdates]
    )


def assertions(library: Library) -> list[tuple[Quoted, Assertion]]:
    """Everything that statements assert; nothing where the index was built before it was kept."""
    if library.is_older:
        return []
    return [(_quoted(row), _assertion(row)) for row in library.read(_ASSERTIONS)]


def outdated(library: Library) -> list[tuple[Quoted, str]]:
    """The names of what statements say to be deprecated; nothing where that was not kept."""
    if library.is_older:
        return []
    return [(_quoted(row), str(row["name"])) for row in library.read(_OUTDATED)]


def subjects_within(library: Library, passage: str, start: int, end: int) -> tuple[str, ...] | None:
    """Whom the statements of a passage speak of that end where a quote does, within it.

    A quote may begin before its statement, with what that leans on. None where there is none.
    """
    found = [_subjects(row) for row in library.read(_WITHIN, passage, start, end)]
    return tuple(dict.fromkeys(name for one in found for name in one)) if found else None


@decoding.decoding
def _quoted(row: sqlite3.Row) -> Quoted:
    evidence = Evidence(
        quote=row["quote"],
        start=row["start"],
        end=row["end"],
        document_id=row["document_id"],
        passage_id=row["passage_id"],
        kind=BlockKind(row["kind"]),
        label=labelled(row["symbol"], row["label"]),
        subjects=words(row["subjects"]),
        score=0.0,
    )
    return Quoted(
        row["ordinal"],
        row["passage"],
        evidence,
        row["source_id"],
        row["published"],
        row["updated"],
    )


@decoding.decoding
def _assertion(row: sqlite3.Row) -> Assertion:
    return Assertion(
        kind=AssertionKind(row["asserted"]),
        subject=row["subject"],
        about=row["about"],
        values=words(row["values"]),
        version=row["version"],
    )


@decoding.decoding
def _subjects(row: sqlite3.Row) -> tuple[str, ...]:
    return words(row["subjects"])
