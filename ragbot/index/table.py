"""A file of keys and values that may always be lost, but never lies: the ground of both caches."""

import sqlite3
import zlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

CHECK = 4  # bytes of checksum behind every value
PART = 500  # keys looked up in one statement
DAMAGE = (
    *(sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR),
    sqlite3.SQLITE_IOERR_SHORT_READ,
)


class Table:
    """Values by 32-byte key. A damaged file is replaced by an empty one, a damaged value missed."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            self._database = _open(path)
        except sqlite3.DatabaseError as error:
            self._anew(error)

    def get(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """The values of those keys that are known."""
        return self._mended(lambda: self._get(sorted(keys)))

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Keep values, all of them or, where this process ends now, none."""
        rows = [(key, value + _check(key, value)) for key, value in values.items()]

        def write() -> None:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?)", rows)

        self._mended(write)

    def keep_only(self, keys: set[bytes]) -> int:
        """Remove all other entries, overwrite where they stood, and say how many they were."""

        def remove() -> int:
            found = [row[0] for row in self._database.execute("SELECT key FROM entries")]
            gone = [(key,) for key in found if key not in keys]
            with self._database:
                self._database.executemany("DELETE FROM entries WHERE key = ?", gone)
            if gone:
                self._database.execute("VACUUM")
                self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return len(gone)

        return self._mended(remove)

    def __len__(self) -> int:
        """How many entries there are."""
        return self._mended(
            lambda: int(self._database.execute("SELECT COUNT(*) FROM entries").fetchone()[0])
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _get(self, wanted: list[bytes]) -> dict[bytes, bytes]:
        found = {}
        for at in range(0, len(wanted), PART):
            part = wanted[at : at + PART]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, value FROM entries WHERE key IN ({marks})"
            for key, stored in self._database.execute(query, part):
                if not isinstance(stored, bytes):
                    continue
                value = stored[:-CHECK]
                if stored[-CHECK:] == _check(key, value):
                    found[key] = value
        return found

    def _mended(self, act: Callable[[], T]) -> T:
        """What the act gives; where the file proves damaged, in an empty one."""
        try:
            return act()
        except sqlite3.DatabaseError as error:
            self._database.close()
            self._anew(error)
            return act()

    def _anew(self, error: sqlite3.DatabaseError) -> None:
        """Begin with an empty file, unless it was the disk that failed and not the file."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if code not in DAMAGE and code & 0xFF not in DAMAGE:
            raise error
        for part in (self._path, *self._path.parent.glob(f"{self._path.name}-*")):
            part.unlink(missing_ok=True)
        self._database = _open(self._path)


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA secure_delete = ON")
        database.execute(
            "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) "
            "WITHOUT ROWID"
        )
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _check(key: bytes, value: bytes) -> bytes:
    return zlib.crc32(value, zlib.crc32(key)).to_bytes(CHECK, "big")
