"""What the learnt form of a question is weighed by: its words, without what they name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragbot.guide import Guide
from ragbot.retrieval.symbols import symbols_in

SUBJECT, NAME, NUMBER = "<subject>", "<name>", "<number>"
OPENING = "^"  # before a run of words that opens a question, or a clause of it
ENDING = "$"
OPENING_WEIGHT = 2.0  # of such a run: five-fold 0.798 with 1, 0.808 with 2 (docs/log.md)
LONGEST_RUN = 3
LENGTH = 20.0  # words that count as 1

_WORD = re.compile(r"[^\W_]+(?:['\u2019]\w+)?|[?/!:,]")
_CLAUSE_ENDS = frozenset(":,?")

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Features:
    """Runs of words with their weights, and a few counts."""

    runs: dict[str, float]
    counts: tuple[float, ...]


def features(text: str, guide: Guide) -> Features:
    """The features of a question; subjects, programming names and numbers count as such only."""
    subjects = [(a, b, SUBJECT) for a, b, _ in guide.mentions(text) if "." not in text[a:b]]
    names = symbols_in(text, guide.names)
    words = _words(text, [*subjects, *_named(text, names, subjects)])
    runs: dict[str, float] = {}
    for size in range(1, LONGEST_RUN + 1):
        for at in range(len(words) - size + 1):
            runs[" ".join(words[at : at + size])] = 1.0
    opening = _without_title(words)
    for size in range(1, min(LONGEST_RUN, len(opening)) + 1):
        runs[f"{OPENING} {' '.join(opening[:size])}"] = OPENING_WEIGHT
    for one, other in pairwise(words):
        if one in _CLAUSE_ENDS:
            runs[f"{one}{OPENING} {other}"] = OPENING_WEIGHT
    for size in (1, 2):
        runs[f"{' '.join(words[-size:])} {ENDING}"] = 1.0
    known = len({name for _, _, name in guide.mentions(text)})
    return Features(runs, _counts(known, len(names), words))


def _counts(subjects: int, names: int, words: Sequence[str]) -> tuple[float, ...]:
    return (
        *(float(subjects == count) for count in range(3)),
        float(subjects > 2),
        *(float(names == count) for count in range(2)),
        float(names > 1),
        len(words) / LENGTH,
        float(words[-1:] == ["?"]),
    )


def _named(text: str, names: Iterable[str], taken: Sequence[Span]) -> list[Span]:
    """Where programming names stand that are no subjects."""
    found: list[Span] = []
    for name in names:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?:\(\))?", text):
            start, end = match.span()
            if not any(start < b and a < end for a, b, _ in (*taken, *found)):
                found.append((start, end, NAME))
    return found


def _words(text: str, spans: Iterable[Span]) -> list[str]:
    """The words of a text in lower case, each span as one."""
    words, at = [], 0
    for start, end, mark in sorted(spans):
        words += [*_plain(text[at:start]), mark]
        at = end
    return [*words, *_plain(text[at:])]


def _plain(text: str) -> list[str]:
    found = (word.lower().replace("\u2019", "'") for word in _WORD.findall(text))
    return [NUMBER if word.isdigit() else word for word in found]


def _without_title(words: list[str]) -> list[str]:
    """The words without names set in front with a colon ("LIBRARY: how do I ...")."""
    while len(words) > 2 and words[0] in (SUBJECT, NAME) and words[1] == ":":
        words = words[2:]
    return words
