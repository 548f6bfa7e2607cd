"""Keeps the index current while the service runs: syncs and builds in a process of its own."""

import logging
import os
import queue
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from api.build_limits import guarded
from api.outside import told
from ragbot.errors import RagbotError
from ragbot.foreign_json import foreign_json
from ragbot.interpreter import environment, python
from ragbot.settings import Settings
from ragbot.sources.sync import due

_log = logging.getLogger("api")

_LOOK_SECONDS: Final = 600.0  # between two looks whether a source is due
_NICENESS: Final = 10  # questions go first
_REFRESH: Final = ("build", "--sync", "--progress", "json")
_OURS: Final = "ragbot: "  # begins what the command line says of an error of ours


@dataclass(frozen=True, slots=True)
class Progress:
    """What the builder is doing: `stage` and how many of `total` steps; "" where it waits.

    `message` tells in words how the last build ended, `at` when (ISO, UTC).
    """

    stage: str = ""
    done: int = 0
    total: int | None = None
    message: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A command of ragbot's that somebody asks for, and who is told how it ended.

    `ended` gets whether it succeeded, and that in words.
    """

    arguments: tuple[str, ...]
    ended: Callable[[bool, str], None]


class Builder:
    """Runs `ragbot build --sync` whenever a source was never synced or is older than it may be.

    Besides, it runs what is ordered; one thing at a time. A build that fails leaves the live
    generation as it is; the desk swaps the new one in.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._progress = Progress()
        self.ended: Counter[str] = Counter(done=0, failed=0)
        """How many ended how ("done", "failed")."""
        self._stop = threading.Event()
        self._orders: queue.Queue[Order | None] = queue.Queue()
        self._busy = threading.Lock()  # while something runs, or is about to
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._work, name="builder", daemon=True)

    def start(self) -> None:
        """Begin to look, unless the settings say never, and to take orders."""
        self._thread.start()

    def order(self, order: Order) -> bool:
        """Have a command run; False where something is running already."""
        if self._stop.is_set() or not self._busy.acquire(blocking=False):
            return False
        self._orders.put(order)
        return True

    def stop(self) -> None:
        """End a running build; what it had not finished is not lost but done again."""
        self._stop.set()
        self._orders.put(None)
        if self._process is not None:
            self._process.terminate()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    @property
    def progress(self) -> Progress:
        """What is going on now."""
        return self._progress

    def _work(self) -> None:
        tried = float("-inf")
        retry = self._settings.refresh_hours * 3600
        while not self._stop.is_set():
            if retry and time.monotonic() - tried >= retry and self._busy.acquire(blocking=False):
                try:
                    if self._due():
                        tried = time.monotonic()
                        self._run(_REFRESH)
                finally:
                    self._busy.release()
            with suppress(queue.Empty):
                order = self._orders.get(timeout=_LOOK_SECONDS)
                if order is not None:
                    try:
                        good = self._run(order.arguments)
                    finally:
                        self._busy.release()
                    order.ended(good, self._progress.message)

    def _due(self) -> bool:
        try:
            settings = self._settings
            return due(settings.corpus, settings.index, settings.refresh_hours)
        except RagbotError as error:
            _log.warning("no source can be fetched: %s", error)
            self._progress = Progress(message=self._outside(str(error)), at=_now())
            return False

    def _run(self, arguments: tuple[str, ...]) -> bool:
        """Run a command of ragbot's; whether it ended well."""
        good = False
        try:
            good = self._build(arguments)
        except OSError:  # the next look may find more room
            _log.exception("the build could not be run")
            message = "The build could not be started; the service's log says why."
            self._progress = Progress(message=message, at=_now())
        self.ended["done" if good else "failed"] += 1
        return good

    def _build(self, arguments: tuple[str, ...] = _REFRESH) -> bool:
        settings = self._settings
        command = python("-m", "ragbot", *arguments)
        # Not as flags: to name a corpus by hand is to agree to what it does not have.
        named = {"RAGBOT_CORPUS": str(settings.corpus), "RAGBOT_INDEX": str(settings.index)}
        _log.info("in the background: ragbot %s", " ".join(arguments))
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            command,
            env={**environment(), **named},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        if self._stop.is_set():  # told while it was being started, and not seen by `stop`
            self._process.terminate()
        with self._process as process, guarded(process, self._settings) as excess:
            _give_way(process)
            said = [line.strip() for line in process.stderr or () if not self._told(line)]
            words = (process.stdout.read() if process.stdout else "").strip()
            status = process.wait()
        self._process = None
        if self._stop.is_set():
            self._progress = Progress(message="It was ended with the service.", at=_now())
            return False
        for line in [*said, words]:
            _log.info("build: %s", line)
        ours = [line.removeprefix(_OURS) for line in said if line.startswith(_OURS)]
        unknown = f"The build ended with status {status}; the service's log says more."
        message = excess.words or words or (ours[-1] if ours else unknown)
        self._progress = Progress(message=self._outside(message), at=_now())
        return status == 0 and not excess.words

    def _outside(self, message: str) -> str:
        return told(message, (self._settings.corpus, self._settings.index))

    def _told(self, line: str) -> bool:
        """Take in a line of progress; False for any other line."""
        try:
            step = foreign_json(line)
            stage, done, total = step["stage"], step["done"], step["total"]
        except (ValueError, KeyError, TypeError):
            return False
        self._progress = replace(self._progress, stage=stage, done=done, total=total)
        return True


def _give_way(process: subprocess.Popen[str]) -> None:
    """Let questions go first, on systems that can."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
