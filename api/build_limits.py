"""What a build that the service started may take of the machine; one that takes more is ended."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ragbot.settings import Settings

_PROC: Final = Path("/proc")
_LOOK_SECONDS: Final = 1.0
_AFTER: Final = "it was ended, and what was live before still is"


class Excess:
    """What a build took too much of, in words; "" as long as it took nothing of the kind."""

    def __init__(self) -> None:
        self.words = ""


@contextmanager
def guarded(process: subprocess.Popen[str], settings: Settings) -> Iterator[Excess]:
    """Watch a process, with those that it starts, for as long as the block lasts.

    They are ended once they take more memory, processor or time than the settings allow. Memory and
    processor are seen where the system has a /proc.
    """
    excess = Excess()
    over = threading.Event()
    began = time.monotonic()

    def watch() -> None:
        while not over.wait(_LOOK_SECONDS):
            excess.words = _excess(process.pid, settings, time.monotonic() - began)
            if excess.words:
                _end(process)
                return

    watcher = threading.Thread(target=watch, name="build limits", daemon=True)
    watcher.start()
    try:
        yield excess
    finally:
        over.set()
        watcher.join()


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and those that it started, which would live on without it."""
    for started in [*_family(process.pid)][1:]:
        with suppress(OSError):  # it has ended already
            os.kill(started, signal.SIGKILL)
    process.kill()


def _excess(pid: int, settings: Settings, elapsed: float) -> str:
    used, taken = _usage(pid)
    if taken > settings.refresh_megabytes * 1_000_000:
        return (
            f"the build took more than {settings.refresh_megabytes:,} MB of memory; {_AFTER}. "
            "Raise RAGBOT_REFRESH_MEGABYTES, or build by hand"
        )
    if used > settings.refresh_cpu_hours * 3600:
        return (
            f"the build took more than {settings.refresh_cpu_hours:g} hours of the processor; "
            f"{_AFTER}. Raise RAGBOT_REFRESH_CPU_HOURS, or build by hand"
        )
    if elapsed > settings.refresh_limit_hours * 3600:
        return (
            f"the build lasted more than {settings.refresh_limit_hours:g} hours; {_AFTER}. "
            "Raise RAGBOT_REFRESH_LIMIT_HOURS, or build by hand"
        )
    return ""


def _usage(pid: int) -> tuple[float, int]:
    """Seconds of the processor and bytes of memory that a process and those it started take."""
    if not (_PROC / str(pid)).is_dir():
        return 0.0, 0
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGESIZE")
    seconds, size = 0.0, 0
    for one in _family(pid):
        with suppress(OSError, ValueError, IndexError):  # it has ended already
            facts = _facts(_PROC / str(one))
            seconds += (
                sum(map(int, facts[11:15])) / tick
            )  # its own, and those of its ended children
            size += int(facts[21]) * page
    return seconds, size


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in (_PROC / str(pid) / "task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                yield from _family(int(child))


def _facts(folder: Path) -> list[str]:
    """The fields of /proc/PID/stat from the third on; the second is a name that may hold blanks."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
