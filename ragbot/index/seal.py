"""Whether files still are what they were when they were looked at, without reading them again."""

import hashlib
import os
import threading
import weakref
from pathlib import Path

from ragbot import door

_PIECE = 1 << 20

Stamp = tuple[int, ...]
Stamps = dict[str, Stamp]


def stamp(found: os.stat_result) -> Stamp:
    """What changes whenever a file is written, cut or replaced: the system keeps it, not us."""
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def stamps(folder: Path) -> Stamps:
    """The stamps of all files of a folder, by relative path; {} where it cannot be read."""
    try:
        return {
            path.relative_to(folder).as_posix(): stamp(path.stat())
            for path in folder.rglob("*")
            if not path.is_dir()
        }
    except OSError:
        return {}


class Seal:
    """On a file that is read bit by bit while it is served; safe to share between threads.

    The file is held open, so that one that was deleted or replaced is still the one that was
    checked. A stamp that changed is no damage yet (a backup that makes hard links changes it):
    then the file is hashed again, once.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        """Seal a file that should have this sha256; "": any change breaks the seal.

        Raises:
            IndexDamagedError: the file cannot be opened.
        """
        self._path = path
        self._sha256 = sha256
        self._lock = threading.Lock()
        with door.opened(path) as stream:
            self._handle = os.dup(stream.fileno())
        self._end = weakref.finalize(self, os.close, self._handle)
        self._stamp = stamp(os.fstat(self._handle))

    def holds(self) -> bool:
        """Whether the file that was opened still has the content that it had."""
        if stamp(os.fstat(self._handle)) == self._stamp:
            return True
        with self._lock:
            before = stamp(os.fstat(self._handle))
            if before == self._stamp:
                return True
            if self._digest() != self._sha256:
                return False
            self._stamp = before
            return True

    def check(self) -> None:
        """Raise IndexDamagedError where it does not hold."""
        if not self.holds():
            raise door.damaged(self._path, "was changed while it was open")

    def in_place(self) -> bool:
        """Whether the path still leads to the file that was opened."""
        try:
            found = self._path.stat()
        except OSError:
            return False
        held = os.fstat(self._handle)
        return (found.st_dev, found.st_ino) == (held.st_dev, held.st_ino)

    def end(self) -> None:
        """Let go of the file; twice does no harm."""
        self._end()

    def _digest(self) -> str:
        digest, at = hashlib.sha256(), 0
        while piece := os.pread(self._handle, _PIECE, at):
            digest.update(piece)
            at += len(piece)
        return digest.hexdigest()
