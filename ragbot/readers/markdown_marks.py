"""Marks that stand for the beginning and the end of what a dialect of Markdown wraps around text.

A component, a shortcode and a block of colons all say the same: from here to there this is a note,
a tab, or nothing to speak of. Before Markdown is parsed each becomes a paragraph of its own that
holds a mark; the walker opens and closes by them. What is closed and never opened, or the other way
round, costs nothing but itself.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_BEGIN, _END, _BAR = "\ue0f0", "\ue0f1", "\ue0f2"
_MARK = re.compile(f"{_BEGIN}([a-z]+){_BAR}([^{_BAR}{_END}]*){_BAR}([^{_END}]*){_END}")
_OURS = str.maketrans("", "", f"{_BEGIN}{_END}{_BAR}")
_SPACE = re.compile(r"\s+")


class Role(StrEnum):
    """What a mark does to the text after it: a note leads it, a tab labels it, an end closes."""

    NOTE = "note"
    TAB = "tab"
    PLAIN = "plain"
    END = "end"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark with the kind of a note ("warning") and the title of what it begins, "" for none."""

    role: Role
    kind: str = ""
    title: str = ""


def cleaned(text: str) -> str:
    """A text without the characters that marks are made of."""
    return text.translate(_OURS)


def written(mark: Mark, indent: str = "") -> str:
    """A mark as a paragraph of its own; `indent` is what its line begins with."""
    title = _SPACE.sub(" ", cleaned(mark.title)).strip()
    body = _BAR.join((mark.role.value, cleaned(mark.kind), title))
    return f"\n\n{indent}{_BEGIN}{body}{_END}\n\n{indent}"


def marks_in(text: str) -> list[Mark]:
    """The marks of a paragraph that holds nothing else; [] for any other."""
    if not text.startswith(_BEGIN) or _MARK.sub("", text).strip():
        return []
    return [Mark(Role(m[1]), m[2], m[3]) for m in _MARK.finditer(text)]


def without_marks(text: str) -> str:
    """The text without marks that did not come to stand alone, in a table cell, say."""
    return _MARK.sub(" ", text) if _BEGIN in text else text
