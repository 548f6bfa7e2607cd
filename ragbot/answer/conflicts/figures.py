"""Numbers: how many there are, when something happened, which versions it takes."""

import re
from collections.abc import Iterator

from ragbot.answer.conflicts.assertions import Assertion, Text, content
from ragbot.types import DisagreementKind

COUNTED = (
    "developers", "users", "downloads", "contributors", "people", "members", "companies",
    "organizations", "organisations", "customers", "stars", "repositories", "installations",
)  # fmt: skip
CUES = (
    *(f" {noun}" for noun in COUNTED), "open-source", "open source", " or later", " or newer",
    " or higher", " or above", " or greater", "versions",
    *(f"{digit} and " for digit in range(10)), *(f"{digit} to " for digit in range(10)),
    *(f"{digit}{joint}" for digit in range(10) for joint in ("+", "\u2013", " - ")),
)  # fmt: skip
WINDOW_CUES = (
    "starting with", "starting from", "as of ", "until ", "up to ", "prior to ",
    *(f"{digit} to " for digit in range(10)),
)  # fmt: skip

LEAST_COUNT = 100.0  # fewer are seldom a figure of the whole subject
_NAMED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIGITS = {word: float(value) for value, word in enumerate(_NAMED, 1)}
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9}
_COUNT = re.compile(
    rf"(?<![\w.])(?P<number>\d[\d,]*(?:\.\d+)?|{'|'.join(_DIGITS)})\s?(?P<scale>k|m|b|thousand|million|"
    rf"billion)?\+? (?:\w+ )?(?P<noun>{'|'.join(COUNTED)})\b|"
    r"(?P<noun2>downloads) of (?P<number2>\d[\d,]*)",
    re.IGNORECASE,
)

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_EVENT = re.compile(
    r"\b(?:(?:released|available|published|made)\b(?:[^.;]|\.\d){0,40}?\bopen[- ]source|"
    r"open[- ]sourced)"
    rf"\b(?:[^.;]|\.\d){{0,30}}?(?:{_MONTH} )?(?:\d{{1,2}}, )?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)

_WITH_NUMBER = re.compile(r"\b([A-Z][A-Za-z]+) (\d+(?:\.\d+)*)\b")
_NUMBER = r"\d+(?:\.\d+)+"
_VERSIONS = re.compile(
    rf"\b(?P<name>[A-Z][A-Za-z+#]+)(?: versions?)?:? (?:\w+ )?(?:(?P<low>{_NUMBER}) ?"
    rf"(?:\u2013|-|to|through) ?(?P<high>{_NUMBER})|(?P<least>{_NUMBER})(?: and|,)? ?(?:or|and)? ?"
    rf"(?P<more>later|newer|above|higher|up|greater|\+)|"
    rf"(?P<many>{_NUMBER}(?:, {_NUMBER})*,? (?:and|or) {_NUMBER}))"
)
_WINDOW = re.compile(
    r"\b(?:[Ff]rom|[Ss]tarting (?:with|from)|[Ss]ince|[Aa]s of) (?P<name>[A-Z][A-Za-z]+) "
    rf"(?P<low>{_NUMBER})"
    rf"(?: (?:to|until|up to|through) (?:(?P=name) )?(?P<high>{_NUMBER}))?|"
    rf"\b(?:[Uu]ntil|[Uu]p to|[Bb]efore|[Pp]rior to) (?P<name2>[A-Z][A-Za-z]+) (?P<only>{_NUMBER})"
)


def counts(text: Text) -> Iterator[Assertion]:
    """How many people use it, have taken it, or work on it."""
    for match in _COUNT.finditer(text.words):
        number = match.group("number") or match.group("number2")
        noun = (match.group("noun") or match.group("noun2")).lower()
        value = _DIGITS.get(number.lower()) or float(number.replace(",", "").rstrip("."))
        value *= _SCALE.get((match.group("scale") or "").lower(), 1.0)
        if value >= LEAST_COUNT:
            subject = text.owner(match.start())
            yield Assertion(DisagreementKind.NUMBER, noun, subject, low=(value,), high=(value,))


def events(text: Text) -> Iterator[Assertion]:
    """The year in which it became open source."""
    for match in _EVENT.finditer(text.words):
        year = (float(match.group("year")),)
        subject = text.owner(match.start())
        yield Assertion(DisagreementKind.DATE, "open source", subject, low=year, high=year)


def versions(text: Text) -> Iterator[Assertion]:
    """Which versions of another thing it takes."""
    for match in _VERSIONS.finditer(text.words):
        if text.guide.subject(match.group("name")):
            continue
        if match.group("low"):
            low, high = _version(match.group("low")), _version(match.group("high"))
        elif match.group("least"):
            low, high = _version(match.group("least")), (float("inf"),)
        else:
            every = sorted(map(_version, re.findall(_NUMBER, match.group("many"))))
            low, high = every[0], every[-1]
        subject = text.owner(match.start())
        about = match.group("name").lower()
        yield Assertion(
            DisagreementKind.VERSIONS, about, subject, low=low, high=high, said=text.words
        )


def windows(text: Text) -> Iterator[Assertion]:
    """What holds for some versions of a thing only ("From A 2.0 to A 2.15 ...")."""
    for match in _WINDOW.finditer(text.words):
        called = match.group("name") or match.group("name2")
        name = called.lower()
        low = _version(match.group("low")) if match.group("low") else (0.0,)
        high = _version(match.group("high")) if match.group("high") else (float("inf"),)
        if match.group("only"):
            low, high = (0.0,), _version(match.group("only"))
        rest = text.words[match.end() :]
        values = frozenset(
            f"{found.group(1)} {found.group(2)}".lower()
            for found in _WITH_NUMBER.finditer(rest)
            if found.group(1).lower() != name
        )
        if values:
            yield Assertion(
                DisagreementKind.BY_VERSION,
                " ".join(sorted({value.rsplit(" ", 1)[0] for value in values})),
                None,
                values,
                low=low,
                high=high,
                words=tuple(content(rest)),
                window=called,
            )


def _version(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split("."))
