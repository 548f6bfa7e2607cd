"""Numbers, names and programming names of a sentence."""

import re
from typing import Final

from ragbot.answer.generate.turning import words
from ragbot.guide import Guide

_NUMBER: Final = re.compile(
    r"""
    (?:\b(?P<bound>over|under|about|around|up\ to|above|below|at\ least|at\ most|more\ than|
        less\ than|fewer\ than|nearly|almost|only|roughly|approximately)\ |(?P<sign>[<>~≤≥])\s*)?
    (?<![\w.])(?P<number>[-+]?\d[\d,_]*(?:\.\d+)*)
    (?P<unit>\s?%|\s?[A-Za-zµ]+)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORDS: Final = dict(pair.split("=") for pair in words("numbers"))
_NUMBER_WORD: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_NO_UNIT: Final = words("no_unit")

# A name: a capital that no sentence's beginning explains, or what only code looks like.
_NAME: Final = re.compile(
    r"""
    [A-Za-z_]\w*(?:[._][A-Za-z_]\w*|\(\))+ | \b[a-z]+[A-Z]\w* | \b[A-Z]\w*(?:[-+#&][\w+#]*)*
    | \b[A-Za-z]+\d\w* | \b\w*_\w+ | (?<![\w-])--?[a-z][\w-]+
    """,
    re.VERBOSE,
)
_VERSION: Final = re.compile(
    r"\b(?:versions?|v\.?|release|since|as of|until|before|prior to|from|starting with)\s*"
    r"(\d[\d.]*\w*)",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(r"\s+([A-Z][\w.+-]*|\d[\d.]*)")

_OPENING: Final = " \"'(\u2018\u201c"

_PART: Final = 4  # letters of a name that stand for all of it

Figure = tuple[str, str, str]
"""A number with its bound before it and its unit after it ("at least", "10", "second")."""


def numbers(text: str) -> frozenset[Figure]:
    """Every number of a text; those in words up to twelve, and round ones, as digits."""
    digits = _NUMBER_WORD.sub(lambda match: _WORDS[match.group().lower()], text)
    found = set()
    for match in _NUMBER.finditer(digits):
        unit = (match["unit"] or "").strip().lower()
        if unit in _NO_UNIT:
            unit = ""
        bound = (match["bound"] or match["sign"] or "").lower()
        number = re.sub(r"[,_]", "", match["number"])
        found.add((bound, number, unit.rstrip("s")))
    return frozenset(found)


def names(text: str, guide: Guide) -> frozenset[str]:
    """What a text calls by name, in lower case: capitalised words and programming names.

    Subjects are left out where they are called by their plain names, and so is the first word.
    """
    plain = [(start, end) for start, end, _ in guide.mentions(text) if "." not in text[start:end]]
    found = set()
    for match in _NAME.finditer(text):
        inside = any(start <= match.start() and match.end() <= end for start, end in plain)
        first = not text[: match.start()].strip(_OPENING) and match.group().istitle()
        if not inside and not first and match.group() != "I":
            found.add(match.group().lower().rstrip("()"))
    return frozenset(found)


def limits(text: str, guide: Guide) -> frozenset[str]:
    """The versions that a text holds for, and what goes on a subject's name ("X Lite", "X 3")."""
    found = {match[1].lower() for match in _VERSION.finditer(text)}
    for _, end, _ in guide.mentions(text):
        if after := _AFTER.match(text, end):
            found.add(after[1].lower().rstrip("."))
    return frozenset(found)


def called_alike(text: str, source: str, guide: Guide) -> bool:
    """Whether a text calls its subjects by what its source does: a product is not its maker's all.

    The plain names of a subject are one; every other alias may be a product of its own.
    """
    said, given = _forms(text, guide), _forms(source, guide)
    firsts = dict(reversed(given))
    plain = {(subject, "") for subject, _ in said}
    if not set(said) <= plain | set(given):
        return False
    return all((subject, firsts[subject]) in said for subject, _ in said if subject in firsts)


def _forms(text: str, guide: Guide) -> list[tuple[str, str]]:
    """(subject id, how it is called) for every mention, in order; "" for a plain name."""
    found = []
    for start, end, name in guide.mentions(text):
        form = re.sub(r"[\s-]+", "", text[start:end]).casefold()
        subject = guide.subject(name)
        whole = subject.name if subject else name
        initials = "".join(filter(str.isupper, whole)).casefold()
        plain = form in (name, initials) or (len(form) >= _PART and form in whole.casefold())
        found.append((name, "" if plain or "." in form else form))
    return found
