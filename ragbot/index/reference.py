"""What finding counterparts needs to know of an API reference, whatever is asked.

Computed when a generation is built that holds programming names, and kept in its folder, with the
sums of all else there. For a generation of before it is computed when it is first asked for.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from ragbot import door
from ragbot.encoder import Vectors
from ragbot.index.library import Library
from ragbot.index.symbols import Symbol, symbols
from ragbot.index.usage import Meanings, company, told
from ragbot.stores import Halves, VectorStore

FOLDER = "reference"
NEIGHBOURS = 10  # symbols of other subjects, the nearest, that are looked at
SAMPLE = 4000  # symbols, spread over all, that the nearest are looked for among
ROWS = 512  # compared at a time

Numbers = npt.NDArray[np.int64]
NONE = -1


@dataclass(frozen=True)
class ReferenceArrays:
    """One row a symbol, in the order of `ragbot.index.symbols.symbols`.

    `places`, shape (symbols, 5): the ordinal of its document, where its signature begins and how
    long it is, its first passage and first sentence (NONE where it has none). `uses`, shape
    (symbols, dimension), and `used`, shape (symbols,): the mean vector of the sentences of guides
    that name it, and the logarithm of how many. `hubs`, shape (symbols, 2): the mean cosine of its
    first sentence, and of its first passage, with those nearest to it of other subjects. `starts`,
    `words` and `weights`: the words of listings that use it (`ragbot.index.usage.company`).
    """

    places: Numbers
    uses: Halves
    used: Vectors
    hubs: Vectors
    starts: Numbers
    words: Numbers
    weights: Vectors

    @classmethod
    def made(cls, library: Library, statements: Halves, passages: VectorStore) -> Self:
        """Computed of the texts and vectors of a generation; seconds for some thousand symbols."""
        found = symbols(library)
        meanings = Meanings(found)
        uses, used = told(library, statements, len(found), meanings)
        starts, words, weights = company(library, len(found), meanings)
        places = _places(found)
        subjects = [symbol.subjects[0] for symbol in found]
        both = summaries(places, statements), heads(places, passages)
        hubs = np.stack([_hubs(vectors, subjects) for vectors in both], axis=1)
        return cls(places, uses.astype(np.float16), used, hubs, starts, words, weights)

    @classmethod
    def opened(cls, folder: Path, dimension: int) -> Self | None:
        """Those in a generation's folder, None where it is of before.

        Raises:
            IndexDamagedError: they are not what was written.
        """
        place = folder / FOLDER
        if not place.is_dir():
            return None

        def numbers(name: str, *shape: int | None) -> Numbers:
            return door.array(place / f"{name}.npy", np.int64, shape)

        def figures(name: str, *shape: int | None) -> Vectors:
            return door.array(place / f"{name}.npy", np.float32, shape)

        places, words = numbers("places", None, 5), numbers("words", None)
        size = len(places)
        found = cls(
            places,
            door.array(place / "uses.npy", np.float16, (size, dimension)),
            figures("used", size),
            figures("hubs", size, 2),
            numbers("starts", size + 1),
            words,
            figures("weights", len(words)),
        )
        rising = not size or bool((np.diff(found.starts) >= 0).all())
        if not rising or found.starts[0] != 0 or found.starts[-1] != len(words):
            raise door.damaged(place / "starts.npy", "does not fit the words beside it")
        return found

    def fits(self, passages: int, statements: int) -> bool:
        """Whether every place is one of so many passages and statements."""
        behind = np.array([passages, statements])
        return bool((self.places[:, 3:] < behind).all() and (self.places[:, 3:] >= NONE).all())

    def save(self, folder: Path) -> None:
        """Write them into a generation's folder."""
        place = folder / FOLDER
        place.mkdir()
        for field in fields(self):
            np.save(place / f"{field.name}.npy", getattr(self, field.name), allow_pickle=False)


def summaries(places: Numbers, statements: Halves) -> Vectors:
    """The vector of each symbol's first sentence, shape (symbols, dimension)."""
    found: Vectors = np.zeros((len(places), statements.shape[1]), dtype=np.float32)
    having = places[:, 4] != NONE
    found[having] = statements[places[having, 4]]
    return found


def heads(places: Numbers, passages: VectorStore) -> Vectors:
    """The vector of each symbol's first passage, shape (symbols, dimension)."""
    having = places[:, 3] != NONE
    read = passages.vectors(places[having, 3])
    found: Vectors = np.zeros((len(places), read.shape[1]), dtype=np.float32)
    found[having] = read
    return found


def _places(found: list[Symbol]) -> Numbers:
    rows = [
        (
            symbol.ordinal,
            symbol.start,
            len(symbol.signature),
            NONE if symbol.passage is None else symbol.passage,
            NONE if symbol.summary is None else symbol.summary,
        )
        for symbol in found
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 5)


def _hubs(vectors: Vectors, subjects: list[str]) -> Vectors:
    """How near each is to its nearest of other subjects: what is near to many is so for nothing."""
    size = len(vectors)
    chosen = np.arange(0, size, max(1, -(-size // SAMPLE)))
    numbers = {subject: at for at, subject in enumerate(dict.fromkeys(subjects))}
    owners = np.array([numbers[subject] for subject in subjects])
    found: Vectors = np.zeros(size, dtype=np.float32)
    for at in range(0, size, ROWS):
        near = vectors[at : at + ROWS] @ vectors[chosen].T
        near[owners[at : at + ROWS, None] == owners[chosen]] = 0.0
        few = min(NEIGHBOURS, near.shape[1])
        found[at : at + ROWS] = np.partition(near, -few, axis=1)[:, -few:].mean(axis=1)
    return found
