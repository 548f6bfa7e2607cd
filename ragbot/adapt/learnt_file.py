"""Writes what was learnt: a data file, its sum and its card."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_learnt(folder: Path, name: str, data: Mapping[str, Any], card: str) -> None:
    """Write data as JSON with SHA256SUMS and README.md beside it; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    content = (json.dumps(data, separators=(",", ":")) + "\n").encode()
    (folder / name).write_bytes(content)
    total = hashlib.sha256(content).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{total}  {name}\n", encoding="ascii")
    (folder / "README.md").write_text(card, encoding="utf-8")
