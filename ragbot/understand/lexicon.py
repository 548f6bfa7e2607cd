"""The programming names of an index by their words: which of them a text may write, loosely.

A name is looked up by the words of its last part, each alone, shortened or misspelt, several run
together ("mapfn"), parted ("drop out") or as their first letters ("mse").
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ragbot.latest import remembered
from ragbot.lexical.name_words import (
    EXACT,
    INITIALS,
    LEAST_MISSPELT,
    MISSPELT,
    WORD,
    Words,
    alike,
    is_misspelt,
    last,
    stemmed,
    words,
)
from ragbot.understand.names import NamedDocument

LONGEST = 5  # pieces of a text that one name, or a word of it, may be parted into
LEAST_INITIALS = 3
KEPT = 20_000  # words whose weights, and what they may be, are kept

_BETWEEN = re.compile(r"[\s_.\-]*")  # what may stand between the pieces of one name


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a text as names have them, in lower case, at `[start, end)`, with its stem."""

    text: str
    start: int
    end: int
    stem: str


Hit = tuple[float, int, int]
"""What a word of a name is worth that the pieces [i, j) of a text are."""
Hits = dict[int, list[Hit]]
"""For each word of a name that is found, by its place, all that is worth most."""


def pieces(text: str, left_out: Iterable[tuple[int, int]] = ()) -> list[Piece]:
    """The pieces of a text, those that begin in a span that is left out without."""
    spans = list(left_out)
    return [
        Piece(match[0].lower(), match.start(), match.end(), stemmed(match[0].lower()))
        for match in WORD.finditer(text)
        if not any(start <= match.start() < end for start, end in spans)
    ]


@dataclass(frozen=True, slots=True)
class Match:
    """How a name may be written: its number, and the share of its words, by weight, found."""

    name: int
    covered: float
    found: Mapping[int, Hit]

    @property
    def places(self) -> list[int]:
        """The places of the pieces that are its words, in order."""
        return sorted({at for _, i, j in self.found.values() for at in range(i, j)})


class Lexicon:
    """All names of an index; `documents` are those that it was made of, by their number.

    A name here is the last part of programming names; many documents may have it.
    """

    def __init__(self, documents: Sequence[NamedDocument]) -> None:
        self.documents = documents
        self.names: list[Words] = []
        self._entries: list[list[tuple[int, str]]] = []
        known: dict[Words, int] = {}
        for at, document in enumerate(documents):
            for ending in dict.fromkeys(last(name) for name in document.names):
                name = words(ending)
                if not name:
                    continue
                if name not in known:
                    known[name] = len(self.names)
                    self.names.append(name)
                    self._entries.append([])
                self._entries[known[name]].append((at, ending))
        self._counts: Counter[str] = Counter()
        self._words: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._runs: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self._initials: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for number, name in enumerate(self.names):
            self._add(number, name)
        self._first: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._first[word[0]].append(word)
        self._alike = remembered(self._likenesses, KEPT)
        self._weight = remembered(self._share, KEPT)

    def weight(self, word: str) -> float:
        """How telling a word of a name is: its inverse document frequency, 0 to 1."""
        return self._weight(word)

    def entries(self, name: int) -> Sequence[tuple[int, str]]:
        """The documents that have a name, each with how it writes it."""
        return self._entries[name]

    def count(self, word: str) -> int:
        """How many documents have a name with that stem."""
        return self._counts[word]

    def matches(self, text: str, found: Sequence[Piece], least: float) -> list[Match]:
        """The names of whose words a text holds at least that share, by weight, best first."""
        hits: dict[int, Hits] = defaultdict(dict)
        for at, piece in enumerate(found):
            for word, worth in self._alike(piece.stem):
                for name, place in self._words[word]:
                    _put(hits[name], place, (worth, at, at + 1))
            self._joined(text, found, at, hits)
        made = []
        for name, its in hits.items():
            weights = [self._weight(stemmed(word)) for word in self.names[name]]
            covered = sum(weights[place] * each[0][0] for place, each in its.items())
            if covered >= least * sum(weights):
                made += [Match(name, covered / sum(weights), one) for one in _closest(its)]
        return sorted(made, key=lambda one: (-one.covered, one.name))

    def _joined(self, text: str, found: Sequence[Piece], at: int, hits: dict[int, Hits]) -> None:
        """What one piece, or some that stand together, run together spells of names."""
        spelt = ""
        for end in range(at + 1, min(len(found), at + LONGEST) + 1):
            if end > at + 1 and not _BETWEEN.fullmatch(
                text, found[end - 2].end, found[end - 1].start
            ):
                break
            spelt += found[end - 1].text
            for name, first, behind in self._runs.get(spelt, ()):
                for place in range(first, behind):
                    _put(hits[name], place, (EXACT, at, end))
            if end == at + 1 and len(spelt) >= LEAST_INITIALS:
                for name, first, behind in self._initials.get(spelt, ()):
                    for place in range(first, behind):
                        _put(hits[name], place, (INITIALS, at, end))

    def _add(self, number: int, name: Words) -> None:
        for word in {stemmed(word) for word in name}:
            self._counts[word] += len(self._entries[number])
        for first in range(len(name)):
            self._words[stemmed(name[first])].append((number, first))
            for behind in range(first + 1, len(name) + 1):
                self._runs["".join(name[first:behind])].append((number, first, behind))
                if behind - first >= LEAST_INITIALS:
                    initials = "".join(word[0] for word in name[first:behind])
                    self._initials[initials].append((number, first, behind))

    def _share(self, word: str) -> float:
        total = len(self.documents)
        return math.log(1 + total / (1 + self._counts.get(word, 0))) / math.log(1 + max(1, total))

    def _likenesses(self, piece: str) -> tuple[tuple[str, float], ...]:
        """The words of names that a piece may be, by their stems, with what that is worth."""
        found = {word: worth for word in self._first[piece[0]] if (worth := alike(piece, word))}
        if piece not in self._words and len(piece) >= LEAST_MISSPELT and piece.isalpha():
            for word in self._words:
                if len(word) >= LEAST_MISSPELT - 1 and is_misspelt(piece, word):
                    found.setdefault(word, MISSPELT)
        return tuple(found.items())


def _put(its: Hits, place: int, new: Hit) -> None:
    """Keep a hit where none is worth more."""
    known = its.setdefault(place, [new])
    if new[0] > known[0][0]:
        its[place] = [new]
    elif new[0] == known[0][0] and new not in known:
        known.append(new)


def _closest(its: Hits) -> list[dict[int, Hit]]:
    """One hit for each word of a name, those that stand closest together: wherever they do."""
    if all(len(hits) == 1 for hits in its.values()):
        return [{place: hits[0] for place, hits in its.items()}]
    found: dict[tuple[int, int], dict[int, Hit]] = {}
    for anchor in (hit for hits in its.values() for hit in hits):
        chosen = {
            place: min(hits, key=lambda hit: abs(hit[1] - anchor[1])) for place, hits in its.items()
        }
        span = min(i for _, i, _ in chosen.values()), max(j for _, _, j in chosen.values())
        found.setdefault(span, chosen)
    least = min(end - start for start, end in found)
    return [chosen for (start, end), chosen in found.items() if end - start == least]
