"""The door through which every file of an index is opened: bounded, and with one kind of error.

A file of an index is input like any other: checksums say that it is what was written, not by whom.
So its size is looked at before it is read, what it declares (a shape, a count) before anything is
allocated, and whatever a parser raises comes out as an IndexDamagedError that names the file. All
of it is read into memory, nothing is mapped: a mapped file that another program cuts short ends
the process (SIGBUS), and one that is overwritten changes answers without a word.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from math import prod
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from ragbot import __version__
from ragbot.errors import IndexDamagedError, IndexNewerError

T = TypeVar("T")
Array = npt.NDArray[Any]

GENERATIONS: Final = "generations"  # the folder of an index that its generations lie in
ADVICE: Final = (
    "`ragbot index verify` says what else is damaged, `ragbot build --force` builds it anew"
)
_SAID = 200  # characters of what a parser says
_SLAB = 1 << 20  # numbers looked at at a time
_NOT_OURS = (KeyboardInterrupt, SystemExit, GeneratorExit, IndexDamagedError)
_HALF_EXPONENT = np.uint16(0x7C00)  # of float16: all ones where it is infinite or no number


def damaged(path: Path, fault: str) -> IndexDamagedError:
    """The error of a file or folder of an index, with what to do."""
    return IndexDamagedError(f"{shown(path)} {fault}; {ADVICE}")


def newer(path: Path, version: str) -> IndexNewerError:
    """The error of an index that a newer ragbot built, of that version if it is another."""
    told = f" ({version}; this is {__version__})" if version not in ("", __version__) else ""
    return IndexNewerError(
        f"{shown(path)} was built by a newer ragbot{told}; upgrade this one, or build the index "
        "anew with `ragbot build --force`"
    )


def shown(path: Path) -> str:
    """A path as messages name it: within its index, where it is one of a generation."""
    parts = path.parts
    if GENERATIONS not in parts[:-1]:
        return str(path)
    at = len(parts) - 1 - parts[-2::-1].index(GENERATIONS)
    return "/".join(parts[at:])


@contextmanager
def parsing(path: Path, fault: str = "holds what ragbot never writes") -> Iterator[None]:
    """Whatever is raised inside becomes an IndexDamagedError that names the file.

    Parsers raise what they like, down to MemoryError and RecursionError, and a panic of one that
    is written in Rust is not even an Exception.
    """
    try:
        yield
    except _NOT_OURS:
        raise
    except FileNotFoundError as error:
        raise damaged(path, "is missing") from error
    except OSError as error:
        raise damaged(path, f"cannot be read ({error.strerror or error})") from error
    except BaseException as error:
        said = next(iter(str(error).splitlines()), "")[:_SAID]
        raise damaged(path, f"{fault} ({said or type(error).__name__})") from error


@contextmanager
def opened(path: Path, most: int | None = None) -> Iterator[BufferedReader]:
    """A file for reading, if it is one and holds at most so many bytes.

    Raises:
        IndexDamagedError: it is missing, unreadable, too large, or a pipe, folder or device.
    """
    with parsing(path):
        stream = open(path, "rb", opener=_at_once)  # noqa: SIM115 - Path has no opener
    with stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise damaged(path, "is no file")
        if most is not None and found.st_size > most:
            raise damaged(path, f"has {found.st_size:,} bytes, ragbot writes {most:,} at most")
        yield stream


def contents(path: Path, most: int) -> bytes:
    """All bytes of a file; errors as of `opened`."""
    with opened(path, most) as stream, parsing(path):
        # As much as there is: to read `most` would take that much memory first.
        return stream.read(os.fstat(stream.fileno()).st_size)


def facts(path: Path, adapter: TypeAdapter[T], most: int) -> T:
    """What a JSON file of at most `most` bytes says; pydantic bounds how deep it may nest.

    Raises:
        IndexDamagedError: as of `opened`, or it says something else.
    """
    data = contents(path, most)
    with parsing(path):
        return adapter.validate_json(data)


def array(path: Path, dtype: npt.DTypeLike, shape: tuple[int | None, ...]) -> Array:
    """The array of a .npy file, which must have this type and shape; None leaves a length open.

    Raises:
        IndexDamagedError: as of `opened`; it is of another kind, or holds more or less than it
            declares; or a number in it is infinite or none.
    """
    with opened(path) as stream, parsing(path, "is no array of ragbot's"):
        if np.lib.format.read_magic(stream) != (1, 0):
            raise damaged(path, "is an array in a form that ragbot never writes")
        found, by_column, kind = np.lib.format.read_array_header_1_0(stream)
        fits = len(found) == len(shape) and all(
            length >= 0 and wanted in (None, length)
            for length, wanted in zip(found, shape, strict=False)
        )
        if kind != np.dtype(dtype) or not fits or (by_column and len(found) > 1):
            wanted = "x".join("?" if length is None else str(length) for length in shape)
            declared = f"{kind} {'x'.join(map(str, found))}"[:_SAID]
            raise damaged(path, f"is an array of {declared} and not {np.dtype(dtype)} {wanted}")
        size = os.fstat(stream.fileno()).st_size - stream.tell()
        if prod(found) * kind.itemsize != size:
            raise damaged(path, f"declares another shape than its {size:,} bytes hold")
        values: Array = np.fromfile(stream, dtype=kind, count=prod(found)).reshape(found)
    if not is_finite(values):
        raise damaged(path, "holds a number that is infinite or none")
    return values


def is_finite(values: Array) -> bool:
    """Whether every number is one; halves are looked at as bits, which is ten times as fast."""
    if values.dtype.kind != "f":
        return True
    flat = values.reshape(-1)
    for at in range(0, len(flat), _SLAB):
        slab = flat[at : at + _SLAB]
        if slab.dtype == np.float16:
            bits = slab.view(np.uint16) & _HALF_EXPONENT
            sound = int(bits.max()) != int(_HALF_EXPONENT)
        else:
            sound = bool(np.isfinite(slab).all())
        if not sound:
            return False
    return True


def _at_once(path: str, flags: int) -> int:
    """A pipe would keep whoever opens it waiting for its writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
