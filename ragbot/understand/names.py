"""The programming names of one index: which document is meant by a name as people write it."""

import json
import sqlite3
import threading
from dataclasses import dataclass

from ragbot.index.library import Library
from ragbot.latest import remembered

KEPT = 2000  # names of which the latest look-ups are remembered
MOST_ENDING = 200  # documents looked at whose names end in the same parts

_ENDING = (
    "SELECT d.id, json_extract(d.facts, '$.names') AS names, "
    "json_extract(d.facts, '$.subjects') AS subjects "
    "FROM names n JOIN documents d ON d.ordinal = n.document "
    "WHERE n.ending = ? ORDER BY n.dropped, n.document LIMIT ?"
)
_BEGINS = "SELECT 1 FROM names WHERE ending > ? AND ending < ? LIMIT 1"
_ALL = (
    "SELECT d.id, json_extract(d.facts, '$.names') AS names, "
    "json_extract(d.facts, '$.subjects') AS subjects, "
    "instr(d.text, char(10) || 'Deprecated: ') > 0 AS is_old "
    "FROM documents d WHERE json_array_length(d.facts, '$.names') > 0 ORDER BY d.ordinal"
)
_LASTS = "SELECT DISTINCT ending FROM names WHERE instr(ending, '.') = 0"


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document of an API reference: its id, its public names, best first, and its subjects.

    `is_old`: it says that what it documents is deprecated; told by `named_documents` only, as whole
    texts are looked through for it.
    """

    id: str
    names: tuple[str, ...]
    subjects: tuple[str, ...]
    is_old: bool = False

    @property
    def name(self) -> str:
        """Its best name."""
        return self.names[0]

    def ending(self, written: str) -> tuple[str, ...]:
        """Its names that end in the parts of a written name, whatever the case, shortest first."""
        wanted = f".{written.lower()}"
        found = (name for name in self.names if f".{name.lower()}".endswith(wanted))
        return tuple(sorted(found, key=lambda name: (name.count("."), self.names.index(name))))

    def has_case(self, written: str) -> bool:
        """Whether one of its names ends in a written name in the same case."""
        return any(f".{name}".endswith(f".{written}") for name in self.names)


class NameIndex:
    """Looks names up; safe to share between threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._lasts: frozenset[str] | None = None
        self._ending = remembered(self._looked_up, KEPT)

    def ending(self, written: str) -> tuple[NamedDocument, ...]:
        """The documents with a name that ends in all parts of a written one, whatever its case."""
        return self._ending(written.lower())

    @property
    def lasts(self) -> frozenset[str]:
        """The last part of every name, in lower case."""
        with self._lock:
            if self._lasts is None:
                self._lasts = frozenset(row[0] for row in self._library.read(_LASTS))
            return self._lasts

    def begins(self, written: str) -> bool:
        """Whether a name goes on after a written one, as that of a module does."""
        start = f"{written.lower()}."
        return bool(self._library.read(_BEGINS, start, f"{start}\U0010ffff"))

    def _looked_up(self, ending: str) -> tuple[NamedDocument, ...]:
        return tuple(map(_document, self._library.read(_ENDING, ending, MOST_ENDING)))


def named_documents(library: Library) -> tuple[NamedDocument, ...]:
    """Every document of an API reference that is about a subject, in their order."""
    found = (_document(row, bool(row["is_old"])) for row in library.read(_ALL))
    return tuple(one for one in found if one.subjects)


def _document(row: sqlite3.Row, is_old: bool = False) -> NamedDocument:
    names, subjects = json.loads(row["names"]), json.loads(row["subjects"] or "[]")
    return NamedDocument(row["id"], tuple(names), tuple(subjects), is_old)
