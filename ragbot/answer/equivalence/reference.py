"""The API reference of one generation, made ready for finding counterparts."""

from collections.abc import Iterable, Sequence

import numpy as np

from ragbot.answer.equivalence.parameters import parameters
from ragbot.encoder import Vectors
from ragbot.errors import IndexDamagedError
from ragbot.index.generation import Generation
from ragbot.index.reference import NONE, ReferenceArrays, heads, summaries
from ragbot.index.symbols import Symbol
from ragbot.latest import Latest, remembered
from ragbot.lexical.name_words import EXACT, Words, last, number, stemmed, words
from ragbot.retrieval.selection import Selection
from ragbot.understand.lexicon import pieces
from ragbot.understand.naming import NameSigns

LEAST_ALIKE = 0.5  # share of a name that one like it holds
KEPT = 2000  # names whose likes are kept
KEPT_GIVEN = 20_000  # ... whose parameters are
KEPT_COMPANY = 64  # ... whose company is

Likeness = tuple[float, float]
"""How much of another name's words, by weight, a name holds, and how much of its own."""


class Reference:
    """All symbols of a generation by number; `summaries` and `heads` have one row a symbol.

    They are the vectors of its first sentence (zeros where it has none) and first passage; `uses`
    and `used` are the mean vector of the sentences of guides that name it, and how many, as a log;
    `hubs` tell how near it is to its nearest of other subjects. Safe to share between threads.
    """

    def __init__(self, generation: Generation, names: NameSigns) -> None:
        arrays = generation.reference or ReferenceArrays.made(
            generation.library, generation.statement_vectors, generation.vectors
        )
        self.symbols = names.lexicon.documents
        if len(self.symbols) != len(arrays.places):
            raise IndexDamagedError(
                f"generation {generation.name} knows {len(arrays.places)} names of "
                f"{len(self.symbols)}; build it anew with `ragbot build --force`"
            )
        self._names = names
        self._library = generation.library
        self._arrays = arrays
        self._numbers = {symbol.id: at for at, symbol in enumerate(self.symbols)}
        self._given: Latest[int, frozenset[Words]] = Latest("parameters", KEPT_GIVEN)
        self.asides, self.members, self.paths = names.asides, names.members, names.paths
        self.is_class = np.array([last(s.name)[:1].isupper() for s in self.symbols])
        self.summaries = summaries(arrays.places, generation.statement_vectors)
        self.heads = heads(arrays.places, generation.vectors)
        self.uses: Vectors = arrays.uses.astype(np.float32)
        self.used, self.hubs = arrays.used, arrays.hubs
        self.alike = remembered(self._alike, KEPT)
        self.company = remembered(self._beside, KEPT_COMPANY)
        self._width = int(arrays.words.max(initial=0)) + 1

    def number(self, document: str) -> int | None:
        """The number of the symbol that a document is of."""
        return self._numbers.get(document)

    def is_left(self, at: int, left: Selection) -> bool:
        """Whether the first passage of a symbol's document is left; one of no passage is in all."""
        passage = int(self._arrays.places[at, 3])
        return left.mask is None if passage == NONE else left.holds(passage)

    def symbol(self, at: int) -> Symbol:
        """A symbol with how it is called."""
        one, place = self.symbols[at], self._arrays.places[at]
        return Symbol(
            document=one.id,
            ordinal=int(place[0]),
            subjects=one.subjects,
            names=one.names,
            signature=self._signatures([at])[at],
            start=int(place[1]),
            passage=None if place[3] == NONE else int(place[3]),
            summary=None if place[4] == NONE else int(place[4]),
            is_old=one.is_old,
        )

    def of_subjects(self, subjects: Iterable[str]) -> list[int]:
        """The symbols of some subjects."""
        wanted = set(subjects)
        return [at for at, one in enumerate(self.symbols) if not wanted.isdisjoint(one.subjects)]

    def weight(self, word: str) -> float:
        """How telling a word of a name is, 0 to 1."""
        return self._names.lexicon.weight(word)

    def count(self, word: str) -> int:
        """How many symbols have a word in their names."""
        return self._names.lexicon.count(word)

    def words(self, at: int) -> frozenset[str]:
        """The stems of the last part of a symbol's best name."""
        return frozenset(map(stemmed, words(last(self.symbols[at].name))))

    def dimensions(self, at: int) -> frozenset[str]:
        """The numbers in a symbol's name ("2d", "3")."""
        return frozenset(number(word) for word in words(last(self.symbols[at].name))) - {""}

    def given(self, rows: Sequence[int]) -> list[frozenset[Words]]:
        """The words of each parameter of some symbols."""
        known = self._given.known(rows)
        new = [at for at in dict.fromkeys(rows) if at not in known]
        if new:
            read = {at: _given(text) for at, text in self._signatures(new).items()}
            self._given.keep(read)
            known |= read
        return [known[at] for at in rows]

    def _beside(self, one: int) -> Vectors:
        """The cosine of the words beside a symbol in listings and those beside every other."""
        arrays = self._arrays
        own = slice(arrays.starts[one], arrays.starts[one + 1])
        weights: Vectors = np.zeros(self._width, dtype=np.float32)
        weights[arrays.words[own]] = arrays.weights[own]
        sums = np.cumsum(arrays.weights * weights[arrays.words], dtype=np.float64)
        sums = np.concatenate([[0.0], sums])
        found: Vectors = np.diff(sums[arrays.starts]).astype(np.float32)
        return found

    def _signatures(self, rows: Sequence[int]) -> dict[int, str]:
        """The signatures of some symbols."""
        places = {int(self._arrays.places[at, 0]): at for at in rows}
        marks = ",".join(
            f"({ordinal},{self._arrays.places[at, 1]},{self._arrays.places[at, 2]})"
            for ordinal, at in places.items()
        )
        found = self._library.read(
            f"WITH wanted(ordinal, start, size) AS (VALUES {marks}) "
            "SELECT d.ordinal, substr(d.text, w.start + 1, w.size) FROM wanted w "
            "JOIN documents d ON d.ordinal = w.ordinal"
        )
        return dict.fromkeys(rows, "") | {places[row[0]]: row[1] for row in found}

    def _alike(self, one: int) -> dict[int, Likeness]:
        """The symbols with a name like one of a symbol's."""
        lexicon = self._names.lexicon
        found: dict[int, Likeness] = {}
        for ending in dict.fromkeys(last(name) for name in self.symbols[one].names):
            parts = pieces(ending)
            weights = [lexicon.weight(part.stem) for part in parts]
            for match in lexicon.matches(ending, parts, LEAST_ALIKE):
                held = [0.0] * len(parts)
                for worth, first, behind in match.found.values():
                    for at in range(first, behind):
                        held[at] = max(held[at], worth)
                own = sum(w * h for w, h in zip(weights, held, strict=True)) / sum(weights)
                for entry, _ in lexicon.entries(match.name):
                    if match.covered + own > sum(found.get(entry, (0.0, 0.0))):
                        found[entry] = (match.covered, own)
        return found


def same_name(likeness: Likeness) -> bool:
    """Whether two names are of the same words, as those of two forms of one thing."""
    return min(likeness) >= EXACT


def _given(signature: str) -> frozenset[Words]:
    """The words of each parameter."""
    return frozenset(tuple(map(stemmed, words(p.name))) for p in parameters(signature))
