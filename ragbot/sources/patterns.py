"""Patterns for paths and addresses: `*` stays in one folder, `**` spans folders, `?` one letter."""

import re
from collections.abc import Iterable
from functools import cache

_WILDCARDS = re.compile(r"(\*\*/|\*\*|\*|\?)")
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(text: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns fits the whole text, or a folder above it.

    `docs` fits `docs` and all below it, `docs/**/*.md` the Markdown files below `docs`.
    """
    return any(_expression(pattern).fullmatch(text) for pattern in patterns)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    parts = _WILDCARDS.split(pattern.strip("/"))
    body = "".join(_MEANINGS.get(part, re.escape(part)) for part in parts)
    return re.compile(f"{body}(?:/.*)?", re.DOTALL)
