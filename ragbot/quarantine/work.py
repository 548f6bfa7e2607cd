"""What a task is given to do."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Work:
    """Facts (any JSON) and bytes, and what may be made of them.

    `seconds` of the processor each item may take where `is_fresh`, else all of them together;
    `characters` is how long the text may be that is made of the bytes.
    """

    facts: Any
    content: bytes
    seconds: float
    characters: int
    is_fresh: bool = False
