"""What a sentence states of its subject that another could contradict: names in a row, numbers.

Only where the subject as a whole is the grammatical subject: what is said of a part of it, or of an
example in a tutorial, contradicts nothing.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from ragbot.guide import Guide
from ragbot.lexical.tokens import tokens
from ragbot.traits.language import pattern, source, words
from ragbot.traits.speaking import Speaking
from ragbot.types import Assertion, AssertionKind

SLOT = 2  # words before a row of names that say what it lists

_NAME = r"[A-Z][\w+#-]*(?:\.\w+)*(?: [A-Z][\w+#-]*)*"
_VERSIONED = re.compile(r"[A-Z][\w.]*\s*$")  # "Name 3 reads ..." counts nothing


@cache
def _row() -> re.Pattern[str]:
    """Names in a row; a name is known by its case."""
    return re.compile(rf"(?:{source('row_leading')})?{_NAME}(?:{source('row_joint')}{_NAME})+")


@cache
def _joint() -> re.Pattern[str]:
    return re.compile(source("row_joint"))


@cache
def _leading() -> re.Pattern[str]:
    return re.compile(source("row_leading"))


@cache
def _scale() -> Mapping[str, float]:
    """What the words behind a number multiply it by."""
    scales = {"thousands": 1e3, "millions": 1e6, "billions": 1e9}
    return {word: value for name, value in scales.items() for word in words(name)}


@cache
def _number() -> re.Pattern[str]:
    """A number of something, with what multiplies it."""
    return re.compile(
        rf"(?<![\w.,/-])(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>{'|'.join(_scale())})?\+?"
        r" (?P<noun>[a-z]{3,})\b",
        re.IGNORECASE,
    )


def assertions(sentence: str, told: Speaking, guide: Guide) -> Iterator[Assertion]:
    """What a sentence states of the subject that it is told of."""
    if not told.subject or sentence.endswith("?") or pattern("denied").search(sentence):
        return
    yield from _names(sentence, told, guide)
    yield from _numbers(sentence, told)


def _names(sentence: str, told: Speaking, guide: Guide) -> Iterator[Assertion]:
    for match in _row().finditer(sentence, told.at):
        before = sentence[: match.start()]
        is_example = pattern("example").search(before)
        if is_example or pattern("and_more").match(sentence, match.end()):
            continue
        parts = _joint().split(_leading().sub("", match.group(), count=1))
        values = {_named(part, guide) for part in parts} - {told.subject}
        if len(values) > 1:
            about = " ".join(tokens(before[told.at :])[-SLOT:])
            yield Assertion(
                AssertionKind.NAMES, told.subject, about, tuple(sorted(values)), told.version
            )


def _named(part: str, guide: Guide) -> str:
    """The name of a subject that a name means, else the name as it is."""
    found = guide.subject(part) if "." not in part else None
    return found.name if found else part


def _numbers(sentence: str, told: Speaking) -> Iterator[Assertion]:
    found: dict[str, set[float]] = {}
    for match in _number().finditer(sentence, told.at):
        counts = tokens(match["noun"]) and not _VERSIONED.search(sentence, 0, match.start())
        if not counts:
            continue
        value = float(match["number"].replace(",", ""))
        value *= _scale().get((match["scale"] or "").lower(), 1.0)
        found.setdefault(match["noun"].lower(), set()).add(value)
    for noun, values in found.items():
        if len(values) == 1:  # of several none is the one
            number = f"{values.pop():.12g}"
            yield Assertion(AssertionKind.NUMBER, told.subject, noun, (number,), told.version)
