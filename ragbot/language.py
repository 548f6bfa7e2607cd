"""The words of a language that decide something: data in a file, not code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ragbot import toml_file

_BREAK = re.compile(r"\n\s*")


@dataclass(frozen=True)
class Language:
    """Patterns, whatever the case, and words by name; `sources` are the texts of the patterns."""

    patterns: Mapping[str, re.Pattern[str]]
    words: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, str]


@cache
def language(path: Path) -> Language:
    """Read a language's file, once; a line break with what follows it is left out of a pattern.

    Raises:
        ConfigError: it is no TOML.
    """
    data = toml_file.parse(toml_file.read_text(path), str(path))
    sources = {name: _BREAK.sub("", text) for name, text in data.get("patterns", {}).items()}
    return Language(
        {name: re.compile(text, re.IGNORECASE) for name, text in sources.items()},
        {name: tuple(text.split()) for name, text in data.get("words", {}).items()},
        sources,
    )
