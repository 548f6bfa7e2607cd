"""Reads the documents of a zip or tar without unpacking it to disk, within limits."""

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from ragbot.characters import whole
from ragbot.readers import MEDIA_TYPES
from ragbot.sources.archive_limits import Bounded, Budget, TooLargeError
from ragbot.sources.files import HIDDEN, File, PassedOver, Problem, no_reader, raw_document
from ragbot.types import RawDocument, Source

Found = RawDocument | Problem | PassedOver
"""What a file of an archive is."""

_TAR_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")
ENDINGS = (".zip", *_TAR_ENDINGS)
"""The endings, in lower case, of the files that are taken for archives."""

_ENCRYPTED = 0x1
_BROKEN = (
    OSError, EOFError, ValueError, NotImplementedError, RuntimeError, tarfile.TarError,
    zipfile.BadZipFile, zlib.error, lzma.LZMAError,
)  # fmt: skip


class _Readable(Protocol):
    """Gives at most so many bytes."""

    def read(self, size: int, /) -> bytes:
        """Read them."""
        ...


@dataclass(frozen=True, slots=True)
class _Member:
    """A file in an archive: its name, or why it is passed over, and its announced size in bytes."""

    name: str
    reason: str
    size: int
    content: _Readable | None


def is_archive(path: Path) -> bool:
    """Whether the name of a file is that of an archive."""
    return path.name.lower().endswith(ENDINGS)


def documents_of_archive(file: File, source: Source, limit: int) -> Iterator[Found]:
    """Every file of an archive in its order: as a document, or why it is none.

    A document's path is the archive's, a slash and the member's name. No member may be larger than
    `limit` bytes; see Budget for what all may take together. Links, devices, names that lead out of
    the archive and archives inside it are Problems; hidden files and those that no reader knows are
    PassedOver.
    """
    seen: set[str] = set()
    try:
        budget = Budget(limit, file.location.stat().st_size)
        is_zip = file.path.lower().endswith(".zip")
        for member in _zip(file.location, budget) if is_zip else _tar(file.location, budget):
            yield _taken(file, member, source, seen, budget)
    except TooLargeError as error:
        yield Problem(file.path, str(error))
    except _BROKEN as error:
        yield Problem(file.path, f"it is no whole archive ({error})")


def _taken(file: File, member: _Member, source: Source, seen: set[str], budget: Budget) -> Found:
    """The document of a member, or why it is none."""
    shown = whole(member.name).replace("\x00", "?")
    path = f"{file.path}/{shown}"
    name = Path(member.name)
    reason = member.reason or _fault(member.name, shown)
    if not reason and member.name in seen:
        reason = "the archive holds two files of this name; the first is taken"
    if reason:
        return Problem(path, reason)
    if any(step.startswith((".", "__MACOSX")) for step in name.parts):
        return PassedOver(path, HIDDEN)
    if name.suffix.lower() not in MEDIA_TYPES or member.content is None:
        return PassedOver(path, no_reader(name))
    seen.add(member.name)
    data = _content(member.content, member.size, budget)
    if isinstance(data, str):
        return Problem(path, data)
    return raw_document(File(name, path), data, source, obtained="archive")


def _content(content: _Readable, size: int, budget: Budget) -> bytes | str:
    """The bytes of a member, or why they cannot be had, in words."""
    if size > budget.single:
        return budget.too_large(size)
    try:
        data = content.read(budget.single + 1)
    except _BROKEN as error:
        return f"it is damaged ({error})"
    return data if len(data) <= budget.single else budget.too_large(len(data))


def _fault(name: str, shown: str) -> str:
    """Why a member with this name is not read, "" where it is; `shown` is its name as UTF-8."""
    if shown != name:
        return "its name is not UTF-8; rename it"
    if name.startswith("/") or "\\" in name or name[1:2] == ":":
        return "its path is absolute or of another system"
    if any(step in {"..", "."} for step in name.split("/")):
        return "its path leads out of the archive"
    if is_archive(Path(name)):
        return "an archive inside an archive is not opened; unpack it"
    return ""


def _zip(location: Path, budget: Budget) -> Iterator[_Member]:
    with zipfile.ZipFile(location) as archive:
        for info in archive.infolist():
            budget.count()
            if info.is_dir():
                continue
            reason = ""
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in {0, stat.S_IFREG}:
                reason = "it is a link or a device, not a file"
            elif info.flag_bits & _ENCRYPTED:
                reason = "it is encrypted; unpack it with its password"
            if reason or Path(info.filename).suffix.lower() not in MEDIA_TYPES:
                yield _Member(info.filename, reason, 0, None)
                continue
            with archive.open(info) as content:
                yield _Member(info.filename, "", info.file_size, Bounded(content, budget))


def _tar(location: Path, budget: Budget) -> Iterator[_Member]:
    """The members as they come; the archive is never held or sought in."""
    with (
        _unpacked(location) as plain,
        tarfile.open(fileobj=cast("IO[bytes]", Bounded(plain, budget)), mode="r|") as archive,
    ):
        for info in archive:
            budget.count()
            name = info.name.removeprefix("./")
            if info.isdir():
                continue
            if not info.isreg():
                yield _Member(name, "it is a link or a device, not a file", 0, None)
                continue
            yield _Member(name, "", info.size, archive.extractfile(info))


def _unpacked(location: Path) -> IO[bytes]:
    name = location.name.lower()
    if name.endswith(("gz", "tgz")):
        return cast("IO[bytes]", gzip.open(location))
    if name.endswith("xz"):
        return cast("IO[bytes]", lzma.open(location))
    if name.endswith("bz2"):
        return cast("IO[bytes]", bz2.open(location))
    return location.open("rb")
