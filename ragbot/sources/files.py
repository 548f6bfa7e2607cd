"""Documents out of a folder or file: walked in a stable order, never past a limit or in a loop."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ragbot.foreign_json import foreign_json
from ragbot.readers import MEDIA_TYPES
from ragbot.sources.catalog import CATALOG_FILE
from ragbot.types import RawDocument, Source

MANIFEST_FILE = "MANIFEST.jsonl"
_OWN_FILES = {CATALOG_FILE, "subjects.toml", MANIFEST_FILE}


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


def walk(root: Path, start: Path) -> Iterator[File | Problem]:
    """Every file under `start` that a reader knows by its ending, in the order of the paths.

    Links to folders are followed once; a link back to a folder above is a Problem. Hidden files
    and the corpus' own tables are passed over.
    """
    if not start.exists():
        yield Problem(_relative(root, start), "there is no such file or folder")
        return
    if start.is_file():
        yield File(start, _relative(root, start))
        return
    yield from _walk(root, start, frozenset())


def _walk(root: Path, folder: Path, above: frozenset[Path]) -> Iterator[File | Problem]:
    real = folder.resolve()
    if real in above:
        reason = "it links back to a folder above it; remove the link"
        yield Problem(_relative(root, folder), reason)
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Problem(_relative(root, folder), f"the folder cannot be listed ({error.strerror})")
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith(".") or entry.name in _OWN_FILES:
            continue
        if not entry.is_dir() and path.suffix.lower() not in MEDIA_TYPES:
            continue
        name = _relative(root, path)
        if name != (shown := name.encode(errors="replace").decode()):
            yield Problem(shown, "its name is not UTF-8; rename it")
        elif entry.is_dir():
            yield from _walk(root, path, above | {real})
        else:
            yield File(path, name)


def content(file: File, limit: int) -> bytes | Problem:
    """The bytes of a file, or why they cannot be had; `limit` is the largest size in bytes."""
    try:
        size = file.location.stat().st_size
        if not file.location.is_file():  # a pipe would be waited for
            return Problem(file.path, "it is no plain file")
        if size > limit:
            reason = f"{size / 1e6:.0f} MB is more than the limit of {limit / 1e6:.0f} MB"
            return Problem(file.path, f"{reason} (raise it with RAGBOT_MAX_FILE_MEGABYTES)")
        return file.location.read_bytes()
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


def _relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path != root else "."
