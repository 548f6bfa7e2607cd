"""Programming names in a question, as people write them."""

import re
from collections.abc import Collection

_MARK = "[`\"'\\u201c\\u201d\\u2018\\u2019]"
_QUOTED = re.compile(rf"{_MARK}([A-Za-z_][\w.]*)(?:\(\))?{_MARK}")
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*)\(")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*\w")
_NAMELIKE = re.compile(r"\w\.\w|[a-z0-9]_|_[a-z0-9]|[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z]\d[a-z]")


def symbols_in(text: str, plain: Collection[str]) -> tuple[str, ...]:
    """The programming names in a text, each once, in order, without calls' brackets.

    A word is one if it looks like one (`a.b`, `a_b`, `ConvNd`, `conv2d`), is called or quoted. The
    words in `plain` (names of subjects, in lower case) are none, however they look.
    """
    return tuple(dict.fromkeys(name for _, _, name in symbol_spans(text, plain)))


def symbol_spans(text: str, plain: Collection[str]) -> list[tuple[int, int, str]]:
    """(start, end, name) of every programming name in a text, in order; see `symbols_in`."""
    found: dict[int, tuple[int, int, str]] = {}
    for pattern in (_QUOTED, _CALLED, _WORD):
        for match in pattern.finditer(text):
            group = 0 if pattern is _WORD else 1
            name = match[group].rstrip(".")
            if (pattern is not _WORD or _NAMELIKE.search(name)) and name.lower() not in plain:
                start = match.start(group)
                found.setdefault(start, (start, start + len(name), name))
    return [found[start] for start in sorted(found)]
