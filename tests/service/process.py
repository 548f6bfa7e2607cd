"""`ragbot serve` in a process of its own, which a test can limit, watch and end.

Run as a module it is that process: its answers are the written ones, or those of a built index.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api import server
from api.desk import Desk
from ragbot import assistant
from ragbot.cli import main
from tests.service.scripted import ScriptedAssistant
from tests.words import WordEncoder

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Served:
    """A running service: where, its process, and the file with its log."""

    url: str
    process: "subprocess.Popen[str]"
    log: Path

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").split(":")
        return host, int(port)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def threads(self) -> int:
        return int(self._status("Threads:"))

    def processor_seconds(self) -> float:
        """Of the process, since it began."""
        fields = (
            Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        )
        return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def handles(self) -> int:
        """File descriptors that are open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def megabytes(self, name: str = "VmRSS:") -> float:
        """Memory held now, or with VmHWM at most so far."""
        return int(self._status(name)) / 1024

    def forget_the_most(self) -> None:
        """VmHWM counts from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")

    def _status(self, name: str) -> str:
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
        return next(line.split()[1] for line in lines if line.startswith(name))


@contextmanager
def served(
    folder: Path,
    *,
    delay: float = 0,
    descriptors: int = 0,
    words: bool = False,
    real: bool = False,
    **settings: Any,
) -> Iterator[Served]:
    """A service in a process.

    `real`: over the index of the settings; `words`: the same, that the word encoder has built; else
    its answers are the written ones, each after a delay.
    """
    log = folder / "log.txt"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RAGBOT_")}
    environment |= {f"RAGBOT_{name.upper()}": str(value) for name, value in settings.items()}
    environment |= {"RAGBOT_REFRESH_HOURS": "0", "PYTHONPATH": str(ROOT)}
    how = json.dumps({"delay": delay, "descriptors": descriptors, "words": words, "real": real})
    with (
        log.open("w", encoding="utf-8") as complaints,
        subprocess.Popen(
            [sys.executable, "-m", "tests.service.process", how],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("ragbot is ready: "), log.read_text(encoding="utf-8")
            yield Served(line.split()[3].rstrip("/"), process, log)
        finally:
            process.kill()


def ended(process: "subprocess.Popen[str]", within: float) -> float:
    """Seconds until the process has ended."""
    begun = time.monotonic()
    process.wait(within)
    return time.monotonic() - begun


def _main() -> None:
    how = json.loads(sys.argv[1])
    if how["descriptors"]:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (how["descriptors"], hard))
    if how["words"]:
        assistant.open_encoder = lambda _: WordEncoder()  # type: ignore[assignment]
    elif not how["real"]:
        answers: Any = ScriptedAssistant(how["delay"])
        server.Desk = lambda settings: Desk(settings, answers)  # type: ignore[assignment, misc]
    sys.argv = ["ragbot", "serve", "--port", "0"]
    main()


if __name__ == "__main__":
    _main()
