"""What is stored in a row as text, taken apart again; one that says something else is damage."""

import json
import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

from ragbot import door
from ragbot.index.manifest import LIBRARY_FILE

T = TypeVar("T")


def decoding(read: Callable[[sqlite3.Row], T]) -> Callable[[sqlite3.Row], T]:
    """Marks what makes something of a row: one that it cannot be made of is damage."""

    @wraps(read)
    def decoded(row: sqlite3.Row) -> T:
        try:
            return read(row)
        except Exception as error:
            said = str(error)[:100] or type(error).__name__
            fault = f"has a row that ragbot never writes ({said})"
            raise door.damaged(Path(LIBRARY_FILE), fault) from error

    return decoded


def words(stored: str) -> tuple[str, ...]:
    """A list of texts as it is stored."""
    found = json.loads(stored)
    if not (isinstance(found, list) and all(isinstance(word, str) for word in found)):
        raise ValueError("no list of texts")
    return tuple(found)


def places(stored: str) -> tuple[str, ...]:
    """The sources of other addresses as they are stored."""
    return words(json.dumps([address["source_id"] for address in json.loads(stored)]))


@decoding
def headings(row: sqlite3.Row) -> tuple[str, ...]:
    """The headings above, outermost first, out of a row with a heading_path."""
    return words(row["heading_path"])
