"""One worker as its owner sees it: started when it is needed, watched, and replaced."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

import ragbot
from ragbot.errors import BuildError, ReadError
from ragbot.interpreter import environment, python
from ragbot.quarantine.frames import (
    OUT_OF_MEMORY,
    BrokenError,
    Frame,
    Kind,
    TooLongError,
    read,
    write,
)
from ragbot.quarantine.limits import WAITS, Limits

# Our own package is put on the path, so that the worker runs the program that its owner runs.
_START = (
    "import sys\nif sys.argv[1] not in sys.path: sys.path.insert(0, sys.argv[1])\n"
    "from ragbot.quarantine.worker import main\nmain(int(sys.argv[2]))"
)
_GRACE = 5.0  # seconds on the clock beyond those that the processor's may become


class Quarantine:
    """A process that does one piece of work at a time; one that ends is replaced at the next.

    It is for one thread. `close` may be called from another: it ends what is being done.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._is_late = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    def one(self, task: str, facts: object, content: bytes, size: int | None = None) -> bytes:
        """The only item that a task yields; see `items`.

        Raises:
            ReadError: why there is none.
        """
        return b"".join(self.items(task, facts, content, size))

    def items(
        self,
        task: str,
        facts: object,
        content: bytes,
        size: int | None = None,
        *,
        is_fresh: bool = False,
    ) -> Iterator[bytes]:
        """What a task yields, one after the other.

        Limits grow with `size`, by default that of `content`, in bytes; each item has them to
        itself where `is_fresh`.

        Raises:
            ReadError: the task says so, or takes more than the limits allow.
            BuildError: no process can be started.
        """
        size = len(content) if size is None else size
        seconds = self._limits.seconds_for(size)
        characters = self._limits.characters_for(size)
        told = {"task": task, "facts": facts, "seconds": seconds, "characters": characters}
        header = json.dumps(told | {"fresh": is_fresh}).encode()
        process = self._started()
        is_over = False
        try:
            # Where it ends before it has heard all, the reading below says why.
            with suppress(BrokenError), self._watched(process, seconds):
                write(_asked(process), Kind.TASK, header)
                write(_asked(process), Kind.BYTES, content)
            while (frame := self._heard(process, seconds)).kind is Kind.ITEM:
                yield frame.data
            fault: dict[str, object] = {}
            if frame.kind is Kind.FAULT:
                fault = json.loads(frame.data)
                frame = self._heard(process, seconds)
            is_over = frame.kind is Kind.DONE
            if fault:
                reason = str(fault["reason"]) or self._too_much_memory()
                raise ReadError(reason, nothing_left=bool(fault["nothing_left"]))
        finally:
            if not is_over:
                self._end()

    def close(self) -> None:
        """End the process, whatever it does."""
        with self._lock:
            self._is_closed = True
        self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        """The process, which waits for work."""
        with self._lock:
            if self._is_closed:
                raise ReadError("it was not read before the end")
            if self._process is not None:
                return self._process
            self._is_late.clear()
            process = self._process = _popen(self._limits.megabytes)
        try:
            with self._watched(process, self._limits.seconds):
                read(_told(process), 0)
        except BrokenError as error:
            self._end()
            raise BuildError(
                f"the process that reads documents cannot be started ({sys.executable}, status "
                f"{process.returncode}); see whether `ragbot doctor` is content"
            ) from error
        return process

    def _heard(self, process: subprocess.Popen[bytes], seconds: float) -> Frame:
        """What the process says next.

        Raises:
            ReadError: it ended, or was ended, before it said anything.
        """
        with self._watched(process, seconds):
            try:
                return read(_told(process), self._limits.largest_reply)
            except TooLongError as error:
                raise ReadError("what it says is longer than its limits allow; split it") from error
            except BrokenError as error:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_GRACE)
                reason = self._reason(process.poll(), seconds, late=self._is_late.is_set())
                raise ReadError(reason) from error

    @contextmanager
    def _watched(self, process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
        """End the process, which is late then, where the clock goes too far beyond the seconds."""

        def end() -> None:
            self._is_late.set()
            process.kill()

        timer = threading.Timer(WAITS * seconds + _GRACE, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    cast("IO[bytes]", stream).close()

    def _reason(self, status: int | None, seconds: float, *, late: bool) -> str:
        """Why a process ended in the middle of its work, in words."""
        if late or status == -getattr(signal, "SIGPROF", 0):
            return (
                f"reading it takes more than {seconds:.0f} seconds of the processor; "
                "split it, or raise RAGBOT_READING_SECONDS"
            )
        if status == OUT_OF_MEMORY:
            return self._too_much_memory()
        if status is not None and status < 0:
            return f"the process that read it was ended by the system ({_named(-status)})"
        return f"the process that read it ended (status {status})"

    def _too_much_memory(self) -> str:
        return (
            f"reading it takes more than {self._limits.megabytes} MB of memory; "
            "split it, or raise RAGBOT_READING_MEGABYTES"
        )


def _popen(megabytes: int) -> subprocess.Popen[bytes]:
    root = str(Path(ragbot.__file__).resolve().parents[1])
    command = python("-c", _START, root, str(megabytes))
    # A parser is told no secrets.
    told = {k: v for k, v in environment().items() if not k.startswith("RAGBOT_")}
    try:
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=told,
        )
    except OSError as error:
        raise BuildError(f"{sys.executable} cannot be started ({error.strerror})") from error


def _named(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _asked(process: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", process.stdin)


def _told(process: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", process.stdout)
