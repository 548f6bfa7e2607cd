"""Foreign text within Markdown: shown as it is written, and never taken for a mark of ours."""

import re
from typing import Final

from ragbot.types import Cited, Claim

_SPECIAL: Final = re.compile(r"[\\`*\[\]<>|~$&]|(?<![^\W_])_|_(?![^\W_])")
_FENCES: Final = re.compile(r"`{3,}")
_TICKS: Final = re.compile(r"`+")


def marks(claim: Claim, cited: Cited) -> str:
    """The marks of a claim: "[1][3]"."""
    numbers = dict.fromkeys(cited[evidence.span].number for evidence in claim.evidence)
    return "".join(f"[{number}]" for number in numbers)


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))


def code_block(text: str) -> str:
    """A listing between fences that nothing in it ends."""
    longest = max((len(found[0]) for found in _FENCES.finditer(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"


def code_span(text: str) -> str:
    """Code within a line, where no table is."""
    text = " ".join(text.split())
    longest = max((len(found[0]) for found in _TICKS.finditer(text)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}" if longest else f"`{text}`"


def code_in_table(text: str) -> str:
    """Code within a cell of a table: only there a bar has to be escaped in code as well."""
    return code_span(text).replace("|", "\\|")
