"""Which passages overlap: they are never each other's negatives, and no split parts them."""

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

RUN = 8  # words in a row that two slices of a document share only where they overlap
ALIKE = 0.5  # share of its runs that a text shares with one that says nearly the same
COPIED = 40  # texts that share a run: one that more share is boilerplate, no sign of a copy
_WORDS = re.compile(r"\w+")


class Neighbours:
    """Texts, their documents, and which of them overlap.

    Two texts are neighbours if they are of one document and share a run of eight words, or if,
    whatever their documents, the shorter shares half of its runs with the other.
    """

    def __init__(self, texts: Sequence[str], documents: Sequence[str]) -> None:
        """Take a text of each passage and the document that it is of, "" where that is not known.

        A text that stands there more than once counts once, as of its first document.
        """
        self._rows: dict[str, int] = {}
        self.documents: list[str] = []
        self._others: list[set[str]] = []  # further documents of the same text
        for text, document in zip(texts, documents, strict=True):
            row = self._rows.setdefault(text, len(self._rows))
            if row == len(self.documents):
                self.documents.append(document)
                self._others.append(set())
            elif document:
                self._others[row].add(document)
        self.texts = list(self._rows)
        self._near = _near(self.texts, self.documents)
        slices: defaultdict[str, set[int]] = defaultdict(set)
        for row, document in enumerate(self.documents):
            slices[document].add(row)
        slices.pop("", None)
        self._slices = {document: frozenset(rows) for document, rows in slices.items()}

    def row(self, text: str) -> int:
        """The row of a text."""
        return self._rows[text]

    def of(self, row: int) -> frozenset[int]:
        """The rows of a text's neighbours, its own among them."""
        return self._near[row]

    def same_document(self, row: int) -> frozenset[int]:
        """The rows of all texts of the document of a text, its own among them."""
        return self._slices.get(self.documents[row], frozenset({row}))

    def groups(self) -> list[int]:
        """A group a row: texts of one document, and neighbours, are of one group."""
        group = list(range(len(self.texts)))

        def root(row: int) -> int:
            while group[row] != row:
                group[row] = group[group[row]]
                row = group[row]
            return row

        first: dict[str, int] = {}
        for row, document in enumerate(self.documents):
            for name in filter(None, (document, *sorted(self._others[row]))):
                group[root(row)] = root(first.setdefault(name, row))
            for other in sorted(self._near[row]):
                group[root(other)] = root(row)
        return [root(row) for row in range(len(self.texts))]


def forbidden(neighbours: Neighbours, rows: Sequence[int], columns: Sequence[int]) -> np.ndarray:
    """Where a passage is no negative of a question; shape (len(rows), len(columns)).

    `rows` are the passages of the questions, `columns` those that they are held against.
    """
    places = np.asarray(columns)
    return np.stack([np.isin(places, list(neighbours.of(row))) for row in rows])


def _near(texts: Sequence[str], documents: Sequence[str]) -> list[frozenset[int]]:
    runs = [_runs(text) for text in texts]
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for row, found in enumerate(runs):
        for run in found:
            holders[run].append(row)
    near = []
    for row, found in enumerate(runs):
        shared: defaultdict[int, int] = defaultdict(int)
        for run in found:
            for other in holders[run]:
                if len(holders[run]) <= COPIED or documents[other] == documents[row]:
                    shared[other] += 1
        near.append(
            frozenset(
                other
                for other, count in shared.items()
                if (documents[row] and documents[row] == documents[other])
                or count >= ALIKE * min(len(found), len(runs[other]))
            )
            | {row}
        )
    return near


def _runs(text: str) -> set[int]:
    """Hashes, the same in one process only, of each run of words of a text."""
    words = _WORDS.findall(text.lower())
    return {hash(tuple(words[at : at + RUN])) for at in range(max(1, len(words) - RUN + 1))}
