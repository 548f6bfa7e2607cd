"""Splits off front matter: YAML between lines of `---`, TOML between `+++`, or a JSON object."""

import json
import re
import tomllib
from typing import Any

from ragbot.readers.decode import plain_lines
from ragbot.readers.plain_yaml import plain_yaml

_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)(?:\A|(?<=\n))(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)(?<=\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_JSON = re.compile(r"\A(\{[ \t]*\n.*?\n\})[ \t]*(?:\n|\Z)", re.DOTALL)
_LONGEST = 20_000  # characters; what is longer is taken line by line
_MOST_BYTES = 40_000  # of a document, in which its front matter ends
_FIELD = re.compile(r"^([A-Za-z_][\w-]*):[ \t]*(.*)$")


def front_matter_of(content: bytes) -> dict[str, Any]:
    """The fields that the bytes of a document begin with, {} where there are none.

    A byte order mark before them, or lines that end as on another system, change nothing.
    """
    text = content[:_MOST_BYTES].decode("utf-8-sig", errors="ignore")
    fields, _ = split_front_matter(plain_lines(text))
    return fields


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The fields of the front matter, all values as strings, lists or dicts, and the text after it.

    Front matter whose YAML is broken (a title with a bare colon, say) still counts as such when it
    starts with a `key: value` line: its top-level lines are taken one by one. Anything else between
    two `---` lines is content, and the text comes back whole.
    """
    match = _BLOCK.match(text)
    if match is None:
        return _of_hugo(text)
    block = match[1]
    first = next((line for line in block.splitlines() if line.strip()), "")
    if not _FIELD.match(first):
        return {}, text
    fields = plain_yaml(block) if len(block) <= _LONGEST else None
    if not isinstance(fields, dict):
        fields = _line_by_line(block)
    return {str(key): value for key, value in fields.items()}, text[match.end() :]


def _of_hugo(text: str) -> tuple[dict[str, Any], str]:
    """The same of TOML or JSON; what is neither is content."""
    match = _TOML.match(text) or _JSON.match(text)
    if match is None or len(match[1]) > _LONGEST:
        return {}, text
    try:
        told = json.loads(match[1]) if text.startswith("{") else tomllib.loads(match[1])
    except (ValueError, RecursionError):
        return {}, text
    plain = {
        str(key): value if isinstance(value, list | dict) else str(value)
        for key, value in told.items()
    }
    return plain, text[match.end() :]


def title_of(fields: dict[str, Any]) -> str:
    """The `title` field, or "" where there is none or it is no string."""
    title = fields.get("title", "")
    return title.strip() if isinstance(title, str) else ""


def _line_by_line(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in block.splitlines():
        if match := _FIELD.match(line):
            fields.setdefault(match[1], match[2].strip().strip("\"'"))
    return fields
