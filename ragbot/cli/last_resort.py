"""What is said where something fails that no command knows of: a sentence, not a traceback."""

import errno
import os
import sys
from contextlib import suppress
from typing import NoReturn

CAUGHT = (OSError, RecursionError, MemoryError, UnicodeError)

_ABOUT_DISKS = {
    errno.ENOSPC: "there is no room left on the disk; free some and try again",
    errno.EDQUOT: "your share of the disk is used up; free some and try again",
    errno.EROFS: "it is on a disk that cannot be written",
    errno.EACCES: "you may not read or write it",
    errno.EPERM: "you may not change it",
    errno.EMFILE: "too many files are open; raise the limit with `ulimit -n`",
}


def in_words(error: BaseException) -> str:
    """One of CAUGHT as a sentence that says what happened and, where it can, with what."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this; end other programs, or take less at a time"
    if isinstance(error, RecursionError):
        return "something that was read is nested deeper than can be followed"
    if isinstance(error, UnicodeError):
        return "a name or a text is not UTF-8; rename it or save it as UTF-8"
    if isinstance(error, OSError):
        why = _ABOUT_DISKS.get(error.errno or 0) or error.strerror or "the system refused it"
        return f"{error.filename}: {why}" if error.filename else why
    return type(error).__name__


def give_up_stdout() -> None:
    """Let what stdout still holds go: Python would try to write it once more, and complain."""
    with suppress(OSError, ValueError):  # it has no descriptor, or none any more
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def leave_reader() -> NoReturn:
    """End well: who read our output has what it wanted and went away, `| head` for one."""
    give_up_stdout()
    sys.exit(0)


def not_utf_8(arguments: list[str]) -> str:
    """The first argument that is not UTF-8, in writable characters; "" where all are."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            return argument.encode("utf-8", "backslashreplace").decode()
    return ""
