"""The members of a wheel that are wanted, out of as few bytes of it as the server allows."""

import hashlib
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import HeaderParser
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, cast

import httpx

from ragbot.errors import SourceError
from ragbot.progress import Progress
from ragbot.sources.pypi.ranges import PIECE, NoRangesError, RangeFile, whole
from ragbot.sources.pypi.recipe import TESTS, PypiObtain
from ragbot.sources.pypi.record import RECORD, unlike_record
from ragbot.sources.pypi.registry import Wheel

LARGEST_WHEEL = 4_000_000_000  # bytes, where the server has no ranges
LARGEST_MEMBER = 16_000_000  # bytes, unpacked
LARGEST_TOTAL = 600_000_000  # bytes, unpacked
MOST_MEMBERS = 200_000
WHOLE = 16_000_000  # bytes: a wheel up to this size is fetched whole, so that its sum can be told
WHOLE_VERIFIED = "sha256 of the whole file"
RECORD_VERIFIED = "RECORD of the files read"
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
_LICENCE = re.compile(r"[^/]+\.dist-info/(licenses/)?[^/]*LICEN[CS]E[^/]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read of a wheel: Python files by path, the licence's name, and its text.

    `verified` is how it was checked: the SHA-256 of the whole file against the index's, or, where
    only parts were fetched, the files read against the wheel's own RECORD. The latter finds damage,
    but not a wheel that was exchanged as a whole.
    """

    files: dict[str, bytes]
    licence: str
    licence_text: bytes
    fetched: int
    verified: str = ""


def read_wheel(
    client: httpx.Client, wheel: Wheel, recipe: PypiObtain, scratch: Path, progress: Progress
) -> Contents:
    """The Python files that a recipe asks for, and the licence.

    `scratch` keeps what was fetched; other wheels' parts in it are removed.

    Raises:
        SourceError: the wheel cannot be fetched, is damaged, or is larger than the limits.
    """
    name = (wheel.sha256 or hashlib.sha256(wheel.url.encode()).hexdigest())[:24]
    folder = scratch / name
    for other in scratch.glob("*"):
        if other.is_dir() and other != folder:
            shutil.rmtree(other)
    progress.stage(f"fetch {wheel.filename}", None)
    try:
        with _opened(client, wheel, folder, progress) as (file, remote):
            return _contents(file, remote, recipe, wheel)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        message = f"{wheel.url} is damaged ({error}); what was fetched is removed, try again"
        raise SourceError(message) from error


@contextmanager
def _opened(
    client: httpx.Client, wheel: Wheel, folder: Path, progress: Progress
) -> Iterator[tuple[BinaryIO, RangeFile | None]]:
    """The wheel as a seekable file; the second is None where it had to be fetched whole."""
    local = folder / "whole.whl"
    if not local.is_file():
        try:
            remote = RangeFile(client, wheel.url, folder, progress.advance)
        except NoRangesError:
            whole(client, wheel.url, local, LARGEST_WHEEL, progress.advance)
        else:
            if remote.size <= WHOLE:
                steps = range(0, remote.size, PIECE)
                remote.fetch((at, min(at + PIECE, remote.size)) for at in steps)
            yield cast("BinaryIO", remote), remote
            return
    with local.open("rb") as file:
        yield file, None


def _is_whole(file: BinaryIO, remote: RangeFile | None, wheel: Wheel) -> bool:
    """Whether all of the wheel is here and is what the index says; False where it cannot be told.

    Raises:
        zipfile.BadZipFile: its sum is another.
    """
    if not wheel.sha256 or (remote is not None and remote.size > WHOLE):
        return False
    if remote is None:
        digest = hashlib.file_digest(cast("Any", file), "sha256").hexdigest()
    else:
        digest = hashlib.sha256(remote.read()).hexdigest()
    file.seek(0)
    if digest != wheel.sha256:
        raise zipfile.BadZipFile("its SHA-256 is not the index's")
    return True


def _contents(
    file: BinaryIO, remote: RangeFile | None, recipe: PypiObtain, wheel: Wheel
) -> Contents:
    is_whole = _is_whole(file, remote, wheel)
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        chosen = _chosen(infos, recipe, wheel)
        if remote is not None:
            remote.fetch(_spans(infos, chosen, archive.start_dir))
        # zipfile stops at the size that the directory tells, and checks the CRC
        held = {info.filename: archive.read(info) for info in chosen}
    if not is_whole:
        record = next((data for name, data in held.items() if RECORD.fullmatch(name)), None)
        reason = "it has no RECORD" if record is None else unlike_record(record, held)
        if reason:
            raise zipfile.BadZipFile(reason)
    metadata = next((name for name in held if _METADATA.fullmatch(name)), "")
    licences = sorted(name for name in held if _LICENCE.fullmatch(name))
    fetched = remote.fetched if remote is not None else file.tell()
    return Contents(
        {name: data for name, data in held.items() if name.endswith(".py")},
        _licence_name(held.get(metadata, b"")),
        held[licences[0]] if licences else b"",
        fetched,
        WHOLE_VERIFIED if is_whole else RECORD_VERIFIED,
    )


def _chosen(
    infos: list[zipfile.ZipInfo], recipe: PypiObtain, wheel: Wheel
) -> list[zipfile.ZipInfo]:
    if len(infos) > MOST_MEMBERS:
        raise SourceError(f"{wheel.url} holds more than {MOST_MEMBERS} files")
    roots = tuple(f"{module.replace('.', '/')}" for module in recipe.modules)
    left = (*TESTS, *recipe.exclude)

    def is_wanted(name: str) -> bool:
        if any(file.fullmatch(name) for file in (_METADATA, _LICENCE, RECORD)):
            return True
        is_below = name.startswith(tuple(f"{root}/" for root in roots))
        is_module = is_below or name in {f"{root}.py" for root in roots}
        return is_module and name.endswith(".py") and not any(fnmatchcase(name, p) for p in left)

    chosen = {info.filename: info for info in infos if is_wanted(info.filename)}
    if not any(name.endswith(".py") for name in chosen):
        names = ", ".join(recipe.modules)
        raise SourceError(f"{wheel.filename} has no Python file of {names}; correct `modules`")
    for info in chosen.values():
        if info.file_size > LARGEST_MEMBER:
            raise SourceError(f"{wheel.filename}: {info.filename} is too large; exclude it")
    if sum(info.file_size for info in chosen.values()) > LARGEST_TOTAL:
        raise SourceError(f"{wheel.filename}: its Python files are too large together")
    return list(chosen.values())


def _spans(
    infos: list[zipfile.ZipInfo], chosen: list[zipfile.ZipInfo], directory: int
) -> list[tuple[int, int]]:
    """Where members lie; one ends where the next begins."""
    starts = sorted({info.header_offset for info in infos} | {directory})
    after = dict(pairwise(starts))
    return [(info.header_offset, after[info.header_offset]) for info in chosen]


def _licence_name(metadata: bytes) -> str:
    headers = HeaderParser().parsestr(metadata.decode("utf-8", errors="replace"))
    for field in ("License-Expression", "License"):
        told = str(headers.get(field, "")).strip()
        if told and "\n" not in told and len(told) < 80:
            return told
    return ""
