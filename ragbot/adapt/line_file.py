"""Files of lines, plain or gzip by their ending: read whole, or gone on with by appending."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ragbot.errors import AdaptError

BEGINNING = b"{"  # of a line of JSON, by which a torn one is told from a file of another kind


def lines(path: Path) -> Iterator[str]:
    """The lines of a file, with their ends.

    Raises:
        AdaptError: it cannot be read, or is no UTF-8 or no sound gzip.
    """
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig") as stream:
            yield from stream
    except UnicodeDecodeError as error:
        raise AdaptError(f"{path} is not UTF-8 text: {error.reason}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise AdaptError(f"{path} is no sound gzip file: {error}") from error
    except OSError as error:
        raise AdaptError(f"{path} cannot be read ({error.strerror})") from error


class LineFile:
    """A file that is only ever appended to; each addition to a .gz is a member of its own.

    A run that was killed may leave a last line, or a last member, that is not whole: it is cut off.
    """

    def __init__(self, path: Path, kind: str, check: Callable[[str], object]) -> None:
        """Take the file as it is found; `lines` are those that it has.

        Args:
            path: the file; it need not be there yet.
            kind: what it is called when it is something else.
            check: raises ValueError, KeyError or TypeError for what is no line of it.

        Raises:
            AdaptError: it holds something else, and is left as it was, or cannot be read.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            found, is_cut = self._read()
            last = found.pop() if found and not found[-1].endswith(b"\n") else b""
            self.lines = [line.decode().strip() for line in found if line.strip()]
            for line in self.lines:
                check(line)
            if last and _passes(check, last):
                self.lines.append(last.decode().strip())
            elif last and not found and not last.startswith(BEGINNING):
                raise ValueError("it holds a line of something else")
            if last or is_cut:
                self._write_anew()
        except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
            raise AdaptError(f"{path} is no {kind} to go on with: {error}") from error

    def add(self, lines: Iterable[str]) -> None:
        """Append some lines, in one go.

        Raises:
            AdaptError: the file cannot be written.
        """
        new = list(lines)
        try:
            with self._path.open("ab") as stream:
                stream.write(self._packed(new))
        except OSError as error:
            raise AdaptError(f"{self._path} cannot be written ({error.strerror})") from error
        self.lines += new

    def _read(self) -> tuple[list[bytes], bool]:
        """The lines, with their ends, and whether a gzip member ends before it is whole."""
        found: list[bytes] = []
        if not self._path.exists():
            return found, False
        opened = gzip.open if self._path.suffix == ".gz" else open
        try:
            with opened(self._path, "rb") as stream:
                found.extend(stream)
        except EOFError:
            return found, True
        return found, False

    def _packed(self, lines: Iterable[str]) -> bytes:
        content = "".join(f"{line}\n" for line in lines).encode()
        if content and self._path.suffix == ".gz":
            return gzip.compress(content, mtime=0)
        return content

    def _write_anew(self) -> None:
        """Write the sound lines beside the file and move them there, whole or not at all."""
        whole = self._path.resolve()
        beside = whole.with_name(f"{whole.name}.part")
        beside.write_bytes(self._packed(self.lines))
        beside.replace(whole)


def _passes(check: Callable[[str], object], line: bytes) -> bool:
    try:
        check(line.decode().strip())
    except (ValueError, KeyError, TypeError):
        return False
    return True
