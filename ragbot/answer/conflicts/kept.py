"""Remembers which statements of a generation assert something: to look at all takes seconds."""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from ragbot import door
from ragbot.errors import IndexDamagedError
from ragbot.index.generation import GENERATIONS, Generation

FOLDER = "cache/asserting"
MOST = 1 << 28  # bytes


class _Kept(BaseModel):
    program: str
    ordinals: list[int]


_KEPT = TypeAdapter(_Kept)


def read(generation: Generation) -> list[int] | None:
    """The ordinals of the statements that assert something; None where that is not known.

    What another reading of statements has found is not taken.
    """
    try:
        found = door.facts(_file(generation), _KEPT, MOST)
    except IndexDamagedError:
        return None
    ordinals, fits = found.ordinals, found.program == _program()
    count = generation.library.statements
    return ordinals if fits and all(0 <= ordinal < count for ordinal in ordinals) else None


def write(generation: Generation, ordinals: Sequence[int]) -> None:
    """Remember them; an index that cannot be written to is done without."""
    if generation.folder.parent.name != GENERATIONS:
        return  # it is being built and has no name to be found by
    path = _file(generation)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for other in path.parent.glob("*.json"):
            if not (generation.folder.parent / other.stem).is_dir():
                other.unlink()
        handle, temporary = tempfile.mkstemp(prefix=path.stem, dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump({"program": _program(), "ordinals": list(ordinals)}, stream)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


def _file(generation: Generation) -> Path:
    """In the cache of the index that the generation lies in."""
    return generation.folder.parent.parent / FOLDER / f"{generation.name}.json"


@lru_cache
def _program() -> str:
    """The sha256 of the code that reads what statements assert."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
