"""The patterns of the language that documents are read in."""

import re
from pathlib import Path

from ragbot.language import language

ENGLISH = Path(__file__).parent / "english.toml"


def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the language that documents are read in."""
    return language(ENGLISH).patterns[name]
