"""Starts programs that end with us, whatever ends us."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_CAN_TIE = hasattr(os, "killpg")
_SCRIPT = Path(__file__).with_name("lifeline.py")


class TiedProcess(subprocess.Popen[bytes]):
    """A program in a session of its own, ended with all it started when this process ends.

    That holds for kill -9 as well, since it hangs on a pipe that the system closes (see lifeline).
    On systems without process groups it is started as it is.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], **streams: Any
    ) -> None:
        """Start it; OSError where it cannot be started.

        Args:
            command: The program and its arguments; a program that is not there ends with 127.
            folder: The working directory.
            environment: All of its environment.
            streams: stdout and stderr, as Popen takes them.
        """
        self._held: int | None = None
        ends: tuple[int, ...] = ()
        if _CAN_TIE:
            reading, self._held = os.pipe()
            ends = (reading,)
            command = [sys.executable, "-I", "-S", str(_SCRIPT), str(reading), *command]
        try:
            super().__init__(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                start_new_session=True,
                pass_fds=ends,
                **streams,
            )
        finally:
            for end in ends:
                os.close(end)

    def end(self) -> None:
        """End it, if it still runs, with those that it has started."""
        if self.poll() is None or self.returncode < 0:
            with suppress(ProcessLookupError):
                if _CAN_TIE:
                    os.killpg(self.pid, signal.SIGKILL)  # it leads a session of its own
                else:
                    self.kill()
        self.wait()
        if self._held is not None:
            os.close(self._held)
            self._held = None
        for stream in (self.stdin, self.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
