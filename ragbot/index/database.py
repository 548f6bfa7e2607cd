"""A SQLite file that is only read, by many threads, and may be damaged at any time."""

import sqlite3
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ragbot import door
from ragbot.index.seal import Seal

_MADE_OF = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"


class Database:
    """Reads rows; safe to share between threads.

    Pages are read from the file when a query needs them. So after every query the seal on the file
    is looked at (some microseconds): rows out of a file that was overwritten meanwhile are never
    given. SQLite's own mapping of files stays off, as one cut short would end the process.
    """

    def __init__(self, path: Path, schema: str, sha256: str = "", older: str | None = None) -> None:
        """Open a file with exactly the tables of a schema, that should have this sha256.

        Those of an `older` one will do; `is_older` says so then.

        Raises:
            IndexDamagedError: it is missing or another kind of file.
            IndexNewerError: it has tables or columns besides, and is what was written.
        """
        self._path = path
        self._seal = Seal(path, sha256)
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()
        found = [tuple(row) for row in self.read(_MADE_OF)]
        self.is_older = older is not None and found == _tables(older)
        if found != _tables(schema) and not self.is_older:
            self.close()
            if sha256 and _names(_tables(schema)) <= _names(found):  # as it was written, and more
                raise door.newer(path, "")
            raise door.damaged(path, "is a database with other tables than ragbot's")

    def read(self, query: str, *values: object) -> list[sqlite3.Row]:
        """The rows that a query finds.

        Raises:
            IndexDamagedError: the file was damaged, removed or replaced since it was opened.
        """
        try:
            found = self._connection().execute(query, values).fetchall()
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
            raise  # the question was wrong, not the file
        except (sqlite3.Error, MemoryError) as error:
            self._seal.check()
            raise door.damaged(self._path, f"cannot be read ({error})") from error
        self._seal.check()
        return found

    def is_sound(self) -> bool:
        """Whether the file is the one that was opened and holds what it held then."""
        return self._seal.in_place() and self._seal.holds()

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            if not self._seal.in_place():  # SQLite would wait for the writer of a pipe
                raise door.damaged(self._path, "was removed or replaced while it was open")
            with door.parsing(self._path):
                connection = sqlite3.connect(self._uri, uri=True)
            # SQLite opens by name: another file of that name is not the one that was checked.
            if not self._seal.in_place():
                connection.close()
                raise door.damaged(self._path, "was removed or replaced while it was open")
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA mmap_size = 0")
            connection.execute("PRAGMA trusted_schema = OFF")
            self._local.connection = connection
        return connection


def _names(tables: Iterable[tuple[object, ...]]) -> set[object]:
    return {name for _, name, *_ in tables}


@lru_cache
def _tables(schema: str) -> list[tuple[str, ...]]:
    """What SQLite keeps of a schema."""
    database = sqlite3.connect("")
    try:
        database.executescript(schema)
        return [tuple(row) for row in database.execute(_MADE_OF)]
    finally:
        database.close()
