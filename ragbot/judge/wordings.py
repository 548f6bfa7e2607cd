"""What is read off the words of one statement, whatever is asked; kept for the next question."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ragbot.guide import Guide
from ragbot.judge.candidates import Candidate
from ragbot.latest import remembered
from ragbot.lexical.tokens import tokens
from ragbot.understand.language import pattern

KEPT = 20_000  # statements whose reading is remembered: the same come question after question

_ENDED = (".", "!", "?", ":", ";", ")", '"', "\u201d", "\u2019", "\u2026")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MARKS, _DIGITS = re.compile(r"(?:[^\w\s]|_)+"), re.compile(r"\d+")

Values = npt.NDArray[np.float32]

SHAPE = (
    "log_words",
    "words_of_heading",
    "depth",
    "label_words",
    "question_mark",
    "colon",
    "ended",
    "small_first_letter",
    "capital_share",
    "mark_share",
    "digit_share",
    "word_length",
    "repeats_label",
    "defining",
)
"""Signals of the form of a statement alone."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject that a text names: where it first stands, in 0..1, and how near to another.

    `gap` are the characters between that mention and the nearest of another subject, `far` where
    there is none.
    """

    place: float
    gap: float


FAR = 200.0


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one statement: tokens by where they stand, pairs of them, subjects, form."""

    quote: frozenset[str]
    label: frozenset[str]
    heading: frozenset[str]
    title: frozenset[str]
    last: frozenset[str]  # of the last part of the programming name that its document documents
    pairs: frozenset[tuple[str, str]]
    mentions: Mapping[str, Mention]
    beside: frozenset[str]  # subjects that its label or headings name
    shape: Values


class WordingReader:
    """Reads statements of one corpus; safe to share between threads."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._read = remembered(self._fresh, KEPT)
        # Many statements stand under one heading and label.
        self._tokens = lru_cache(maxsize=KEPT)(lambda text: frozenset(tokens(text)))
        self._subjects = lru_cache(maxsize=KEPT)(lambda text: frozenset(guide.subjects_in(text)))
        self._counts = lru_cache(maxsize=KEPT)(guide.aspect_words)

    def of(self, candidate: Candidate) -> Wording:
        """What the words of a candidate say."""
        return self._read(
            candidate.quote, candidate.statement.label, candidate.heading, candidate.symbol
        )

    def aspect_words(self, aspect: str, text: str) -> int:
        """How many different words of an aspect stand in a text."""
        return self._counts(aspect, text)

    def _fresh(self, quote: str, label: str, heading: str, symbol: str) -> Wording:
        guide = self._guide
        said = tokens(quote)
        return Wording(
            quote=frozenset(said),
            label=self._tokens(label),
            heading=self._tokens(heading),
            title=self._tokens(heading.partition(" > ")[0]),
            last=self._tokens(symbol.rpartition(".")[2]),
            pairs=frozenset(pairwise(said)),
            mentions=_mentions(guide, quote),
            beside=self._subjects(label) | self._subjects(heading),
            shape=_shape(quote, label, heading),
        )


def _mentions(guide: Guide, text: str) -> dict[str, Mention]:
    found = guide.mentions(text)
    mentions: dict[str, Mention] = {}
    for start, end, name in found:
        if name not in mentions:
            others = (
                max(other - end, start - its_end, 0) for other, its_end, its in found if its != name
            )
            mentions[name] = Mention(start / max(1, len(text)), min(others, default=FAR))
    return mentions


def _shape(quote: str, label: str, heading: str) -> Values:
    words = quote.split()
    letters = _WORD.findall(quote)
    size = max(1, len(quote))
    first = words[0] if words else ""
    values: dict[str, Any] = {
        "log_words": np.log1p(len(words)),
        "words_of_heading": len(heading.rpartition(" > ")[2].split()),
        "depth": heading.count(" > "),
        "label_words": len(label.split()),
        "question_mark": quote.rstrip().endswith("?"),
        "colon": quote.rstrip().endswith(":"),
        "ended": quote.rstrip().endswith(_ENDED),
        "small_first_letter": first[:1].islower() and not set("._()") & set(first),
        "capital_share": _share(word[0].isupper() for word in letters),
        "mark_share": sum(map(len, _MARKS.findall(quote))) / size,
        "digit_share": sum(map(len, _DIGITS.findall(quote))) / size,
        "word_length": size / max(1, len(words)),
        "repeats_label": bool(label) and quote.casefold() in label.casefold(),
        "defining": bool(pattern("definition").match(quote)),
    }
    return np.array([float(values[name]) for name in SHAPE], dtype=np.float32)


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else 0.0
