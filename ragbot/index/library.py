"""The texts of one generation: sources, documents, passages and statements in one SQLite file."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ragbot.errors import NotFoundError
from ragbot.index import decoding, rows, schema
from ragbot.index.database import Database
from ragbot.statements import statement_text
from ragbot.types import Address, Document, Passage, Source, Statement


@dataclass(frozen=True, slots=True)
class PassageFacts:
    """Subjects that a passage speaks of, its source, its document and what that is about.

    `voice` is the ordinal of the passage that it repeats, or its own; `also_at` are the ids of the
    sources that hold the same document, `symbol` the programming name that it documents.
    """

    subjects: tuple[str, ...]
    source: str
    document: str
    document_subjects: tuple[str, ...]
    voice: int
    also_at: tuple[str, ...] = ()
    symbol: str = ""


class Library:
    """Reads sources, documents, passages and statements; safe to share between threads.

    Passages and statements are numbered from 0 in the order they were written: that ordinal is
    their row in the vector store, the BM25 index and the array of statement vectors.
    """

    def __init__(self, path: Path, sha256: str = "") -> None:
        """Open the file read-only; `sha256` is what it was when it was checked, if it was.

        Raises:
            IndexDamagedError: it is missing or no database of this kind. So does every method
                once the file is damaged.
        """
        self._database = Database(path, schema.SCHEMA, sha256, older=schema.TEXTS)
        self._passages = self._count("passages")
        self._statements = self._count("statements")

    @property
    def is_older(self) -> bool:
        """Whether it was built when the traits of statements were not kept yet."""
        return self._database.is_older

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return self._passages

    @property
    def statements(self) -> int:
        """How many statements there are."""
        return self._statements

    def sources(self) -> tuple[Source, ...]:
        """Every source, in the order of the catalogue."""
        found = self.read("SELECT * FROM sources ORDER BY ordinal")
        return tuple(rows.source(row) for row in found)

    def source(self, name: str) -> Source:
        """The source with that id."""
        return rows.source(self._one("SELECT * FROM sources WHERE id = ?", name, "source"))

    def source_counts(self) -> dict[str, tuple[int, int]]:
        """Documents and passages of each source id."""
        found = self.read(
            "SELECT s.id, COUNT(DISTINCT d.id), COUNT(p.ordinal) FROM sources s "
            "LEFT JOIN documents d ON d.source_id = s.id "
            "LEFT JOIN passages p ON p.document = d.ordinal GROUP BY s.id"
        )
        return {row[0]: (row[1], row[2]) for row in found}

    def document(self, name: str) -> Document:
        """The document with that id; NotFoundError where there is none."""
        return rows.document(self._one("SELECT * FROM documents WHERE id = ?", name, "document"))

    def documents(self) -> Iterator[Document]:
        """Every document, in the order it was written."""
        for (ordinal,) in self.read("SELECT ordinal FROM documents ORDER BY ordinal"):
            found = self.read("SELECT * FROM documents WHERE ordinal = ?", ordinal)
            yield rows.document(found[0])

    def passage(self, name: str) -> Passage:
        """The passage with that id; NotFoundError where there is none."""
        return rows.passage(self._one(f"{rows.PASSAGES} WHERE p.id = ?", name, "passage"))

    def voice(self, name: str) -> str:
        """The id of the passage that speaks for one: that which it repeats, or itself."""
        row = self._one("SELECT ordinal FROM passages WHERE id = ?", name, "passage")
        query = "SELECT id FROM passages WHERE ordinal = ?"
        return str(self.read(query, self._voice(row["ordinal"]))[0]["id"])

    def also_at(self, name: str) -> tuple[Address, ...]:
        """The other places of a passage: those of its document, then of those that repeat it."""
        own = self._one("SELECT ordinal, document FROM passages WHERE id = ?", name, "passage")
        voice = self._voice(own["ordinal"])
        others: dict[Address, None] = {}
        for row in self.read(rows.PLACES, voice, voice):
            here, *also = rows.addresses(row)
            if row["ordinal"] == own["document"]:
                others = dict.fromkeys(also) | others
            else:
                others |= dict.fromkeys((here, *also))
        return tuple(others)

    def surroundings(self, name: str) -> tuple[Passage | None, Passage | None]:
        """The passages before and after one, in its document."""
        row = self._one("SELECT ordinal, document FROM passages WHERE id = ?", name, "passage")
        near = self.read(
            f"{rows.PASSAGES} WHERE p.document = ? AND p.ordinal IN (?, ?)",
            row["document"],
            row["ordinal"] - 1,
            row["ordinal"] + 1,
        )
        found = {near_row["ordinal"]: rows.passage(near_row) for near_row in near}
        return found.get(row["ordinal"] - 1), found.get(row["ordinal"] + 1)

    def passages_of(self, document: str) -> list[int]:
        """The ordinals of the passages of the document with that id, in order; [] where none is."""
        return [row["ordinal"] for row in self.read(rows.PASSAGES_OF_DOCUMENT, document)]

    def passages_holding(self, statements: Sequence[int]) -> list[int]:
        """The ordinals of the passages that hold some statements, each once, ascending."""
        marks = ",".join("?" * len(statements))
        query = (
            f"SELECT DISTINCT passage FROM statements WHERE ordinal IN ({marks}) ORDER BY passage"
        )
        return [row["passage"] for row in self.read(query, *map(int, statements))]

    def passages_at(self, ordinals: Sequence[int]) -> list[Passage]:
        """The passages with these ordinals, in the order asked for."""
        marks = ",".join("?" * len(ordinals))
        found = self.read(f"{rows.PASSAGES} WHERE p.ordinal IN ({marks})", *map(int, ordinals))
        by_ordinal = {row["ordinal"]: rows.passage(row) for row in found}
        return [by_ordinal[ordinal] for ordinal in ordinals]

    def named(self, name: str, limit: int) -> list[tuple[int, int]]:
        """(first passage, parts left out) of each document of a name that ends so, best first."""
        found = self.read(
            "SELECT (SELECT MIN(ordinal) FROM passages p WHERE p.document = n.document), n.dropped "
            "FROM names n WHERE n.ending = ? ORDER BY n.dropped, n.document LIMIT ?",
            name.lower(),
            limit,
        )
        return [(row[0], row[1]) for row in found if row[0] is not None]

    def passage_titles(self) -> Iterator[tuple[Passage, str]]:
        """Every passage with the title of its document, by ordinal."""
        step = 1000
        for at in range(0, self._passages, step):
            found = self.read(
                f"{rows.PASSAGES} WHERE p.ordinal BETWEEN ? AND ? ORDER BY p.ordinal",
                at,
                at + step - 1,
            )
            yield from ((rows.passage(row), row["title"]) for row in found)

    def statements_of(self, passages: Sequence[int]) -> list[tuple[int, int, Statement, str, str]]:
        """(passage, ordinal, statement, quote, headings) of every statement of some passages."""
        marks = ",".join("?" * len(passages))
        found = self.read(
            f"{rows.STATEMENTS} WHERE s.passage IN ({marks}) ORDER BY s.ordinal", *passages
        )
        return [
            (
                row["passage"],
                row["ordinal"],
                rows.statement(row),
                row["quote"],
                " > ".join(decoding.headings(row)),
            )
            for row in found
        ]

    def statement_texts(self) -> Iterator[str]:
        """What the encoder reads of every statement, by ordinal."""
        at, step = 0, 2000
        while at < self._statements:
            found = self.read(
                f"{rows.STATEMENTS} WHERE s.ordinal BETWEEN ? AND ? ORDER BY s.ordinal",
                at,
                at + step - 1,
            )
            for row in found:
                yield statement_text(
                    row["title"], decoding.headings(row), row["label"], row["quote"]
                )
            at += step

    def passage_facts(self) -> list[PassageFacts]:
        """What filters and selection need to know of every passage, by ordinal."""
        return [_facts(row) for row in self.read(rows.PASSAGE_FACTS)]

    def read(self, query: str, *values: object) -> list[sqlite3.Row]:
        """The rows that a query of the schema in `ragbot.index.rows` finds."""
        return self._database.read(query, *values)

    def is_sound(self) -> bool:
        """Whether the file is the one that was opened and holds what it held then."""
        return self._database.is_sound()

    def close(self) -> None:
        """Close this thread's connection."""
        self._database.close()

    def __enter__(self) -> Self:
        """Use as a context that closes at its end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close this thread's connection."""
        self.close()

    def _one(self, query: str, name: str, what: str) -> sqlite3.Row:
        found = self.read(query, name)
        if not found:
            raise NotFoundError(f"the index holds no {what} {name!r}")
        return found[0]

    def _voice(self, passage: int) -> int:
        found = self.read("SELECT voice FROM repeats WHERE passage = ?", passage)
        return int(found[0]["voice"]) if found else passage

    def _count(self, table: str) -> int:
        return int(self.read(f"SELECT COUNT(*) FROM {table}")[0][0])


@decoding.decoding
def _facts(row: sqlite3.Row) -> PassageFacts:
    return PassageFacts(
        subjects=decoding.words(row[0]),
        source=row[1],
        document=row[2],
        document_subjects=decoding.words(row[3]),
        voice=row[4],
        also_at=decoding.places(row[5]),
        symbol=row[6] or "",
    )
