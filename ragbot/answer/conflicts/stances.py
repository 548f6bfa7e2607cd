"""Opposite words, and comparisons for the better or the worse."""

import re
from collections.abc import Iterator

from ragbot.answer.conflicts.assertions import Assertion, Text
from ragbot.types import DisagreementKind

# Words that exclude each other when both are said of one subject.
OPPOSITES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("static",), ("dynamic", "eager", "eagerly", "imperative")),
    (("compiled",), ("interpreted",)),
    (("synchronous", "synchronously"), ("asynchronous", "asynchronously")),
    (("single-threaded",), ("multi-threaded", "multithreaded")),
    (("stateless",), ("stateful",)),
    (("mutable",), ("immutable",)),
    (("proprietary", "closed-source"), ("open-source", "open source")),
    (("embedded", "serverless"), ("client-server",)),
    (("statically typed",), ("dynamically typed",)),
)
OPPOSITE = {here[0]: there[0] for here, there in OPPOSITES}
CUES = (
    *(word for pair in OPPOSITES for side in pair for word in side),
    "not match", "n't match", "outperform", "compared to other", "compared with other",
    "faster than", "slower than", "better than", "worse than", "efficient than", "scalable than",
    "flexible than", "robust than", "performant than",
)  # fmt: skip

_SIDES = [
    [re.compile(rf"\b(?:{'|'.join(map(re.escape, side))})\b", re.IGNORECASE) for side in pair]
    for pair in OPPOSITES
]
_SAID = re.compile(
    r"\s(?:is|uses|has|executes|runs|relies on|employs|requires)(?!.*\b(?:not|also|both|either|"
    r"optional\w*|support\w*|compatible|mode)\b)(?: [\w-]+){0,6} ?"
)

FAR = 60  # characters in which a comparison names what it compares with
_OTHERS = re.compile(r"\b(?:than|to|with) (?:any |all |the )?other \w+", re.IGNORECASE)

_WORSE = re.compile(
    r"\b(?:(?:may|might|can|could|does|do) ?n[o']t match|cannot match|slower than|"
    r"less (?:efficient|performant|scalable|flexible|robust) than|worse than)\b",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:faster than|outperform\w*|speed-?ups?\b.{0,60}\bcompared (?:to|with)|better than|"
    r"more (?:efficient|performant|scalable|flexible|robust) than)\b",
    re.IGNORECASE,
)


def opposites(text: Text) -> Iterator[Assertion]:
    """Which of two words that exclude each other is said of a subject outright."""
    for number, pair in enumerate(_SIDES):
        found = [pattern.search(text.words) for pattern in pair]
        if all(found) or not any(found):
            continue
        side = 0 if found[0] else 1
        match = found[side]
        assert match is not None  # noqa: S101 - `any` said so
        subject = text.speaker(match.start())
        ends = [end for _, end, name in text.mentions if end <= match.start() and name == subject]
        if not subject or not _SAID.fullmatch(text.words[max(ends) : match.start()]):
            continue
        about = OPPOSITES[number][0][0]
        value = frozenset({OPPOSITES[number][side][0]})
        yield Assertion(DisagreementKind.MANNER, about, subject, value, sign=1 if side else -1)


def comparisons(text: Text) -> Iterator[Assertion]:
    """Whether a subject is said to do better or worse than others, and in which aspects."""
    for sign, pattern in ((-1, _WORSE), (1, _BETTER)):
        match = pattern.search(text.words)
        if match is None:
            continue
        after = text.words[match.end() : match.end() + FAR]
        others = [
            name
            for start, end, name in text.mentions
            if match.end() <= start < match.end() + FAR and text.whole(start, end, name)
        ]
        subject = text.owner(match.start())
        if not (set(others) - {subject} or _OTHERS.search(match.group() + after)):
            continue
        for aspect in text.guide.aspects_in(text.words):
            yield Assertion(DisagreementKind.JUDGEMENT, aspect, subject, sign=sign)
