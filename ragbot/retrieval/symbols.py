"""Programming names in a question, as people write them."""

import re
from collections.abc import Collection

_MARK = "[`\"'\\u201c\\u201d\\u2018\\u2019]"
_QUOTED = re.compile(rf"{_MARK}([A-Za-z_][\w.]*)(?:\(\))?{_MARK}")
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*)\(")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*\w")
_NAMELIKE = re.compile(r"\w\.\w|[a-z0-9]_|_[a-z0-9]|[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z]\d[a-z]")


def symbols_in(text: str, plain: Collection[str]) -> tuple[str, ...]:
    """The programming names in a text, in order, without calls' brackets.

    A word is one if it looks like one (`a.b`, `a_b`, `ConvNd`, `conv2d`), is called or quoted. The
    words in `plain` (names of subjects, in lower case) are none, however they look.
    """
    found: dict[str, int] = {}
    for pattern in (_QUOTED, _CALLED, _WORD):
        for match in pattern.finditer(text):
            name = match[1] if pattern is not _WORD else match[0]
            if (pattern is not _WORD or _NAMELIKE.search(name)) and name.lower() not in plain:
                found.setdefault(name.rstrip("."), match.start())
    return tuple(sorted(found, key=found.__getitem__))
