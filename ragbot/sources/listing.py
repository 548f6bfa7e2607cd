"""What is known of every source: by the catalogue, by its last sync, and by the live index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ragbot.sources.catalog import CATALOG_FILE, load
from ragbot.sources.shelf import synced
from ragbot.sources.sync import shelf_path
from ragbot.types import Source


@dataclass(frozen=True, slots=True)
class Listed:
    """One source. `obtained` is how it is (to be) obtained; "" for a made-up one.

    `resolved` is the version or commit of the last sync, `synced` when that was (ISO, UTC), both ""
    where there was none. `documents` and `passages` are what the live index holds.
    """

    source: Source
    obtained: str
    resolved: str
    synced: str
    documents: int
    passages: int
    problems: tuple[str, ...]


def listing(
    corpus: Path, index: Path, held: Sequence[Source], counts: Mapping[str, tuple[int, int]]
) -> list[Listed]:
    """Every source of the catalogue, then those that only the index holds.

    `held` are the sources of the live index, `counts` the documents and passages of each.
    """
    path = corpus / CATALOG_FILE
    entries = load(path) if path.is_file() else ()
    rows = []
    for entry in entries:
        last = synced(shelf_path(index, entry.source.id))
        documents, passages = counts.get(entry.source.id, (0, 0))
        rows.append(
            Listed(
                entry.source,
                entry.obtain.kind,
                last.locked.resolved if last else "",
                last.at if last else "",
                documents,
                passages,
                tuple(f"{p.path}: {p.reason}" for p in last.problems) if last else (),
            )
        )
    known = {row.source.id for row in rows}
    rows += [Listed(s, "", "", "", *counts[s.id], ()) for s in held if s.id not in known]
    return rows


def age(moment: str, now: datetime | None = None) -> str:
    """How long ago an ISO moment was, in the largest unit that fits; "never" for ""."""
    if not moment:
        return "never"
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return "now"
