"""What a fetcher of remote documents is given, and what it gives back.

A fetcher brings the documents of one source from where they really are into the local store; a
build reads the store and needs no network.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ragbot.progress import Progress
from ragbot.sources.catalog import Entry


@dataclass(frozen=True, slots=True)
class Fetched:
    """One document as it was obtained; `path` names it inside its source (POSIX, relative).

    Empty facts are taken from the source: `published` and `updated` are ISO dates.
    """

    path: str
    content: bytes
    media_type: str
    title: str = ""
    url: str = ""
    published: str = ""
    updated: str = ""
    version: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Locked:
    """What a source was resolved to: a version or commit, its ISO date, and a checksum of it.

    `validators` are what a conditional request needs next time (ETag, Last-Modified), by URL;
    `verified` says in words what of the content was held against a checksum, "" where nothing was.
    """

    resolved: str
    date: str
    checksum: str
    validators: Mapping[str, str] = field(default_factory=dict)
    verified: str = ""


class Shelf(Protocol):
    """Where a fetcher puts documents.

    They replace the source's earlier ones all at once, at the end: a failed fetch loses nothing.
    """

    def put(self, document: Fetched) -> None:
        """Add a document; the same path twice is an error of the fetcher."""
        ...

    def keep(self, path: str) -> None:
        """Take over the document of that path from the sync before: it has not changed."""
        ...

    def problem(self, path: str, reason: str) -> None:
        """Note that a document could not be had, in words."""
        ...


class Fetcher(Protocol):
    """Obtains the documents of one entry.

    `before` is what the entry was resolved to by the last sync, None for the first; `scratch` is a
    folder of its own, kept between syncs, for parts of a fetch that was interrupted.
    """

    def __call__(
        self, entry: Entry, before: Locked | None, shelf: Shelf, scratch: Path, progress: Progress
    ) -> Locked | None:
        """Put the documents on the shelf; None where nothing has changed since `before`.

        Raises:
            SourceError: the source cannot be reached or is not what it should be.
        """
        ...
