"""Keeps what goes wrong again and again from filling the log."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

LOGGERS: Final = (
    *("api", "asyncio", "uvicorn.error"),
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
)
"""Those whose complaints a client, or a collector that is away, could repeat without end."""

_BEGINNING: Final = 40  # characters of a message by which two are of one kind
_KINDS: Final = 500  # remembered at most


class Sparing(logging.Filter):
    """Of warnings and errors that begin alike, some pass in a while; the next tells how many not.

    What is less than a warning always passes.
    """

    def __init__(
        self, most: int = 5, seconds: float = 60, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._seen: dict[str, tuple[float, int]] = {}  # since when, how many
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        if record.levelno < logging.WARNING:
            return True
        kind = f"{record.name} {str(record.msg)[:_BEGINNING]}"
        now = self._clock()
        left_out = 0
        with self._lock:
            since, count = self._seen.pop(kind, (now, 0))
            if now - since >= self._seconds:
                left_out, since, count = max(0, count - self._most), now, 0
            self._seen[kind] = since, count + 1
            if len(self._seen) > _KINDS:
                del self._seen[next(iter(self._seen))]
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out} more like it were left out before)"
            record.args = ()
        return count < self._most
