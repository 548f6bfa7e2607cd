"""What can be done with the generations that are kept: look, switch, check, remove."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ragbot.errors import BuildError, IndexDamagedError, IndexMissingError, NotFoundError
from ragbot.index import generation, manifest, tidy
from ragbot.index.check import check
from ragbot.index.generation import Generation
from ragbot.index.lease import in_use


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation on the disk; `fault` says why its manifest cannot be read, "" where it can.

    `open`: a running process has it open.
    """

    name: str
    live: bool
    built: str
    documents: int
    passages: int
    statements: int
    encoder: str
    bytes: int
    open: bool
    fault: str = ""


def kept(index: Path) -> list[Kept]:
    """All generations, the newest first."""
    live = _live(index)
    return [_kept(index, name, live=name == live) for name in reversed(generation.names(index))]


def switch(index: Path, wanted: str, weights: str) -> str:
    """Make a generation live that is sound and fits the encoder's weights; returns its name.

    Raises:
        NotFoundError: there is no such generation.
        IndexDamagedError: it is damaged, or was built with another encoder.
        BuildError: the index folder cannot be written.
    """
    name = _name(index, wanted)
    opened = Generation.at(index / generation.GENERATIONS / name)  # cannot be pruned meanwhile
    try:
        made_by = opened.manifest.encoder
        if made_by.weights != weights:
            raise IndexDamagedError(
                f"generation {name} was built with the encoder {made_by.name} "
                f"({made_by.weights[:12]}), the settings name another ({weights[:12]}); "
                "set RAGBOT_MODEL and RAGBOT_ADAPTER to the one it was built with"
            )
        generation.activate(index, name)
    except OSError as error:
        raise _unwritable(index, error) from error
    finally:
        opened.lease.end()
    return name


def discard(index: Path, wanted: str) -> str:
    """Remove a generation; returns its name.

    Raises:
        NotFoundError: there is no such generation.
        BuildError: it is live, a running process has it open, or the folder cannot be written.
    """
    name = _name(index, wanted)
    if name == _live(index):
        raise BuildError(
            f"generation {name} is live; make another live first with `ragbot index activate`"
        )
    try:
        removed = tidy.remove(index, name)
    except OSError as error:
        raise _unwritable(index, error) from error
    if not removed:
        raise BuildError(
            f"generation {name} is open in a running service; wait until that has moved on"
        )
    return name


def examine(index: Path, wanted: Sequence[str]) -> dict[str, str]:
    """What is wrong with each of these generations, or of all: "" where nothing is.

    Raises:
        NotFoundError: there is no such generation.
        IndexMissingError: there is none at all.
    """
    names = [_name(index, one) for one in wanted] or generation.names(index)
    if not names:
        generation.live_name(index)  # says what to do
    return {name: _fault(index / generation.GENERATIONS / name) for name in names}


def _unwritable(index: Path, error: OSError) -> BuildError:
    return BuildError(f"the index folder {index} cannot be written ({error.strerror})")


def _fault(folder: Path) -> str:
    try:
        check(folder, manifest.read(folder).counts, thorough=True)
    except IndexDamagedError as error:
        return str(error)
    return ""


def _kept(index: Path, name: str, *, live: bool) -> Kept:
    folder = index / generation.GENERATIONS / name
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        facts = manifest.read(folder)
    except IndexDamagedError as error:
        return Kept(name, live, "", 0, 0, 0, "", size, in_use(folder), str(error))
    counts = facts.counts
    return Kept(
        name=name,
        live=live,
        built=facts.built,
        documents=counts.documents,
        passages=counts.passages,
        statements=counts.statements,
        encoder=facts.encoder.name,
        bytes=size,
        open=in_use(folder),
    )


def _name(index: Path, wanted: str) -> str:
    """The one generation of that name or number."""
    names = generation.names(index)
    found = [name for name in names if wanted in (name, name.partition("-")[0])]
    if len(found) != 1:
        listed = f"there are {', '.join(names)}" if names else "there is none"
        raise NotFoundError(f"{index} holds no generation {wanted!r}; {listed}")
    return found[0]


def _live(index: Path) -> str:
    try:
        return generation.live_name(index)
    except (IndexMissingError, IndexDamagedError):
        return ""
