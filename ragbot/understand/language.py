"""The words of a language that decide how a question is read: data, not code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ragbot import toml_file

ENGLISH = Path(__file__).parent / "english.toml"

_BREAK = re.compile(r"\n\s*")


@dataclass(frozen=True)
class Language:
    """Patterns and words by name, as a file of the form of english.toml gives them."""

    patterns: Mapping[str, re.Pattern[str]]
    words: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, str]


@cache
def language(path: Path = ENGLISH) -> Language:
    """Read a language's file, once.

    Raises:
        ConfigError: it is no TOML.
    """
    data = toml_file.parse(toml_file.read_text(path), str(path))
    sources = {name: _BREAK.sub("", text) for name, text in data["patterns"].items()}
    return Language(
        {name: re.compile(text, re.IGNORECASE) for name, text in sources.items()},
        {name: tuple(text.split()) for name, text in data["words"].items()},
        sources,
    )


def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the language that questions are read in."""
    return language().patterns[name]


def source(name: str) -> str:
    """The text of a pattern, to build a longer one of."""
    return language().sources[name]


def words(name: str) -> tuple[str, ...]:
    """A list of words of the language that questions are read in."""
    return language().words[name]
