"""Whether what a generation says makes sense: checksums only tell that it is what was written.

To read it all takes seconds, so that it is not done whenever an index is opened, but by `ragbot
index verify`, and when an answer fails in a way that nobody foresaw.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from pydantic import TypeAdapter

from ragbot import door
from ragbot.errors import IndexDamagedError, RagbotError
from ragbot.index.generation import Generation
from ragbot.index.library import Library
from ragbot.index.manifest import LIBRARY_FILE
from ragbot.index.seal import Stamp
from ragbot.index.symbols import symbols
from ragbot.index.traits import assertions, outdated
from ragbot.types import Document, Source

S = TypeVar("S")
T = TypeVar("T")
P = ParamSpec("P")

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
_NUMBERED = ("sources", "documents", "passages", "statements")
_RULES = {
    "a document of no source": (
        "SELECT COUNT(*) FROM documents WHERE source_id NOT IN (SELECT id FROM sources)"
    ),
    "a passage that its document does not hold": (
        "SELECT COUNT(*) FROM passages p LEFT JOIN documents d ON d.ordinal = p.document "
        'WHERE d.text IS NULL OR p.start < 0 OR p."end" < p.start OR p."end" > length(d.text)'
    ),
    "a statement that its passage does not hold": (
        "SELECT COUNT(*) FROM statements s LEFT JOIN passages p ON p.ordinal = s.passage "
        "LEFT JOIN documents d ON d.ordinal = p.document "
        'WHERE d.text IS NULL OR s.start < 0 OR s."end" < s.start OR s."end" > length(d.text)'
    ),
    "a repeated passage that there is not": (
        "SELECT COUNT(*) FROM repeats WHERE passage NOT IN (SELECT ordinal FROM passages) "
        "OR voice NOT IN (SELECT ordinal FROM passages)"
    ),
    "a name of no document": (
        "SELECT COUNT(*) FROM names WHERE document NOT IN (SELECT ordinal FROM documents)"
    ),
}
_RULES_OF_TRAITS = {  # an older index keeps none
    "an assertion of no statement": (
        "SELECT COUNT(*) FROM assertions WHERE statement NOT IN (SELECT ordinal FROM statements)"
    ),
    "something outdated by no statement": (
        "SELECT COUNT(*) FROM outdated WHERE statement NOT IN (SELECT ordinal FROM statements)"
    ),
}
_STEP = 1000
_DOCUMENT = TypeAdapter(Document)
_SOURCE = TypeAdapter(Source)

_examining = threading.Lock()
_sound: set[tuple[Path, frozenset[tuple[str, Stamp]]]] = set()


def examine(generation: Generation) -> None:
    """Read everything that a generation says, as answering would.

    Raises:
        IndexDamagedError: something in it is not what ragbot writes.
    """
    library = generation.library
    with door.parsing(generation.folder / LIBRARY_FILE):
        _check_tables(library)
        for source in library.sources():
            _SOURCE.validate_json(json.dumps(asdict(source)), strict=True)
        for document in library.documents():
            _DOCUMENT.validate_json(json.dumps(asdict(document)), strict=True)
            spans = [(section.start, section.end) for section in document.sections]
            spans += [(block.start, block.end) for block in document.blocks]
            if not all(0 <= start <= end <= len(document.text) for start, end in spans):
                raise ValueError(f"a part of {document.id} lies outside of it")
        for _ in library.passage_titles():
            pass
        for at in range(0, library.passages, _STEP):
            library.statements_of(range(at, min(at + _STEP, library.passages)))
        symbols(library)
        assertions(library)
        outdated(library)


def fault(generation: Generation) -> str:
    """What `examine` has to say, "" for nothing; asked once for as long as no file changes."""
    key = (generation.folder, frozenset(generation.stamps.items()))
    with _examining:
        if key not in _sound:
            try:
                examine(generation)
            except IndexDamagedError as error:
                return str(error)
            _sound.add(key)
    return ""


@contextmanager
def blaming(generation: Generation) -> Iterator[None]:
    """Inside, an error that nobody foresaw is damage, where the generation proves to hold any.

    Raises:
        IndexDamagedError: instead of such an error.
    """
    try:
        yield
    except RagbotError:
        raise
    except Exception as error:
        found = fault(generation)
        if found:
            raise IndexDamagedError(found) from error
        raise


def blamed(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """The method of what has a generation, `blaming` it."""

    @wraps(method)
    def guarded(self: S, /, *values: P.args, **more: P.kwargs) -> T:
        try:
            return method(self, *values, **more)
        except RagbotError:
            raise
        except Exception as error:
            generation: Generation | None = getattr(self, "generation", None)
            if generation is None:
                raise
            with blaming(generation):
                raise error

    return guarded


def _check_tables(library: Library) -> None:
    for (table,) in library.read(_TABLES):
        columns = library.read(f"PRAGMA table_info({table})")
        odd = " OR ".join(f"typeof(\"{c['name']}\") <> '{c['type'].lower()}'" for c in columns)
        if library.read(f"SELECT COUNT(*) FROM {table} WHERE {odd}")[0][0]:
            raise ValueError(f"a value of another kind in {table}")
    for table in _NUMBERED:
        count, first, last = library.read(
            f"SELECT COUNT(*), MIN(ordinal), MAX(ordinal) FROM {table}"
        )[0]
        if count and (first, last) != (0, count - 1):
            raise ValueError(f"{table} are numbered in another way")
    rules = _RULES if library.is_older else _RULES | _RULES_OF_TRAITS
    for words, query in rules.items():
        if library.read(query)[0][0]:
            raise ValueError(words)
