"""The manifest of a generation: written last, so that its existence means complete."""

import hashlib
import json
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragbot.errors import IndexDamagedError

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


class Counts(_Part):
    """How much a generation holds; what is folded repeats what it holds and is held once."""

    sources: int
    documents: int
    passages: int
    statements: int
    folded_documents: int = 0
    folded_passages: int = 0


class EncoderFacts(_Part):
    """The encoder that made the vectors; other weights' questions do not fit them."""

    name: str
    weights: str
    engine: str
    fingerprint: str
    dimension: int
    window: int


class Unread(_Part):
    """A file that could not be read when the generation was built."""

    path: str
    reason: str


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
    dropped: dict[str, int]
    files: dict[str, FileFacts]


def read(folder: Path) -> Manifest:
    """The manifest of a generation's folder.

    Raises:
        IndexDamagedError: it is missing, unreadable, or of another format.
    """
    path = folder / MANIFEST_FILE
    try:
        text = path.read_bytes()
        found = json.loads(text)["format"]
    except OSError as error:
        raise incomplete(folder, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _foreign(path) from error
    if found != FORMAT:
        raise IndexDamagedError(
            f"{folder} has format {found}, this ragbot reads {FORMAT}; rebuild with `ragbot build`"
        )
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise _foreign(path) from error


def _foreign(path: Path) -> IndexDamagedError:
    return IndexDamagedError(
        f"{path} is no manifest of ragbot's; rebuild with `ragbot build --force`"
    )


def incomplete(folder: Path, error: OSError) -> IndexDamagedError:
    """What is said of a folder whose manifest cannot be read."""
    return IndexDamagedError(
        f"{folder / MANIFEST_FILE} cannot be read ({error.strerror}), so this generation is not "
        "complete; rebuild with `ragbot build`"
    )


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest.

    Raises:
        IndexDamagedError: a file is missing, changed or not listed; the message names it.
    """
    found = files_of(folder)
    for name in sorted(manifest.files.keys() | found.keys()):
        if name not in found:
            fault = "is missing"
        elif name not in manifest.files:
            fault = "does not belong there"
        elif found[name] != manifest.files[name]:
            fault = "is damaged: its checksum is not the manifest's"
        else:
            continue
        raise IndexDamagedError(f"{folder / name} {fault}; rebuild with `ragbot build --force`")


def files_of(folder: Path) -> dict[str, FileFacts]:
    """Size and checksum of every file of a generation but its manifest, by relative path."""
    facts = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST_FILE:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            facts[name] = FileFacts(size=path.stat().st_size, sha256=digest)
    return facts


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
