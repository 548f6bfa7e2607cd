"""The log of the service on stderr: lines for people, or JSON for machines."""

import json
import logging
from datetime import UTC, datetime
from typing import Final

from api import request_ids
from ragbot.settings import Settings

_QUIET: Final = ("faiss", "sentence_transformers", "mcp", "httpx")  # they tell too much


class Lines(logging.Formatter):
    """Time, level, logger and what is said; in a request, its id and its trace's."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line (a traceback has more)."""
        said = super().format(record)
        names = " ".join(_names().values())
        first, rest = said.split("\n", 1) if "\n" in said else (said, "")
        marked = f"{first} [{names}]" if names else first
        return f"{marked}\n{rest}" if rest else marked


class Objects(logging.Formatter):
    """A JSON object a record, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= _names()
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def _names() -> dict[str, str]:
    """The request that is being answered, and its trace, where there are such."""
    named = {"request": request_ids.current.get(), "trace": request_ids.trace.get()}
    return {kind: name for kind, name in named.items() if name}


def set_up(settings: Settings) -> None:
    """Have everything logged as the settings say."""
    handler = logging.StreamHandler()
    handler.setFormatter(Objects() if settings.log_format == "json" else Lines())
    logging.basicConfig(handlers=[handler], level="INFO", force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
