"""How a worker and its owner speak: a kind, a length, and so many bytes."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import IO

OUT_OF_MEMORY = 77  # the exit status of a worker that has none left to say so
_HEAD = struct.Struct(">BQ")


class Kind(IntEnum):
    """What a frame holds."""

    TASK = 1  # what is to be done: the name of the task and its limits, as JSON
    BYTES = 2  # what it is to be done with
    ITEM = 3  # a piece of what came of it
    FAULT = 4  # why nothing more comes of it, as JSON
    DONE = 5  # all is said
    LEAVING = 6  # all is said, and the worker ends: its memory is no longer its own


class BrokenError(Exception):
    """The other side ended, or says what it may not."""


class TooLongError(BrokenError):
    """The other side says more at once than it may."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing that was said."""

    kind: Kind
    data: bytes


def write(stream: IO[bytes], kind: Kind, data: bytes = b"") -> None:
    """Say it.

    Raises:
        BrokenError: nobody listens.
    """
    try:
        stream.write(_HEAD.pack(kind, len(data)))
        stream.write(data)
        stream.flush()
    except (OSError, ValueError) as error:
        raise BrokenError(str(error)) from error


def read(stream: IO[bytes], most: int) -> Frame:
    """Hear the next thing, of at most so many bytes.

    Raises:
        BrokenError: the other side ended, or says more than that.
    """
    try:
        kind, size = _HEAD.unpack(_exactly(stream, _HEAD.size))
        if size > most:
            raise TooLongError(f"{size} bytes at once")
        return Frame(Kind(kind), _exactly(stream, size))
    except (OSError, ValueError) as error:
        raise BrokenError(str(error)) from error


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise BrokenError("it has ended")
    return data
