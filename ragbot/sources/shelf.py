"""The local store: what a sync brought of one source, in one SQLite file, replaced all at once."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ragbot.characters import whole
from ragbot.errors import SourceError
from ragbot.foreign_json import foreign_json
from ragbot.sources.fetching import Fetched, Locked
from ragbot.sources.files import Problem
from ragbot.sources.shown import redacted

_SCHEMA = """
CREATE TABLE documents (path TEXT PRIMARY KEY, facts TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE problems (path TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE synced (locked TEXT NOT NULL, at TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Synced:
    """What the last sync of a source brought, and when (ISO, UTC)."""

    locked: Locked
    at: str
    documents: int
    problems: tuple[Problem, ...]


class NewShelf:
    """Collects the documents of a sync beside those of the one before (a fetching.Shelf)."""

    def __init__(self, path: Path) -> None:
        """Begin anew; `path` is the file that `finish` replaces."""
        self._path = path
        self._new = path.with_suffix(".new")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._new.unlink(missing_ok=True)
        self._database = sqlite3.connect(self._new)
        self._database.executescript(_SCHEMA)
        if path.is_file():
            self._database.execute("ATTACH DATABASE ? AS before", (str(path),))

    def put(self, document: Fetched) -> None:
        """Add a document.

        Raises:
            SourceError: there is one with that path already.
        """
        facts = asdict(document)
        content = facts.pop("content")
        path = whole(document.path)
        try:
            self._database.execute(
                "INSERT INTO documents VALUES (?, ?, ?)",
                (path, whole(json.dumps(facts, ensure_ascii=False)), content),
            )
        except sqlite3.IntegrityError as error:
            raise SourceError(f"two documents have the path {document.path!r}") from error

    def keep(self, path: str) -> None:
        """Take over the document of that path from the sync before.

        Raises:
            SourceError: there was none.
        """
        query = "INSERT INTO documents SELECT * FROM before.documents WHERE path = ?"
        try:
            kept = self._database.execute(query, (path,)).rowcount
        except sqlite3.OperationalError as error:
            raise SourceError(f"there is no earlier document {path!r} to keep") from error
        if kept != 1:
            raise SourceError(f"there is no earlier document {path!r} to keep")

    def problem(self, path: str, reason: str) -> None:
        """Note that a document could not be had."""
        told = (redacted(whole(path)), redacted(whole(reason)))
        self._database.execute("INSERT INTO problems VALUES (?, ?)", told)

    def finish(self, locked: Locked) -> int:
        """Replace the sync before by this one; returns the number of documents."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._database.execute(
            "INSERT INTO synced VALUES (?, ?)", (json.dumps(asdict(locked)), now)
        )
        self._database.commit()
        count = int(self._database.execute("SELECT COUNT(*) FROM main.documents").fetchone()[0])
        self._database.close()
        self._new.replace(self._path)
        return count

    def abandon(self) -> None:
        """Leave the sync before as it is, unless this one was finished."""
        self._database.close()
        self._new.unlink(missing_ok=True)


def synced(path: Path) -> Synced | None:
    """What the last sync brought; None where there was none, or its file is damaged."""
    try:
        with closing(_open(path)) as database:
            locked, at = database.execute("SELECT locked, at FROM synced").fetchone()
            count = database.execute("SELECT COUNT(*) FROM documents").fetchone()[0]
            problems = database.execute("SELECT path, reason FROM problems ORDER BY path")
            return Synced(
                Locked(**json.loads(locked)),
                at,
                int(count),
                tuple(Problem(*row) for row in problems),
            )
    except (sqlite3.Error, TypeError, ValueError):
        return None


def fetched(path: Path) -> Iterator[Fetched]:
    """The documents of the last sync, in the order of their paths.

    Raises:
        SourceError: the store is damaged, at the start or on the way.
    """
    query = "SELECT facts, content FROM documents ORDER BY path"
    try:
        with closing(_open(path)) as database:
            for facts, content in database.execute(query):
                yield Fetched(content=content, **foreign_json(facts))
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise SourceError(f"what was fetched of it is damaged ({error}); sync it again") from error


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
