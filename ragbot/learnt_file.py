"""What was learnt, in a data file: JSON, with its sum beside it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from ragbot.errors import EncoderError, RagbotError
from ragbot.foreign_json import JsonError, foreign_json

SUMS_FILE = "SHA256SUMS"


def read(path: Path, error: type[RagbotError] = EncoderError) -> tuple[dict[str, Any], str]:
    """What a data file holds, and its sha256, which SUMS_FILE beside it must say.

    Raises:
        error: it is missing, holds something else, or is not the one that its sum was taken of.
    """
    try:
        content = path.read_bytes()
        told = (path.parent / SUMS_FILE).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as fault:
        raise error(
            f"{path}: what was learnt cannot be read ({fault}); reinstall ragbot or learn it anew"
        ) from fault
    digest = hashlib.sha256(content).hexdigest()
    if not told or digest != told[0]:
        raise error(f"{path} is not the file of {SUMS_FILE}; reinstall ragbot or learn it anew")
    try:
        found = foreign_json(content)
    except JsonError as fault:
        raise error(f"{path} holds nothing that was learnt ({fault}); learn it anew") from fault
    if not isinstance(found, dict):
        raise error(f"{path} holds a {type(found).__name__}, not what was learnt; learn it anew")
    return found, digest


def write(path: Path, data: object) -> None:
    """Write data and its sum into a folder, which is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = (json.dumps(data, separators=(",", ":")) + "\n").encode()
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (path.parent / SUMS_FILE).write_text(f"{digest}  {path.name}\n", encoding="ascii")
