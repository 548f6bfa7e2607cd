"""What the tests of fetchers share: an entry, a sync into a real shelf, and what is on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ragbot.progress import Silent
from ragbot.sources.catalog import Entry
from ragbot.sources.fetching import Fetched, Fetcher, Locked, Shelf
from ragbot.sources.shelf import NewShelf, fetched, synced
from ragbot.types import Authority, Source, SourceKind

SOURCE = Source(
    id="heron",
    title="Heron",
    author="unknown",
    publisher="Heron",
    url="https://heron.example",
    published="undated",
    updated="undated",
    version="",
    authority=Authority.OFFICIAL,
    subjects=("heron",),
    licence="MIT",
    kind=SourceKind.DOCUMENTATION,
)


class Watched:
    """A shelf that notes what is put and kept."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.put_paths: list[str] = []
        self.kept_paths: list[str] = []

    def put(self, document: Fetched) -> None:
        self.put_paths.append(document.path)
        self._shelf.put(document)

    def keep(self, path: str) -> None:
        self.kept_paths.append(path)
        self._shelf.keep(path)

    def problem(self, path: str, reason: str) -> None:
        self._shelf.problem(path, reason)


@dataclass
class Taken:
    """What a sync did, and what is in the store after it."""

    locked: Locked | None
    put: list[str]
    kept: list[str]
    documents: Mapping[str, Fetched]
    problems: Mapping[str, str]


def take(fetcher: Fetcher, obtain: object, folder: Path) -> Taken:
    """Sync an entry into the store in `folder`, after what was synced there before."""
    path = folder / "heron.sqlite"
    scratch = folder / "heron"
    scratch.mkdir(exist_ok=True)
    before = synced(path)
    shelf = NewShelf(path)
    watched = Watched(shelf)
    locked = None
    try:
        locked = fetcher(
            Entry(SOURCE, obtain),  # type: ignore[arg-type]
            before.locked if before else None,
            watched,
            scratch,
            Silent(),
        )
    finally:
        if locked is None:
            shelf.abandon()
        else:
            shelf.finish(locked)
    after = synced(path)
    return Taken(
        locked,
        watched.put_paths,
        watched.kept_paths,
        {document.path: document for document in fetched(path)} if after else {},
        {problem.path: problem.reason for problem in after.problems} if after else {},
    )
