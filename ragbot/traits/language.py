"""The words of the language that documents are read in."""

import re
from pathlib import Path

from ragbot.language import language

ENGLISH = Path(__file__).parent / "english.toml"


def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the language that documents are read in."""
    return language(ENGLISH).patterns[name]


def source(name: str) -> str:
    """The text of a pattern, to build a longer one of."""
    return language(ENGLISH).sources[name]


def words(name: str) -> tuple[str, ...]:
    """A list of words of the language that documents are read in."""
    return language(ENGLISH).words[name]
