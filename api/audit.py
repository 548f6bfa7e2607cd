"""What admins did over HTTP: who, what, when and how it ended, a JSON line each.

The file lies beside the index; when it has grown large it is put aside in place of the older file.
So the last five megabytes at least are kept, and what is older than both files is gone.
"""

import json
import logging
import os
import threading
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from api.schemas import Schema

FILE: Final = "audit.jsonl"

_LARGEST: Final = 5_000_000  # bytes

_log = logging.getLogger("api")


class AuditEntry(Schema):
    """Something that an admin did."""

    at: str = Field(description="when, ISO in UTC", examples=["2026-01-31T12:00:00+00:00"])
    who: str = Field(description="name of the key", examples=["ops"])
    address: str = Field(description="where from", examples=["10.0.0.7"])
    what: str = Field(description="what was asked for", examples=["activate"])
    about: str = Field(description="of what, or ''", examples=["000002-4567cdef"])
    outcome: Literal["begun", "done", "failed"] = Field(
        description="how it ended; 'begun' for what goes on in the background", examples=["done"]
    )
    detail: str = Field(description="in words, or ''", examples=["Generation 000002 is live."])


class Audit:
    """The file of what was done; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._writing = threading.Lock()

    def write(self, entry: AuditEntry) -> None:
        """Write an entry; where the disk refuses, the log has it."""
        line = entry.model_dump_json()
        _log.info("audit: %s", line)
        try:
            with self._writing:
                self._put_aside()
                self._path.parent.mkdir(parents=True, exist_ok=True)
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
                with os.fdopen(os.open(self._path, flags, 0o600), "a", encoding="utf-8") as stream:
                    stream.write(f"{line}\n")
        except OSError as error:
            _log.error("the audit log %s cannot be written: %s", self._path, error)

    def last(self, count: int) -> list[AuditEntry]:
        """The last entries, the newest first."""
        found: deque[AuditEntry] = deque(maxlen=count)
        try:
            with self._path.open(encoding="utf-8", errors="replace") as stream:
                for line in stream:
                    try:
                        found.append(AuditEntry.model_validate(json.loads(line)))
                    except (ValueError, ValidationError):
                        continue  # cut off by a full disk
        except FileNotFoundError:
            return []
        return list(found)[::-1]

    def _put_aside(self) -> None:
        if self._path.exists() and self._path.stat().st_size > _LARGEST:
            self._path.replace(self._path.with_suffix(".1.jsonl"))


def now() -> str:
    """The time, as entries have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
