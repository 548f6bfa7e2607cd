"""The API reference of one generation, made ready for finding counterparts."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ragbot.answer.equivalence.names import Words, words
from ragbot.answer.equivalence.parameters import parameters
from ragbot.answer.equivalence.usage import MOST_MEANT, usage
from ragbot.encoder import Vectors
from ragbot.index.generation import Generation
from ragbot.index.symbols import Symbol, symbols

LEAST_PART = 4  # letters of each half of a word that is taken apart
LEAST_NAMES = 3  # names that hold each half as a word of its own

# Parts of a name that mark it as none to build on.
_ASIDE = re.compile(r"(?:^|\.)(?:v\d+|compat|experimental|contrib|legacy|_\w*)(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A symbol with what its names and signature say.

    `words` are those of the last part of its names, each spelling once; `place` those of the parts
    before it, the first left out; `given` those of each parameter.
    """

    symbol: Symbol
    words: tuple[Words, ...]
    place: Words
    given: tuple[Words, ...]
    is_member: bool
    is_aside: bool

    @property
    def depth(self) -> int:
        """How many parts its name has."""
        return self.symbol.name.count(".") + 1


class Reference:
    """All symbols of a generation; `summaries` and `heads` have one row a symbol.

    They are the vectors of its first sentence (zeros where it has none) and first passage; `uses`
    and `used` are the mean vector of the sentences of guides that name it, and how many, as a log.
    """

    def __init__(self, generation: Generation) -> None:
        found = symbols(generation.library)
        raw = [words(_last(name)) for symbol in found for name in symbol.names[:1]]
        self._counts = Counter(word for name in raw for word in set(name))
        self._total = len(found)
        self.entries = [self._entry(symbol) for symbol in found]
        self._counts = Counter(w for e in self.entries for w in set(e.words[0]))
        self._endings: dict[str, list[int]] = defaultdict(list)
        for at, symbol in enumerate(found):
            for ending in _endings(symbol.names):
                self._endings[ending].append(at)
        size = generation.manifest.encoder.dimension
        self.summaries: Vectors = np.zeros((len(found), size), dtype=np.float32)
        told = [(at, s.summary) for at, s in enumerate(found) if s.summary is not None]
        if told:
            rows = np.array([summary for _, summary in told])
            self.summaries[[at for at, _ in told]] = generation.statement_vectors[rows]
        first = np.array([symbol.passage for symbol in found], dtype=np.int64)
        self.heads: Vectors = generation.vectors.vectors(first)
        self._meant: dict[tuple[str, frozenset[str]], list[int]] = {}
        self.uses, self.used = usage(generation, len(found), self._meaning)

    def ending(self, name: str) -> list[int]:
        """The entries with a name that ends in the parts of this one, whatever its case."""
        return self._endings.get(name.lower(), [])

    def of_subjects(self, subjects: Iterable[str]) -> list[int]:
        """The entries of some subjects."""
        wanted = set(subjects)
        return [at for at, one in enumerate(self.entries) if wanted & set(one.symbol.subjects)]

    def weight(self, word: str) -> float:
        """How telling a word of a name is: its inverse document frequency, 0 to 1."""
        count = self._counts.get(word, 0)
        return math.log(1 + self._total / (1 + count)) / math.log(1 + max(1, self._total))

    def _meaning(self, written: str, subjects: frozenset[str]) -> list[int]:
        """The entries that a written name can mean in a statement about some subjects.

        A name in one part means one of those subjects; one in several, whole or without its first
        part, means those or else any.
        """
        key = written, subjects
        if key not in self._meant:
            self._meant[key] = self._look_up(written, subjects)
        return self._meant[key]

    def _look_up(self, written: str, subjects: frozenset[str]) -> list[int]:
        parts = written.split(".")
        for ending in (".".join(parts[at:]) for at in range(min(2, len(parts)))):
            found = [
                at
                for at in self.ending(ending)
                if any(name.endswith(ending) for name in self.entries[at].symbol.names)
            ]
            own = [at for at in found if subjects & set(self.entries[at].symbol.subjects)]
            meant = own if own or "." not in ending else found
            if meant:
                return meant if len(meant) <= MOST_MEANT else []
        return []

    def _entry(self, symbol: Symbol) -> Entry:
        lasts = dict.fromkeys(_last(name) for name in symbol.names)
        place = symbol.name.split(".")[1:-1]
        return Entry(
            symbol=symbol,
            words=tuple(dict.fromkeys(self._apart(words(last)) for last in lasts)),
            place=tuple(word for part in place for word in words(part)),
            given=tuple(words(p.name) for p in parameters(symbol.signature)),
            is_member=_is_member(symbol.name),
            is_aside=symbol.is_old or bool(_ASIDE.search(symbol.name)),
        )

    def _apart(self, name: Words) -> Words:
        return tuple(part for word in name for part in self._halves(word))

    def _halves(self, word: str) -> Words:
        """A word run together of two that other names hold ("crossentropy"), in two."""
        for cut in range(LEAST_PART, len(word) - LEAST_PART + 1):
            halves = word[:cut], word[cut:]
            if min(self._counts.get(half, 0) for half in halves) >= LEAST_NAMES:
                return halves
        return (word,)


def _last(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _endings(names: Iterable[str]) -> set[str]:
    found = set()
    for name in names:
        parts = name.lower().split(".")
        found |= {".".join(parts[at:]) for at in range(len(parts))}
    return found


def _is_member(name: str) -> bool:
    """Whether a name is, by its form, that of a member of a class."""
    parts = name.split(".")
    return len(parts) > 1 and parts[-2][:1].isupper()
