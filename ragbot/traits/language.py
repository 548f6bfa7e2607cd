"""The patterns of a language that traits are found by: data, not code."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ragbot import toml_file

ENGLISH = Path(__file__).parent / "english.toml"

_BREAK = re.compile(r"\n\s*")


@cache
def patterns(path: Path = ENGLISH) -> Mapping[str, re.Pattern[str]]:
    """The patterns of a language's file by name, read once.

    Raises:
        ConfigError: it is no TOML.
    """
    found = toml_file.parse(toml_file.read_text(path), str(path))["patterns"]
    return {name: re.compile(_BREAK.sub("", text), re.IGNORECASE) for name, text in found.items()}


def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the language that documents are read in."""
    return patterns()[name]
