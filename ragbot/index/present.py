"""What lies in an index before a build: what is live, and what was made of the same."""

from contextlib import suppress
from pathlib import Path

from ragbot.errors import BuildError, IndexDamagedError, IndexMissingError, IndexNewerError
from ragbot.index import generation, manifest
from ragbot.index.check import check


def live(index: Path, *, force: bool) -> manifest.Manifest | None:
    """The manifest of what is live, None where that is damaged or nothing is.

    Raises:
        BuildError: a newer ragbot built it, and nothing forces this one to replace that.
    """
    try:
        folder = generation.live_folder(index)
        found = manifest.read(folder)
        manifest.verify(folder, found)
    except IndexNewerError as error:
        if not force:
            raise BuildError(str(error)) from error
        return None
    except (IndexMissingError, IndexDamagedError):
        return None
    return found


def made_of(index: Path, recipe: str) -> manifest.Manifest | None:
    """The newest sound generation that was made of the same."""
    for name in reversed(generation.names(index)):
        folder = index / generation.GENERATIONS / name
        with suppress(IndexDamagedError):
            facts = manifest.read(folder)
            if facts.recipe == recipe:
                check(folder, facts.counts)
                return facts
    return None
