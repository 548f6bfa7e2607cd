"""One file with all that answers: the live generation, and what of encoder and judge is a folder.

It is a tar without compression. `bundle.json` comes first and has the sha256 of every other file;
what is not listed there is refused, and nothing is written outside of the folder unpacked into.
"""

import hashlib
import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

from ragbot.encoder import identify
from ragbot.errors import ConfigError, RagbotError
from ragbot.foreign_json import foreign_json
from ragbot.index.generation import GENERATIONS, live_name
from ragbot.index.kept import examine, switch
from ragbot.settings import Settings, load

FORMAT: Final = 1
FOLDERS: Final = ("model", "adapter", "judge")
"""Settings that may name a folder, which then lies in the bundle under that name."""

_HEAD: Final = "bundle.json"
_HEAD_BYTES: Final = 4_000_000
_PATH: Final = re.compile(r"(?!\.)[\w+-][\w.+-]*(/[\w+-][\w.+-]*)*", re.ASCII)
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was written: which generation, how many files, how many bytes."""

    generation: str
    files: int
    bytes: int


def write(settings: Settings, target: Path) -> Bundle:
    """Write the live generation and what it needs into one file, whole or not at all.

    Raises:
        IndexMissingError, IndexDamagedError: there is nothing sound to write.
        ConfigError: the file cannot be written.
    """
    name = live_name(settings.index)
    fault = examine(settings.index, [name])[name]
    if fault:
        raise ConfigError(f"generation {name} is not bundled, as it is damaged: {fault}")
    files = dict(_files(settings.index / GENERATIONS / name, f"{GENERATIONS}/{name}"))
    folders = []
    for setting in FOLDERS:
        value = getattr(settings, setting)
        if value is not None and Path(value).is_dir():
            files |= dict(_files(Path(value), setting))
            folders.append(setting)
    chosen = {"adapter": settings.adapter, "judge": settings.judge, "engine": settings.engine}
    head = {
        "format": FORMAT,
        "generation": name,
        "folders": folders,
        "settings": {key: value for key, value in chosen.items() if key not in folders},
        "sha256": {path: _digest(place) for path, place in sorted(files.items())},
    }
    try:
        # Not a temporary file, which only its owner may read: this one is for others to serve.
        with tempfile.TemporaryDirectory(
            dir=target.absolute().parent, prefix=f".{target.name}."
        ) as room:
            written = Path(room) / target.name
            with tarfile.open(written, mode="w") as archive:
                said = json.dumps(head, indent=1).encode()
                _put(archive, _HEAD, len(said), BytesIO(said))
                for path, place in sorted(files.items()):
                    with place.open("rb") as content:
                        _put(archive, path, place.stat().st_size, content)
            size = written.stat().st_size
            written.replace(target)
    except OSError as error:
        raise ConfigError(f"{target} cannot be written ({error.strerror})") from error
    return Bundle(name, len(files), size)


def unpack(bundle: Path, index: Path) -> dict[str, Any]:
    """Unpack a bundle into an index folder and make its generation live.

    Returns the settings with which it is served. Where every file of its list is there already, as
    it is listed, nothing is unpacked.

    Raises:
        ConfigError: it is no bundle, or not what its list says, or cannot be written.
    """
    try:
        with tarfile.open(bundle, mode="r:") as archive:
            head = _head(archive, bundle)
            own = {folder: str(index / folder) for folder in head["folders"]}
            found: dict[str, Any] = {**head["settings"], **own, "index": index, "refresh_hours": 0}
            served = load(found)
            if not _is_there(index, head["sha256"]):
                _unpacked(archive, head["sha256"], bundle, index)
    except (OSError, tarfile.TarError) as error:
        raise ConfigError(f"{bundle} cannot be unpacked into {index}: {error}") from error
    try:
        switch(index, head["generation"], identify(served).weights)
    except RagbotError as error:
        raise ConfigError(f"{bundle} cannot be served: {error}") from error
    return found


def _head(archive: tarfile.TarFile, bundle: Path) -> dict[str, Any]:
    first = archive.next()
    if first is None or first.name != _HEAD or not first.isfile() or first.size > _HEAD_BYTES:
        raise ConfigError(f"{bundle} is no bundle; `ragbot bundle` writes them")
    content = archive.extractfile(first)
    try:
        head = foreign_json(content.read() if content else b"")
        known = head["format"] == FORMAT
        listed = head["sha256"]
        sound = (
            re.fullmatch(r"[\w-]{1,80}", head["generation"], re.ASCII)
            and set(head["folders"]) <= set(FOLDERS)
            and isinstance(head["settings"], dict)
            and isinstance(listed, dict)
            and set(head["settings"]) <= {"adapter", "judge", "engine"}
            and all(_PATH.fullmatch(path) for path in listed)
            and all(path.split("/")[0] in (GENERATIONS, *FOLDERS) for path in listed)
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{bundle} is no bundle; `ragbot bundle` writes them") from error
    if not known:
        raise ConfigError(f"{bundle} is a bundle of another version of ragbot; write it anew")
    if not sound:
        raise ConfigError(f"{bundle} is no bundle that ragbot wrote; do not use it")
    return dict(head)


def _is_there(index: Path, listed: dict[str, str]) -> bool:
    """Whether every file of the list is there and is what it was."""
    there = ((index / path, sha256) for path, sha256 in listed.items())
    return all(place.is_file() and _digest(place) == sha256 for place, sha256 in there)


def _unpacked(archive: tarfile.TarFile, listed: dict[str, str], bundle: Path, index: Path) -> None:
    """Write the files of the list beside their places, and move them there once all are right."""
    index.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=index, prefix=".bundle-") as room:
        left = dict(listed)
        for member in archive:
            if member.name == _HEAD:
                continue
            wanted = left.pop(member.name, None)
            content = archive.extractfile(member) if member.isfile() else None
            if wanted is None or content is None:
                raise ConfigError(f"{bundle} holds {member.name!r}, which its list has not")
            place = Path(room) / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as stream:
                shutil.copyfileobj(content, stream, _PIECE)
            if _digest(place) != wanted:
                raise ConfigError(f"{bundle} is damaged: {member.name} is not what it was")
        if left:
            raise ConfigError(f"{bundle} is cut short: it lacks {min(left)}")
        for place in sorted((Path(room) / GENERATIONS).iterdir()):
            _moved(place, index / GENERATIONS / place.name)
        for folder in FOLDERS:
            if (Path(room) / folder).is_dir():
                _moved(Path(room) / folder, index / folder)


def _moved(place: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    place.replace(target)


def _files(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """The files of a folder, each with its path in the bundle; hidden ones are left out."""
    for place in sorted(folder.rglob("*")):
        path = f"{name}/{place.relative_to(folder).as_posix()}"
        if place.is_file() and _PATH.fullmatch(path):
            yield path, place


def _put(archive: tarfile.TarFile, path: str, size: int, content: IO[bytes]) -> None:
    """Add a file that says nothing of who wrote it, and when."""
    member = tarfile.TarInfo(path)
    member.size = size
    member.mode = 0o644
    archive.addfile(member, content)


def _digest(place: Path) -> str:
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
