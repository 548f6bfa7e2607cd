"""A remote file, read in pieces: what is read is fetched by range requests and kept on disk."""

import io
import re
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx

from ragbot.errors import SourceError
from ragbot.sources.pypi.registry import told
from ragbot.sources.web_transport import BROKEN

TAIL = 128 * 1024  # bytes; holds the directory of all but the largest wheels
PIECE = 8 * 1024 * 1024  # bytes of one request
GAP = 128 * 1024  # bytes that nobody asked for are fetched sooner than a request is made
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


class NoRangesError(Exception):
    """The server sends the whole file whatever range it is asked for."""


class RangeFile(io.RawIOBase):
    """A seekable file over HTTP ranges.

    Every range fetched is a file of `folder`, named by its first byte, so that an interrupted fetch
    goes on where it stopped. `fetch` gets many ranges at once; `read` gets what is still missing.

    Raises:
        NoRangesError: on opening, where the server has no ranges.
        SourceError: the server cannot be reached or does not send what was asked for.
    """

    def __init__(
        self, client: httpx.Client, url: str, folder: Path, advance: Callable[[int], None]
    ) -> None:
        self._client, self._url, self._folder, self._advance = client, url, folder, advance
        self._at = 0
        self.fetched = 0
        """Bytes that this object got over the network."""
        self._starts: list[int] = []
        self._parts: dict[int, bytes] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for part in folder.glob("*.part"):
            self._hold(int(part.stem), part.read_bytes())
        size = folder / "size"
        if size.is_file():
            self.size = int(size.read_text())
        else:
            self.size = self._open()
            size.write_text(str(self.size))

    def fetch(self, spans: Iterable[tuple[int, int]]) -> None:
        """Get these `[start, end)` ranges, near ones together, in requests of bounded size."""
        for start, end in coalesced(spans, GAP, PIECE):
            if self._held(start, end - start) is None:
                self._get(f"bytes={start}-{end - 1}", start)

    def seekable(self) -> bool:
        """Whether `seek` works: it does."""
        return True

    def readable(self) -> bool:
        """Whether `read` works: it does."""
        return True

    def tell(self) -> int:
        """Where the next `read` starts."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; the place from the start."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError(f"there is nothing before the start of {self._url}")
        self._at = base + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Bytes from here on, -1 for all; those that are missing are fetched."""
        left = max(self.size - self._at, 0)
        size = left if size is None or size < 0 else min(size, left)
        if size == 0:
            return b""
        data = self._held(self._at, size)
        if data is None:
            end = min(self._at + max(size, 4096), self.size)
            self._get(f"bytes={self._at}-{end - 1}", self._at)
            data = self._held(self._at, size)
        if data is None:
            raise SourceError(f"{self._url}: the server sent less than was asked for; try again")
        self._at += len(data)
        return data

    def _open(self) -> int:
        return self._get(f"bytes=-{TAIL}", None)

    def _get(self, asked: str, start: int | None) -> int:
        """Fetch a range and hold it; the size of the whole file."""
        try:
            with self._client.stream("GET", self._url, headers=_plain(asked)) as response:
                if response.status_code == httpx.codes.OK:
                    raise NoRangesError
                if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    raise NoRangesError
                response.raise_for_status()
                match = _RANGE.fullmatch(response.headers.get("content-range", ""))
                if match is None or (start is not None and int(match[1]) != start):
                    raise SourceError(f"{self._url}: the server sent another range than asked for")
                first, last, size = map(int, match.groups())
                data = self._body(response, last - first + 1)
        except BROKEN as error:
            raise SourceError(f"{self._url} cannot be fetched ({told(error)})") from error
        if len(data) != last - first + 1:
            raise SourceError(f"{self._url}: the connection ended too soon; try again")
        part = self._folder / f"{first}.part"
        part.with_suffix(".new").write_bytes(data)
        part.with_suffix(".new").replace(part)
        self._hold(first, data)
        return size

    def _body(self, response: httpx.Response, length: int) -> bytes:
        content = bytearray()
        for piece in response.iter_raw():
            content += piece
            self.fetched += len(piece)
            self._advance(len(piece))
            if len(content) > length:
                raise SourceError(f"{self._url}: the server sent more than was asked for")
        return bytes(content)

    def _hold(self, start: int, data: bytes) -> None:
        if len(data) > len(self._parts.get(start, b"")):
            self._parts[start] = data
            self._starts = sorted(self._parts)

    def _held(self, start: int, size: int) -> bytes | None:
        """Bytes that are here already; a range may lie across neighbouring parts."""
        found = bytearray()
        while len(found) < size:
            at = start + len(found)
            index = bisect_right(self._starts, at) - 1
            if index < 0:
                return None
            first = self._starts[index]
            part = self._parts[first]
            if at >= first + len(part):
                return None
            found += part[at - first : at - first + size - len(found)]
        return bytes(found)


def coalesced(spans: Iterable[tuple[int, int]], gap: int, piece: int) -> list[tuple[int, int]]:
    """The spans in order, those closer than `gap` joined until they are longer than `piece`."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= gap and end - joined[-1][0] <= piece:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def whole(
    client: httpx.Client, url: str, target: Path, limit: int, advance: Callable[[int], None]
) -> None:
    """Get a file as a whole, at most `limit` bytes; `target` exists only once it is complete.

    Raises:
        SourceError: it cannot be fetched, or is larger.
    """
    new = target.with_suffix(".new")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with client.stream("GET", url, headers=_plain()) as response, new.open("wb") as file:
            response.raise_for_status()
            for piece in response.iter_raw():
                file.write(piece)
                advance(len(piece))
                if file.tell() > limit:
                    raise SourceError(f"{url} is larger than {limit / 1e6:.0f} MB")
    except BROKEN as error:
        raise SourceError(f"{url} cannot be fetched ({told(error)})") from error
    shutil.move(new, target)


def _plain(asked: str = "") -> dict[str, str]:
    """Headers for bytes as they are: compressed on the way, offsets would mean nothing."""
    return {"Accept-Encoding": "identity"} | ({"Range": asked} if asked else {})
