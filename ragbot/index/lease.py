"""Who has a generation open: a shared lock that the system drops with the process that held it."""

import os
import weakref
from pathlib import Path

try:
    import fcntl
except ImportError:  # where there is none, open files cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

from ragbot.index.manifest import MANIFEST_FILE

_HOW = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)  # a pipe of that name must not be waited for


class Lease:
    """Keeps a generation from being pruned for as long as this object lives.

    A file system without locks grants it all the same; then only the order of pruning protects.
    """

    def __init__(self, folder: Path) -> None:
        """Take it; OSError where the generation is not there."""
        handle = os.open(folder / MANIFEST_FILE, _HOW)
        self._end = weakref.finalize(self, os.close, handle)
        _lock(handle, exclusive=False)

    def end(self) -> None:
        """Give it back; twice does no harm."""
        self._end()


def in_use(folder: Path) -> bool:
    """Whether anyone, this process included, has the generation open."""
    try:
        handle = os.open(folder / MANIFEST_FILE, _HOW)
    except OSError:
        return False
    try:
        return not _lock(handle, exclusive=True)
    finally:
        os.close(handle)


def _lock(handle: int, *, exclusive: bool) -> bool:
    """Whether the lock was granted, or there are no locks here."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
