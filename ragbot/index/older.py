"""Going back: which generations may answer where the live one is damaged."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ragbot.errors import IndexDamagedError
from ragbot.index.generation import GENERATIONS, Generation, names


def older(index: Path, than: str) -> Iterator[Generation]:
    """The sound generations before one, the newest first, each opened when it is asked for.

    One that is newer than the live one is not taken: it was rolled back, or held back by the
    canaries. One without a manifest is not complete, and one that does not verify is passed over.
    """
    for name in reversed([name for name in names(index) if name < than]):
        with suppress(IndexDamagedError):
            yield Generation.at(index / GENERATIONS / name)
