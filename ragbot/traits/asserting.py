"""What a sentence states of its subject that another could contradict: names in a row, numbers.

Only where the subject as a whole is the grammatical subject: what is said of a part of it, or of an
example in a tutorial, contradicts nothing.
"""

import re
from collections.abc import Iterator

from ragbot.guide import Guide
from ragbot.lexical.tokens import tokens
from ragbot.traits.language import pattern
from ragbot.traits.speaking import Speaking
from ragbot.types import Assertion, AssertionKind

SLOT = 2  # words before a row of names that say what it lists

_NAME = r"[A-Z][\w+#-]*(?:\.\w+)*(?: [A-Z][\w+#-]*)*"
_JOINT = r"(?:, (?:and |or )?| and | or |/)"
_ROW = re.compile(rf"(?:(?:either|both|the) )?{_NAME}(?:{_JOINT}(?:the |even |with |on )?{_NAME})+")
_PARTS = re.compile(rf"{_JOINT}(?:the |even |with |on )?")
_LEADING = re.compile(r"(?:either|both|the) ")
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9}
_NUMBER = re.compile(
    rf"(?<![\w.,/-])(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>{'|'.join(_SCALE)})?\+?"
    r" (?P<noun>[a-z]{3,})\b",
    re.IGNORECASE,
)
_VERSIONED = re.compile(r"[A-Z][\w.]*\s*$")  # "Name 3 reads ..." counts nothing


def assertions(sentence: str, told: Speaking, guide: Guide) -> Iterator[Assertion]:
    """What a sentence states of the subject that it is told of."""
    if not told.subject or sentence.endswith("?") or pattern("denied").search(sentence):
        return
    yield from _names(sentence, told, guide)
    yield from _numbers(sentence, told)


def _names(sentence: str, told: Speaking, guide: Guide) -> Iterator[Assertion]:
    for match in _ROW.finditer(sentence, told.at):
        before = sentence[: match.start()]
        is_example = pattern("example").search(before)
        if is_example or pattern("and_more").match(sentence, match.end()):
            continue
        parts = _PARTS.split(_LEADING.sub("", match.group(), count=1))
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
    for match in _NUMBER.finditer(sentence, told.at):
        counts = tokens(match["noun"]) and not _VERSIONED.search(sentence, 0, match.start())
        if not counts:
            continue
        value = float(match["number"].replace(",", ""))
        value *= _SCALE.get((match["scale"] or "").lower(), 1.0)
        found.setdefault(match["noun"].lower(), set()).add(value)
    for noun, values in found.items():
        if len(values) == 1:  # of several none is the one
            number = f"{values.pop():.12g}"
            yield Assertion(AssertionKind.NUMBER, told.subject, noun, (number,), told.version)
