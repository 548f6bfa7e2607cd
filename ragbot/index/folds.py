"""Documents wait here until it is known which of them speak, and which are folded into those."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ragbot.duplicates.documents import preference, same_document
from ragbot.duplicates.near import Near
from ragbot.duplicates.passages import FEW_WORDS, same_passage
from ragbot.duplicates.wording import body_of, shingles, wording_of
from ragbot.index import rows, schema
from ragbot.types import Address, Authority, Document, Passage


class Waiting:
    """The documents of a build, in a file of their own that SQLite removes."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.row_factory = sqlite3.Row
        self._database.executescript(schema.SCHEMA)
        self._keys: list[tuple[object, ...]] = []

    def __len__(self) -> int:
        """How many documents wait."""
        return len(self._keys)

    def put(self, document: Document, authority: Authority) -> None:
        """Let a document wait."""
        rows.put_document(self._database, len(self._keys), document)
        self._keys.append(preference(document, authority))

    def voices(self) -> Iterator[tuple[int, Document]]:
        """The documents that speak, as they came, each with its rank (0 is preferred to all).

        Each knows the other addresses of its text, and is about what any of these is about. One
        that a scrape left with a title of one word ("Introduction") takes that of another.
        """
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        folded = self._folded(order)
        for rank, number in sorted(enumerate(order), key=lambda pair: pair[1]):
            if rank not in folded:
                continue
            document = self._document(number)
            others = [self._document(order[other]) for other in folded[rank]]
            subjects = [s for one in (document, *others) for s in one.subjects]
            yield (
                rank,
                replace(
                    document,
                    title=_title((document, *others)),
                    subjects=tuple(dict.fromkeys(subjects)),
                    also_at=tuple(address_of(other) for other in others),
                ),
            )

    def close(self) -> None:
        """Let the documents go."""
        self._database.close()

    def _folded(self, order: list[int]) -> dict[int, list[int]]:
        """The ranks of the documents that speak, each with the ranks of those folded into it."""
        near, folded = Near(), dict[int, list[int]]()
        for rank, number in enumerate(order):
            document = self._document(number)

            def same(other: int, document: Document = document) -> bool:
                return same_document(self._document(order[other]), document)

            voice = near.voice(rank, shingles(wording_of(document).words), same)
            if voice == rank:
                folded[rank] = []
            else:
                folded[voice].append(rank)
        return folded

    def _document(self, number: int) -> Document:
        found = self._database.execute("SELECT * FROM documents WHERE ordinal = ?", (number,))
        return rows.document(found.fetchone())


class Repeats:
    """The passages of a library that is being written, and which of them repeat another."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute(  # temporary: not in the library's file
            "CREATE TEMP TABLE bodies (ordinal INTEGER PRIMARY KEY, rank INTEGER, words TEXT)"
        )

    def put(self, ordinal: int, rank: int, document: Document, passage: Passage) -> None:
        """Remember a passage of a document of that rank."""
        words = body_of(document, passage)
        if len(words) >= FEW_WORDS:
            self._database.execute(
                "INSERT INTO bodies VALUES (?, ?, ?)", (ordinal, rank, " ".join(words))
            )

    def link(self) -> int:
        """Give each passage its voice; returns how many repeat one of another document.

        What a document says twice it says under two headings, and is one document anyway.
        """
        found = self._database.execute("SELECT * FROM bodies ORDER BY rank, ordinal")
        near, kept, repeated = Near(), list[tuple[int, int]](), 0
        for number, (ordinal, rank, text) in enumerate(found):
            words = tuple(text.split(" "))
            kept.append((ordinal, rank))

            def same(other: int, rank: int = rank, words: tuple[str, ...] = words) -> bool:
                voice, its_rank = kept[other]
                return rank != its_rank and same_passage(self._words(voice), words)

            voice = near.voice(number, shingles(words), same)
            if voice != number:
                repeated += 1
                rows.put_repeat(self._database, ordinal, kept[voice][0])
        return repeated

    def _words(self, ordinal: int) -> tuple[str, ...]:
        query = "SELECT words FROM bodies WHERE ordinal = ?"
        (text,) = self._database.execute(query, (ordinal,)).fetchone()
        return tuple(text.split(" "))


def _title(copies: Sequence[Document]) -> str:
    """The first title that tells of its document, of copies that are in their order."""
    titles = [copy.title for copy in copies]
    return next((title for title in titles if len(title.split()) > 1), titles[0])


def address_of(document: Document) -> Address:
    """Where a document stands."""
    return Address(
        source_id=document.source_id,
        title=document.title,
        url=document.url,
        path=document.path,
        published=document.published,
        updated=document.updated,
        version=document.version,
    )
