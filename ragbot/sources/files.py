"""Documents out of files: what is known of them, never past a limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ragbot.foreign_json import foreign_json
from ragbot.readers import MEDIA_TYPES
from ragbot.types import RawDocument, Source

MANIFEST_FILE = "MANIFEST.jsonl"


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be read: its path in the corpus and the reason in words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class File:
    """A readable file of the corpus: where it is and its path relative to the corpus folder."""

    location: Path
    path: str


def content(file: File, limit: int) -> bytes | Problem:
    """The bytes of a file, or why they cannot be had; `limit` is the largest size in bytes."""
    try:
        size = file.location.stat().st_size
        if not file.location.is_file():  # a pipe would be waited for
            return Problem(file.path, "it is no plain file")
        if size > limit:
            reason = f"{size / 1e6:.0f} MB is more than the limit of {limit / 1e6:.0f} MB"
            return Problem(file.path, f"{reason} (raise it with RAGBOT_MAX_FILE_MEGABYTES)")
        with file.location.open("rb") as opened:
            return opened.read(size)  # one that grows meanwhile is taken as it was
    except OSError as error:
        return Problem(file.path, f"it cannot be read ({error.strerror or error})")


def manifest(folder: Path) -> Mapping[str, Mapping[str, object]] | Problem:
    """The facts that a MANIFEST.jsonl in `folder` gives of its files, by path relative to it.

    Each line is a JSON object with `path`; without that file there are no facts.
    """
    location = folder / MANIFEST_FILE
    if not location.is_file():
        return {}
    facts: dict[str, Mapping[str, object]] = {}
    number = 1
    try:
        for line in location.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row = foreign_json(line)
                facts[str(row["path"])] = row
            number += 1
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Problem(str(location.name), f"line {number} is no JSON object with a path ({error})")
    return facts


def raw_document(file: File, data: bytes, source: Source, **facts: str) -> RawDocument:
    """A RawDocument of a file of a source; `facts` override what the source says."""
    values = {
        "title": "",
        "url": source.url,
        "published": source.published,
        "updated": source.updated,
        "version": source.version,
        "licence": source.licence,
        "obtained": "file",
    } | {name: value for name, value in facts.items() if value}
    media_type = MEDIA_TYPES.get(file.location.suffix.lower(), "text/plain")
    return RawDocument(source, file.path, data, media_type, subjects=source.subjects, **values)
