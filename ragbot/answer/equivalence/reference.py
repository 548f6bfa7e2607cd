"""The API reference of one generation, made ready for finding counterparts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from ragbot.answer.equivalence.parameters import parameters
from ragbot.answer.equivalence.usage import MOST_MEANT, usage
from ragbot.encoder import Vectors
from ragbot.index.generation import Generation
from ragbot.index.symbols import Symbol, symbols
from ragbot.latest import remembered
from ragbot.lexical.name_words import EXACT, Words, last, number, stemmed, words
from ragbot.understand.lexicon import pieces
from ragbot.understand.naming import NameSigns

LEAST_ALIKE = 0.5  # share of a name that one like it holds
KEPT = 2000  # names whose likes are kept

Likeness = tuple[float, float]
"""How much of another name's words, by weight, a name holds, and how much of its own."""


class Reference:
    """All symbols of a generation by number; `summaries` and `heads` have one row a symbol.

    They are the vectors of its first sentence (zeros where it has none) and first passage; `uses`
    and `used` are the mean vector of the sentences of guides that name it, and how many, as a log.
    """

    def __init__(self, generation: Generation, names: NameSigns) -> None:
        self._names = names
        self.symbols = symbols(generation.library)
        self._numbers = {symbol.document: at for at, symbol in enumerate(self.symbols)}
        self._named = [self._numbers.get(one.id) for one in names.lexicon.documents]
        self.given = [_given(symbol) for symbol in self.symbols]
        self.dimensions = [_dimensions(symbol) for symbol in self.symbols]
        self.is_class = np.array([last(s.name)[:1].isupper() for s in self.symbols])
        signs = {at: one for one, at in enumerate(self._named) if at is not None}
        self.asides = [names.asides[signs[at]] if at in signs else 0.0 for at in self._all]
        self.members = [names.members[signs[at]] if at in signs else False for at in self._all]
        self.paths = [names.paths[signs[at]] if at in signs else () for at in self._all]
        self._endings: dict[str, list[int]] = defaultdict(list)
        for at, symbol in enumerate(self.symbols):
            for ending in _endings(symbol.names):
                self._endings[ending].append(at)
        self._read(generation)
        meaning = lru_cache(maxsize=None)(self._meaning)  # the same names come all the time
        self.uses, self.used = usage(generation, len(self.symbols), meaning)
        self._alike = remembered(self._likes, KEPT)

    @property
    def _all(self) -> range:
        return range(len(self.symbols))

    def number(self, document: str) -> int | None:
        """The number of the symbol that a document is of."""
        return self._numbers.get(document)

    def of_subjects(self, subjects: Iterable[str]) -> list[int]:
        """The symbols of some subjects."""
        wanted = set(subjects)
        return [at for at in self._all if wanted & set(self.symbols[at].subjects)]

    def weight(self, word: str) -> float:
        """How telling a word of a name is, 0 to 1."""
        return self._names.lexicon.weight(word)

    def alike(self, one: int) -> dict[int, Likeness]:
        """The symbols with a name like one of a symbol's."""
        return self._alike(one)

    def _likes(self, one: int) -> dict[int, Likeness]:
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
                    at_ = self._named[entry]
                    if at_ is not None and match.covered + own > sum(found.get(at_, (0.0, 0.0))):
                        found[at_] = (match.covered, own)
        return found

    def _read(self, generation: Generation) -> None:
        """Read the vectors of first sentences and passages."""
        size = generation.manifest.encoder.dimension
        self.summaries: Vectors = np.zeros((len(self.symbols), size), dtype=np.float32)
        told = [(at, s.summary) for at, s in enumerate(self.symbols) if s.summary is not None]
        if told:
            rows = np.array([summary for _, summary in told])
            self.summaries[[at for at, _ in told]] = generation.statement_vectors[rows]
        first = np.array([symbol.passage for symbol in self.symbols], dtype=np.int64)
        self.heads: Vectors = generation.vectors.vectors(first)

    def _meaning(self, written: str, subjects: frozenset[str]) -> list[int]:
        """The symbols that a written name can mean in a statement about some subjects.

        A name in one part means one of those subjects; one in several, whole or without its first
        part, means those or else any.
        """
        parts = written.split(".")
        for ending in (".".join(parts[at:]) for at in range(min(2, len(parts)))):
            found = [
                at
                for at in self._endings.get(ending.lower(), ())
                if any(name.endswith(ending) for name in self.symbols[at].names)
            ]
            own = [at for at in found if subjects & set(self.symbols[at].subjects)]
            meant = own if own or "." not in ending else found
            if meant:
                return meant if len(meant) <= MOST_MEANT else []
        return []


def same_name(likeness: Likeness) -> bool:
    """Whether two names are of the same words, as those of two forms of one thing."""
    return min(likeness) >= EXACT


def _given(symbol: Symbol) -> frozenset[Words]:
    """The words of each parameter."""
    return frozenset(tuple(map(stemmed, words(p.name))) for p in parameters(symbol.signature))


def _dimensions(symbol: Symbol) -> frozenset[str]:
    """The numbers in a name ("2d", "3")."""
    return frozenset(number(word) for word in words(last(symbol.name))) - {""}


def _endings(names: Sequence[str]) -> set[str]:
    found = set()
    for name in names:
        parts = name.lower().split(".")
        found |= {".".join(parts[at:]) for at in range(len(parts))}
    return found
