"""Documents out of files: what is known of them, never past a limit."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ragbot.foreign_json import foreign_json
from ragbot.readers import MEDIA_TYPES
from ragbot.types import RawDocument, Source

MANIFEST_FILE = "MANIFEST.jsonl"
HIDDEN = "hidden: its name begins with a dot"
_NOT_PLAIN = "it is no plain file"


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be read: its path in the corpus and the reason in words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What lies in the corpus and is not read, on purpose: its path there and the reason in words.

    The same reason in the same words, so that they can be counted by it.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class File:
    """A readable file of the corpus: where it is and its path relative to the corpus folder."""

    location: Path
    path: str


def no_reader(path: Path) -> str:
    """Why a file is passed over that has an ending of no document."""
    ending = path.suffix.lower()
    return f"no reader for {ending} files" if ending else "no reader for files without an ending"


def content(file: File, limit: int) -> bytes | Problem:
    """The bytes of a file, or why they cannot be had; `limit` is the largest size in bytes."""
    try:
        if not file.location.is_file():  # a device may do something when it is opened
            return Problem(file.path, _NOT_PLAIN)
        with open(file.location, "rb", opener=_at_once) as opened:
            there = os.fstat(opened.fileno())
            if not stat.S_ISREG(there.st_mode):  # it was exchanged in between
                return Problem(file.path, _NOT_PLAIN)
            size = there.st_size
            if size > limit:
                reason = f"{size / 1e6:.0f} MB is more than the limit of {limit / 1e6:.0f} MB"
                return Problem(file.path, f"{reason} (raise it with RAGBOT_MAX_FILE_MEGABYTES)")
            return opened.read(size)  # one that grows meanwhile is taken as it was
    except OSError as error:
        return Problem(file.path, f"it cannot be read ({error.strerror or error})")


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe, on which nobody may ever write, is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def manifest(folder: Path, limit: int) -> Mapping[str, Mapping[str, object]] | Problem:
    """The facts that a MANIFEST.jsonl in `folder` gives of its files, by path relative to it.

    Each line is a JSON object with `path`; without that file there are no facts. It may have
    `limit` bytes.
    """
    location = folder / MANIFEST_FILE
    if not location.is_file():
        return {}
    data = content(File(location, MANIFEST_FILE), limit)
    if isinstance(data, Problem):
        return data
    facts: dict[str, Mapping[str, object]] = {}
    number = 1
    try:
        for line in data.decode().split("\n"):
            if line.strip():
                row = foreign_json(line)
                facts[str(row["path"])] = row
            number += 1
    except (ValueError, KeyError, TypeError) as error:
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
    return RawDocument(
        source=source,
        path=file.path,
        content=data,
        media_type=MEDIA_TYPES.get(file.location.suffix.lower(), "text/plain"),
        subjects=source.subjects,
        title=values["title"],
        url=values["url"],
        published=values["published"],
        updated=values["updated"],
        version=values["version"],
        licence=values["licence"],
        obtained=values["obtained"],
    )
