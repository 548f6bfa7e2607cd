"""What a generation must pass before it goes live."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ragbot.encoder import Encoder
from ragbot.errors import IndexDamagedError
from ragbot.index import content
from ragbot.index.generation import Generation
from ragbot.index.manifest import Counts


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge found: `good` where the new generation may go live, and why in words."""

    good: bool
    notes: tuple[str, ...] = ()


class Judge(Protocol):
    """Asks a new generation what the live one (None: there is none that can be asked) is asked."""

    def __call__(self, new: Generation, live: Generation | None, encoder: Encoder) -> Verdict:
        """Whether the new generation answers at least as well."""
        ...


def check(folder: Path, counts: Counts, *, thorough: bool = False) -> None:
    """Open a generation as the service will, and see that every checksum and count holds.

    `thorough`: whether everything in it is read too.

    Raises:
        IndexDamagedError: it is not what was meant to be written.
    """
    generation = Generation.at(folder)
    generation.lease.end()
    library = generation.library
    documents = sum(number for number, _ in library.source_counts().values())
    found = (documents, library.passages, library.statements)
    try:
        if thorough:
            content.examine(generation)
    finally:
        library.close()
    if found != (counts.documents, counts.passages, counts.statements):
        raise IndexDamagedError(
            f"{folder} holds {found} documents, passages and statements, not the number that was "
            "written; rebuild with `ragbot build --force`"
        )
