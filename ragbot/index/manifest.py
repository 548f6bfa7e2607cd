"""The manifest of a generation: written last, so that its existence means complete."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ragbot import door
from ragbot.errors import IndexDamagedError
from ragbot.sources import Problem

MOST = 1 << 24  # bytes of a manifest, which grows with the files that could not be read
FORMAT = 4  # raise it when what lies in a generation changes its meaning
MANIFEST_FILE = "manifest.json"
LIBRARY_FILE = "library.sqlite"
VECTORS_FILE = "passages.faiss"
STATEMENTS_FILE = "statements.npy"
LEXICAL_FOLDER = "lexical"
GUIDE_FILE = "subjects.toml"
ENCODER_FOLDER = "encoder"  # where the engine can be kept: what encodes questions


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileFacts(_Part):
    """Size in bytes and sha256 of one file."""

    size: int
    sha256: str


class ReaderCounts(_Part):
    """What became of the documents of one media type; listings are of the statements.

    `dropped` is what was left out of them, by construct.
    """

    documents: int = 0
    characters: int = 0
    characters_in_statements: int = 0
    statements: int = 0
    listings: int = 0
    without_letters: int = 0
    with_markup: int = 0
    dropped: dict[str, int] = Field(default_factory=dict)


class Counts(_Part):
    """How much a generation holds; what is folded repeats what it holds and is held once.

    `readers` are the same by media type.
    """

    sources: int
    documents: int
    passages: int
    statements: int
    folded_documents: int = 0
    folded_passages: int = 0
    readers: dict[str, ReaderCounts] = Field(default_factory=dict)


class EncoderFacts(_Part):
    """The encoder that made the vectors; other weights' questions do not fit them."""

    name: str
    weights: str
    engine: str
    fingerprint: str
    dimension: int
    window: int


class Nearness(_Part):
    """How near the best passage comes to questions of other fields, and to the corpus' headings.

    Medians of cosines; `headings` is of how many the second is.
    """

    foreign: float
    own: float
    headings: int


class Unread(_Part):
    """A file that could not be read when the generation was built."""

    path: str
    reason: str


def unread(problems: Iterable[Problem]) -> tuple[Unread, ...]:
    """Problems as a manifest keeps them."""
    return tuple(Unread(path=problem.path, reason=problem.reason) for problem in problems)


class Manifest(_Part):
    """What a generation is and what its files must be. `recipe` hashes all that went into it."""

    format: int
    name: str = Field(pattern=r"^\d{6}-[0-9a-f]{8}$")
    built: str
    ragbot: str
    recipe: str
    corpus: str
    counts: Counts
    encoder: EncoderFacts
    store: str
    settings: dict[str, str]
    problems: tuple[Unread, ...]
    textless: tuple[Unread, ...] = ()  # sound, but there is nothing in them to quote
    dropped: dict[str, int]
    files: dict[str, FileFacts]
    nearness: Nearness | None = None


class _Dated(BaseModel):
    """What is read of any manifest, of whatever format."""

    format: int
    ragbot: str = Field(default="", max_length=40)


_DATED = TypeAdapter(_Dated)
_MANIFEST = TypeAdapter(Manifest)


def read(folder: Path) -> Manifest:
    """The manifest of a generation's folder.

    Raises:
        IndexDamagedError: it is missing, unreadable, or of another format.
        IndexNewerError: a newer ragbot built it: its format is higher, or it says more.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise incomplete(folder, "is missing")
    data = door.contents(path, MOST)
    with door.parsing(path):
        told = _DATED.validate_json(data)
    if told.format > FORMAT:
        raise door.newer(folder, told.ragbot)
    if told.format != FORMAT:
        raise IndexDamagedError(
            f"{door.shown(folder)} has format {told.format}, this ragbot reads {FORMAT}; "
            "rebuild with `ragbot build`"
        )
    with door.parsing(path):
        try:
            return _MANIFEST.validate_json(data)
        except ValidationError as error:
            if all(fault["type"] == "extra_forbidden" for fault in error.errors()):
                raise door.newer(folder, told.ragbot) from error
            raise


def incomplete(folder: Path, fault: str) -> IndexDamagedError:
    """What is said of a folder whose manifest cannot be read."""
    return door.damaged(folder / MANIFEST_FILE, f"{fault}, so this generation is not complete")


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest.

    Raises:
        IndexDamagedError: a file is missing, changed or not listed; the message names it.
    """
    found = {path.relative_to(folder).as_posix(): path for path in _paths(folder)}
    for name in sorted(manifest.files.keys() | found.keys()):
        if name not in found:
            raise door.damaged(folder / name, "is missing")
        if name not in manifest.files:
            raise door.damaged(folder / name, "does not belong there")
        wanted, path = manifest.files[name], found[name]
        with door.parsing(path):
            size = path.stat().st_size
        if size != wanted.size:
            raise door.damaged(
                path, f"is damaged: it has {size:,} bytes, the manifest says {wanted.size:,}"
            )
        if _facts(path) != wanted:
            raise door.damaged(path, "is damaged: its checksum is not the manifest's")


def files_of(folder: Path) -> dict[str, FileFacts]:
    """Size and checksum of every file of a generation but its manifest, by relative path."""
    return {path.relative_to(folder).as_posix(): _facts(path) for path in _paths(folder)}


def _paths(folder: Path) -> list[Path]:
    with door.parsing(folder):
        return sorted(
            path
            for path in folder.rglob("*")
            if not path.is_dir() and path != folder / MANIFEST_FILE
        )


def _facts(path: Path) -> FileFacts:
    with door.opened(path) as stream, door.parsing(path):
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return FileFacts(size=stream.tell(), sha256=digest)


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, after everything else has reached the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            sync(path)
    temporary = folder / f"{MANIFEST_FILE}.new"
    temporary.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    sync(temporary)
    temporary.replace(folder / MANIFEST_FILE)
    sync(folder)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, have reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
