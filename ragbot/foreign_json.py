"""The one way in for JSON that others wrote: bounded in size and depth, free of broken text.

Whatever is wrong with it is a JsonError, which is a ValueError: no RecursionError, MemoryError or
UnicodeError comes out of here. What we wrote ourselves (the index, the store) needs no such door.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

DEEPEST = 64
"""Lists and objects within each other, where a caller does not say; notebooks need some ten."""

LARGEST = 64_000_000
"""Bytes of JSON, where a caller does not say; the longest pages of a package index are some 20."""

_ESCAPE = re.compile(
    r"\\(?:u[dD][89aAbB]\w\w\\u[dD][c-fC-F]\w\w|(u[dD][89a-fA-F]\w\w)|.)", re.DOTALL
)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class JsonError(ValueError):
    """Text that is no JSON or more than may be taken; the message is the reason in words."""


def foreign_json(text: str | bytes, *, deepest: int = DEEPEST, largest: int = LARGEST) -> Any:
    """The value that a JSON text stands for; bytes are UTF-8, with or without a mark before them.

    Half a character (a lone surrogate), which JSON can name but no file can hold, becomes U+FFFD.

    Args:
        text: The JSON, whole.
        deepest: How many lists and objects may stand within each other.
        largest: How many bytes (of `str`: characters) it may have.

    Raises:
        JsonError: it is no JSON, no UTF-8, too large or nested too deeply, or holds a number of
            too many digits.
    """
    if len(text) > largest:
        raise JsonError(f"it is larger than the limit of {largest / 1e6:g} MB")
    plain = _sound(text)
    try:
        value = json.loads(plain)
    except json.JSONDecodeError as error:
        raise JsonError(_in_words(error)) from error
    except ValueError as error:  # more digits than Python turns into a number
        raise JsonError("it holds a number of too many digits") from error
    except (RecursionError, MemoryError) as error:
        raise JsonError(f"it is nested more than {deepest} levels deep") from error
    if plain.count("[") + plain.count("{") > deepest and _is_deeper(value, deepest):
        raise JsonError(f"it is nested more than {deepest} levels deep")
    return value


def _sound(text: str | bytes) -> str:
    """The text with every half of a character made whole, so that it can be written again."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise JsonError(
                f"it is not UTF-8 (byte {error.start + 1}); save it as UTF-8"
            ) from error
    else:
        text = text.encode("utf-8", "replace").decode("utf-8-sig")
    if _SURROGATE.search(text):
        text = _ESCAPE.sub(lambda found: r"\ufffd" if found[1] else found[0], text)
    return text


def _is_deeper(value: object, deepest: int) -> bool:
    level: list[object] = [value]
    for _ in range(deepest):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterable[object]:
    """What stands in a list or object that may hold more itself."""
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (one for one in found if isinstance(one, dict | list))


def _in_words(error: json.JSONDecodeError) -> str:
    return f"it is no JSON ({error.msg.lower()}, line {error.lineno}, column {error.colno})"
