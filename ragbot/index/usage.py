"""Where the names of an API reference are used, and what stands around them there."""

import json
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ragbot.encoder import Vectors
from ragbot.index.library import Library
from ragbot.index.symbols import Symbol
from ragbot.lexical.name_words import last, stemmed, words
from ragbot.stores import Halves
from ragbot.types import BlockKind

MOST_MEANT = 6  # symbols that one written name may mean; one of more means none
LONGEST = 8000  # characters of a listing that is looked at
# Words beside one symbol that are kept: few are its rarest, which tell little of what is common.
MOST_WORDS = 5000
LEAST_SEEN = 3  # listings that hold a word

_WRITTEN = re.compile(
    r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)+|\b[A-Z][a-z]+[A-Z]\w*|\b[A-Z][a-z]+\d*[dD]?\b(?=\()"
)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w+")
_GUIDES = (
    "SELECT ordinal, text FROM documents "
    "WHERE COALESCE(json_array_length(facts, '$.names'), 0) = 0 ORDER BY ordinal"
)
_STATEMENTS = (
    'p.document, s.start, s."end", s.ordinal, s.subjects FROM statements s '
    "JOIN passages p ON p.ordinal = s.passage JOIN documents d ON d.ordinal = p.document "
    "WHERE COALESCE(json_array_length(d.facts, '$.names'), 0) = 0"
)
_LISTINGS = (
    "SELECT text, blocks, json_extract(facts, '$.subjects') AS subjects FROM documents "
    "ORDER BY ordinal"
)

Words = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]
"""Of each symbol the words beside it: where its own begin and end, their numbers, their weights."""


class Meanings:
    """Which symbols a written name can mean."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self._symbols = symbols
        self._endings: dict[str, list[int]] = defaultdict(list)
        for at, symbol in enumerate(symbols):
            for ending in _endings(symbol.names):
                self._endings[ending].append(at)
        self._known: dict[tuple[str, frozenset[str]], Sequence[int]] = {}

    def of(self, written: str, subjects: frozenset[str]) -> Sequence[int]:
        """The symbols that a written name can mean in a statement about some subjects.

        A name in one part means one of those subjects; one in several, whole or without its first
        part, means those or else any.
        """
        key = written, subjects
        if key not in self._known:
            self._known[key] = self._look_up(written, subjects)
        return self._known[key]

    def _look_up(self, written: str, subjects: frozenset[str]) -> Sequence[int]:
        parts = written.split(".")
        for ending in (".".join(parts[at:]) for at in range(min(2, len(parts)))):
            found = [
                at
                for at in self._endings.get(ending.lower(), ())
                if any(name.endswith(ending) for name in self._symbols[at].names)
            ]
            own = [at for at in found if subjects & set(self._symbols[at].subjects)]
            meant = own if own or "." not in ending else found
            if meant:
                return meant if len(meant) <= MOST_MEANT else ()
        return ()


def told(
    library: Library, vectors: Halves, size: int, meanings: Meanings
) -> tuple[Vectors, Vectors]:
    """The mean vector of the statements of guides that name each of `size` symbols, and their log.

    Shapes (size, dimension) and (size,): zeros where none names it. `vectors` are those of all
    statements.
    """
    uses: dict[int, list[int]] = defaultdict(list)
    statements: dict[int, list[tuple[int, int, int, str]]] = defaultdict(list)
    for row in library.read(f"SELECT {_STATEMENTS} ORDER BY s.ordinal"):
        statements[row[0]].append((row[1], row[2], row[3], row[4]))
    for document, text in library.read(_GUIDES):
        found = sorted(statements.get(document, ()))
        starts = [start for start, *_ in found]
        for match in _WRITTEN.finditer(text):
            at = bisect_right(starts, match.start()) - 1
            if at < 0 or match.end() > found[at][1]:
                continue
            subjects = frozenset(json.loads(found[at][3]))
            for symbol in meanings.of(match.group(), subjects):
                uses[symbol].append(found[at][2])
    means: Vectors = np.zeros((size, vectors.shape[1]), dtype=np.float32)
    counts: Vectors = np.zeros(size, dtype=np.float32)
    for symbol, ordinals in uses.items():
        rows = np.array(sorted(set(ordinals)))
        mean = vectors[rows].astype(np.float32).mean(axis=0)
        means[symbol] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        counts[symbol] = np.log1p(len(rows))
    return means, counts


def company(library: Library, size: int, meanings: Meanings) -> Words:
    """The words of the listings that use each of `size` symbols, but those of its own name.

    What is called otherwise is used beside the same all the same. The weights of a symbol's words
    have length 1: how often a word stands there, by how rare it is.
    """
    beside: dict[int, Counter[str]] = defaultdict(Counter)
    seen: Counter[str] = Counter()
    total = 0
    for listing, subjects in _listings(library):
        used = {
            (symbol, match.group())
            for match in _WRITTEN.finditer(listing)
            for symbol in meanings.of(match.group(), subjects)
        }
        if not used:
            continue
        found = Counter(
            word for match in _IDENTIFIER.finditer(listing) for word in _stems(match.group())
        )
        seen.update(found.keys())
        total += 1
        for symbol, written in used:
            own = set(_stems(last(written)))
            for word, count in found.items():
                if word not in own:
                    beside[symbol][word] += count
    known = sorted(word for word, count in seen.items() if count >= LEAST_SEEN)
    numbers = {word: at for at, word in enumerate(known)}
    starts = np.zeros(size + 1, dtype=np.int64)
    columns: list[int] = []
    weights: list[float] = []
    for at in range(size):
        its = [
            ((1 + np.log(count)) * np.log(total / seen[word]), numbers[word])
            for word, count in beside[at].items()
            if word in numbers
        ]
        its = sorted(its, reverse=True)[:MOST_WORDS]
        length = float(np.sqrt(sum(weight**2 for weight, _ in its))) or 1.0
        columns += [number for _, number in its]
        weights += [weight / length for weight, _ in its]
        starts[at + 1] = len(columns)
    return starts, np.array(columns, dtype=np.int64), np.array(weights, dtype=np.float32)


def _listings(library: Library) -> Iterator[tuple[str, frozenset[str]]]:
    """Every listing, with the subjects of its document."""
    for text, blocks, subjects in library.read(_LISTINGS):
        about = frozenset(json.loads(subjects or "[]"))
        for kind, start, end, *_ in json.loads(blocks):
            if kind == BlockKind.CODE and end - start <= LONGEST:
                yield text[start:end], about


@lru_cache(maxsize=100_000)
def _stems(identifier: str) -> tuple[str, ...]:
    return tuple(stemmed(word) for word in words(identifier) if len(word) > 1)


def _endings(names: Sequence[str]) -> set[str]:
    found = set()
    for name in names:
        parts = name.lower().split(".")
        found |= {".".join(parts[at:]) for at in range(len(parts))}
    return found
