"""The side that parses: does one piece of work after the other until its owner is gone."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from ragbot.errors import ReadError
from ragbot.quarantine.frames import OUT_OF_MEMORY, BrokenError, Kind, read, write
from ragbot.quarantine.work import Work

try:
    import fcntl
    import resource
except ImportError:  # no such thing on Windows; its owner watches the clock
    fcntl = resource = None  # type: ignore[assignment]

_STATM = Path("/proc/self/statm")
_KEPT = 0.25  # of the memory allowed may be held after a piece of work; a fresh worker has it all


Task = Callable[[Work], Iterator[bytes]]


def main(megabytes: int) -> None:
    """Work until the owner is gone; nothing that a parser prints is heard.

    No work may take more than `megabytes` of memory, on systems that can hold it to that.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the owner's
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    for number, how in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        os.dup2(os.open(os.devnull, how), number)
    before = _held()
    _bound_memory(before + megabytes * 1_000_000)
    try:
        write(told, Kind.DONE)
        is_sound = True
        while is_sound:
            task = json.loads(read(asked, sys.maxsize).data)
            content = read(asked, sys.maxsize).data
            with _ended_with_owner(asked):
                is_sound = _do(task, content, told)
            del content
            is_sound = is_sound and _held() - before < _KEPT * megabytes * 1_000_000
            write(told, Kind.DONE if is_sound else Kind.LEAVING)
    except BrokenError:
        return
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _do(task: dict[str, Any], content: bytes, told: IO[bytes]) -> bool:
    """Say what comes of a piece of work; False where the memory did not suffice for it."""
    work = Work(task["facts"], content, task["seconds"], task["characters"], task["fresh"])
    fault = None
    is_sound = True
    try:
        _allow(work.seconds)
        for item in _task(task["task"])(work):
            write(told, Kind.ITEM, item)
            if work.is_fresh:
                _allow(work.seconds)
    except ReadError as error:
        fault = {"reason": str(error), "nothing_left": error.nothing_left}
    except MemoryError:
        fault, is_sound = {"reason": "", "nothing_left": False}, False
    except RecursionError:
        fault = {"reason": "it is nested too deeply", "nothing_left": False}
    except BrokenError:
        raise
    except Exception as error:  # a parser at a file nobody has seen before
        reason = f"it cannot be parsed ({type(error).__name__}: {error})"
        fault = {"reason": reason, "nothing_left": False}
    finally:
        _allow(0)
    if fault is not None:
        write(told, Kind.FAULT, json.dumps(fault).encode())
    return is_sound


def _task(name: str) -> Task:
    module, _, function = name.partition(":")
    task: Task = getattr(import_module(module), function)
    return task


def _allow(seconds: float) -> None:
    """Let the system end this process after so many seconds of the processor; 0 for no limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _bound_memory(size: int) -> None:
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        size = size if hard == resource.RLIM_INFINITY else min(size, hard)
        try:
            resource.setrlimit(resource.RLIMIT_AS, (size, hard))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        except (OSError, ValueError):  # a system without such a limit
            return


def _held() -> int:
    """Bytes of address space that this process takes, 0 where the system does not tell."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError):
        return 0


@contextmanager
def _ended_with_owner(asked: IO[bytes]) -> Iterator[None]:
    """While it works a process hears nothing; the system ends it when its owner's end is closed.

    SIGIO ends a process that does not handle it, even one that is inside a parser.
    """
    if fcntl is None or not hasattr(os, "O_ASYNC"):
        yield
        return
    flags = fcntl.fcntl(asked, fcntl.F_GETFL)
    fcntl.fcntl(asked, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(asked, fcntl.F_SETFL, flags | os.O_ASYNC)
    try:
        yield
    finally:
        fcntl.fcntl(asked, fcntl.F_SETFL, flags)
