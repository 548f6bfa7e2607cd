"""Brings the documents that sources.toml names into the local store, and locks what they were."""

import json
import shutil
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import cast

import filelock

from ragbot.errors import ConfigError, RagbotError, UnknownNameError
from ragbot.foreign_json import JsonError, foreign_json
from ragbot.limits import those_known
from ragbot.progress import Progress
from ragbot.sources.catalog import CATALOG_FILE, Entry, has_catalog, load
from ragbot.sources.fetching import Fetcher, Locked
from ragbot.sources.files import Problem
from ragbot.sources.shelf import NewShelf, synced
from ragbot.sources.shown import redacted

STORE_FOLDER = "store"  # in the index folder
LOCK_FILE = "sources.lock"  # beside sources.toml; the one that is committed

_LONGEST_REASON = 200  # characters of what an error nobody foresaw says of itself

# Where the fetcher of each kind is; files need none.
FETCHERS: Mapping[str, str] = {
    "pypi": "ragbot.sources.pypi.fetch:fetch_pypi",
    "git": "ragbot.sources.git:fetch",
    "web": "ragbot.sources.web:fetch",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sync of one source did; `error` is empty where it did not fail."""

    source: str
    changed: bool
    resolved: str
    documents: int
    problems: tuple[Problem, ...]
    error: str
    seconds: float


def due(corpus: Path, index: Path, hours: float) -> bool:
    """Whether a source that is fetched was never synced, or longer than `hours` ago.

    Raises:
        ConfigError: sources.toml is wrong.
    """
    if not has_catalog(corpus):
        return False
    oldest = datetime.now(UTC) - timedelta(hours=hours)
    for entry in load(corpus / CATALOG_FILE):
        if entry.obtain.kind in FETCHERS:
            found = synced(shelf_path(index, entry.source.id))
            if found is None or datetime.fromisoformat(found.at) < oldest:
                return True
    return False


def shelf_path(index: Path, source: str) -> Path:
    """The file that holds what was synced of a source."""
    return index / STORE_FOLDER / f"{source}.sqlite"


def forget(index: Path, source: str) -> None:
    """Remove what was fetched of a source."""
    path = shelf_path(index, source)
    path.unlink(missing_ok=True)
    shutil.rmtree(path.with_suffix(""), ignore_errors=True)


def sync(
    corpus: Path, index: Path, names: Sequence[str], progress: Progress
) -> tuple[Outcome, ...]:
    """Fetch the named sources, or all that are fetched; one that fails keeps what it had.

    Raises:
        ConfigError: sources.toml is missing or wrong, or another sync runs.
        UnknownNameError: a name is not in it.
    """
    entries = load(corpus / CATALOG_FILE)
    known = {entry.source.id for entry in entries}
    for name in names:
        if name not in known:
            told = f"{corpus / CATALOG_FILE} has no source {name!r}"
            raise UnknownNameError(f"{told}; {those_known(name, known)}")
    wanted = [
        e for e in entries if e.obtain.kind in FETCHERS and (not names or e.source.id in names)
    ]
    store = index / STORE_FOLDER
    try:
        store.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(store / "sync.lock", timeout=0):
            outcomes = tuple(_sync(entry, index, progress) for entry in wanted)
            _lock(corpus / LOCK_FILE, index, entries)
    except filelock.Timeout as error:
        raise ConfigError(f"another sync is running in {store}; wait for it to end") from error
    except OSError as error:
        place = error.filename or store
        raise ConfigError(f"{place} cannot be written ({error.strerror})") from error
    return outcomes


def _sync(entry: Entry, index: Path, progress: Progress) -> Outcome:
    """Sync one source; whatever its fetch runs into is its own error and stops no other."""
    began = time.monotonic()
    path = shelf_path(index, entry.source.id)
    changed, error = False, ""
    try:
        changed = _fetched(entry, path, progress) is not None
    except Exception as fault:  # a far place can send what no fetcher has been told of
        error = _in_words(fault)
    now = synced(path)
    return Outcome(
        source=entry.source.id,
        changed=changed,
        resolved=now.locked.resolved if now else "",
        documents=now.documents if now else 0,
        problems=now.problems if now else (),
        error=error,
        seconds=time.monotonic() - began,
    )


def _fetched(entry: Entry, path: Path, progress: Progress) -> Locked | None:
    scratch = path.with_suffix("").resolve()  # a fetcher may work in it, where `index` is another
    scratch.mkdir(parents=True, exist_ok=True)
    before = synced(path)
    shelf = NewShelf(path)
    try:
        locked = _fetcher(entry.obtain.kind)(
            entry, before.locked if before else None, shelf, scratch, progress
        )
        if locked is not None:
            shelf.finish(locked)
    finally:
        shelf.abandon()
    return locked


def _in_words(fault: Exception) -> str:
    """Why a source could not be synced, in one line and without a password."""
    said = redacted(" ".join(str(fault).split()))
    if isinstance(fault, RagbotError):
        return said
    if isinstance(fault, OSError | sqlite3.Error):
        return f"it cannot be kept in the store ({said}); make room or correct the rights there"
    reason = {RecursionError: "it is nested too deeply", MemoryError: "it takes too much memory"}
    told = reason.get(type(fault)) or f"{type(fault).__name__}: {said[:_LONGEST_REASON]}"
    return f"what came of it cannot be used ({told})"


def _fetcher(kind: str) -> Fetcher:
    module, function = FETCHERS[kind].split(":")
    return cast(Fetcher, getattr(import_module(module), function))


def _lock(path: Path, index: Path, entries: Sequence[Entry]) -> None:
    """Write what every source was resolved to; sources never synced keep their line."""
    lines: dict[str, dict[str, str]] = {}
    if path.is_file():
        try:
            lines = dict(foreign_json(path.read_bytes()))
        except (JsonError, TypeError, ValueError) as error:
            message = f"{path} cannot be read ({error}); delete it, sync writes it anew"
            raise ConfigError(message) from error
    for entry in entries:
        found = synced(shelf_path(index, entry.source.id))
        if found:
            locked = found.locked
            lines[entry.source.id] = {
                "resolved": locked.resolved,
                "date": locked.date,
                "checksum": locked.checksum,
            } | ({"verified": locked.verified} if locked.verified else {})
    known = {entry.source.id for entry in entries}
    kept = {name: lines[name] for name in sorted(lines) if name in known}
    text = json.dumps(kept, indent=2) + "\n"
    if kept and (not path.is_file() or path.read_text(encoding="utf-8") != text):
        temporary = path.with_suffix(".lock.new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
