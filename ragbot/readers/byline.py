"""Reads the line under a title that says who wrote a page, and when."""

import re
from dataclasses import dataclass
from datetime import datetime

from ragbot.readers.writer import fold

_KEYS = {
    "author": "author",
    "authors": "author",
    "written by": "author",
    "translated by": "author",
    "date": "published",
    "date created": "published",
    "created": "published",
    "published": "published",
    "date published": "published",
    "last modified": "updated",
    "last updated": "updated",
    "last verified": "verified",
    "description": "description",
    "accelerator": "accelerator",
}
_KEY = re.compile(
    rf"(?:^|(?<=\s))({'|'.join(sorted(map(re.escape, _KEYS), key=len, reverse=True))})\s*:\s+",
    re.IGNORECASE,
)
_DATES = ("%Y/%m/%d", "%Y-%m-%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%B %Y", "%Y")
_SENTENCE_END = re.compile(r"[a-z]{3}[.!?]\s+[A-Z]")
_LONGEST_VALUE = 300  # characters; a longer one is a text that happens to start like a byline


@dataclass(frozen=True, slots=True)
class Byline:
    """ISO dates, "" where none is told, and what the page says it is about."""

    published: str
    updated: str
    description: str


def byline_of(text: str) -> Byline | None:
    """A paragraph such as "Author: A Date created: 2020/01/31", None where it is anything else."""
    text = fold(text)
    keys = list(_KEY.finditer(text))
    if not keys or keys[0].start() > 0 or _KEYS[keys[0][1].lower()] == "description":
        return None
    told: dict[str, str] = {}
    ends = [key.start() for key in keys[1:]] + [len(text)]
    for key, end in zip(keys, ends, strict=True):
        name, value = _KEYS[key[1].lower()], text[key.end() : end].strip()
        if name != "description" and (len(value) > _LONGEST_VALUE or _SENTENCE_END.search(value)):
            return None
        told.setdefault(name, value)
    if not told.keys() - {"published"} and not _iso(told.get("published", "")):
        return None
    return Byline(
        published=_iso(told.get("published", "")),
        updated=_iso(told.get("updated", "")),
        description=told.get("description", ""),
    )


def _iso(value: str) -> str:
    for form in _DATES:
        try:
            date = datetime.strptime(value, form)
        except ValueError:
            continue
        precision = {"%Y": "%Y", "%B %Y": "%Y-%m"}.get(form, "%Y-%m-%d")
        return date.strftime(precision)
    return ""
