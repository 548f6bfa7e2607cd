"""Files that hold many documents: archives and JSON Lines."""

from collections.abc import Iterator
from pathlib import Path

from ragbot.sources.archive import documents_of_archive, is_archive
from ragbot.sources.files import MANIFEST_FILE, File, Problem
from ragbot.sources.jsonl import documents_of_lines
from ragbot.types import RawDocument, Source


def is_packed(path: Path) -> bool:
    """Whether a file holds many documents, by its ending."""
    return path.is_file() and (is_archive(path) or _is_lines(path))


def documents_of_packed(file: File, source: Source, limit: int) -> Iterator[RawDocument | Problem]:
    """Every document of such a file, and a Problem for each that failed.

    `limit` is the largest size of one document in bytes.
    """
    if _is_lines(file.location):
        yield from documents_of_lines(file, source, limit)
    else:
        yield from documents_of_archive(file, source, limit)


def _is_lines(path: Path) -> bool:
    return path.suffix.lower() == ".jsonl" and path.name != MANIFEST_FILE
