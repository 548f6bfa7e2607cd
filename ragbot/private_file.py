"""Small files that are for their owner alone, written whole or not at all."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO


def write(path: Path, text: str) -> None:
    """Write a file for its owner alone; one that was there stays whose it was, with its mode.

    Where it may not be given to that owner, it is for the owner of this process alone.

    Raises:
        OSError: it cannot be written; what was there is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            _take_over(path, stream)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _take_over(path: Path, stream: IO[str]) -> None:
    """Give the new file the owner, and only then the mode, of the one that was there."""
    with suppress(OSError):
        before = path.stat()
        os.fchown(stream.fileno(), before.st_uid, before.st_gid)
        os.fchmod(stream.fileno(), stat.S_IMODE(before.st_mode))
