"""One built generation, open for reading; and the folder of generations with its live one."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ragbot import guide as guides
from ragbot.errors import ConfigError, IndexDamagedError, IndexMissingError
from ragbot.guide import Guide
from ragbot.index import manifest as manifests
from ragbot.index.lease import Lease
from ragbot.index.library import Library, PassageFacts
from ragbot.index.manifest import Manifest
from ragbot.lexical import LexicalIndex
from ragbot.stores import Halves
from ragbot.stores.faiss_store import FaissStore

CURRENT_FILE = "CURRENT"
GENERATIONS = "generations"
_NAME = re.compile(r"\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Generation:
    """Everything that is needed to answer; all of it is read-only and shared between threads.

    `statement_vectors` has shape (statements, dimension); `passages` are in the order of the
    vectors, so that a row number is an ordinal.
    """

    folder: Path
    manifest: Manifest
    guide: Guide
    library: Library
    vectors: FaissStore
    lexical: LexicalIndex
    statement_vectors: Halves
    passages: tuple[PassageFacts, ...]
    lease: Lease

    @property
    def name(self) -> str:
        """The name of the generation."""
        return self.manifest.name

    @classmethod
    def open(cls, index: Path) -> Self:
        """Open the live generation of an index folder, after checking every file of it.

        Raises:
            IndexMissingError: nothing is live there.
            IndexDamagedError: what is live is damaged or foreign.
        """
        while True:
            folder = live_folder(index)
            try:
                return cls.at(folder)
            except IndexDamagedError:
                if live_name(index) == folder.name:
                    raise  # else another went live, and this one was removed meanwhile

    @classmethod
    def at(cls, folder: Path) -> Self:
        """Open the generation in a folder, live or not; errors as of `open`.

        For as long as the generation lives, no build prunes it.
        """
        try:
            lease = Lease(folder)
        except OSError as error:
            raise manifests.incomplete(folder, error) from error
        manifest = manifests.read(folder)
        manifests.verify(folder, manifest)
        library = Library(folder / manifests.LIBRARY_FILE)
        try:
            guide = guides.parse((folder / manifests.GUIDE_FILE).read_text(encoding="utf-8"))
            # Not mapped: a mapped file that is cut short ends the process that reads it.
            vectors = np.load(folder / manifests.STATEMENTS_FILE, allow_pickle=False)
        except (ConfigError, EOFError, OSError, ValueError) as error:
            raise IndexDamagedError(
                f"{folder} holds what ragbot never writes ({error}); "
                "rebuild with `ragbot build --force`"
            ) from error
        generation = cls(
            folder=folder,
            manifest=manifest,
            guide=guide,
            library=library,
            vectors=FaissStore.open(folder / manifests.VECTORS_FILE),
            lexical=LexicalIndex.open(folder / manifests.LEXICAL_FOLDER, library.passages),
            statement_vectors=vectors,
            passages=tuple(library.passage_facts()),
            lease=lease,
        )
        generation._agree(folder)
        return generation

    def _agree(self, folder: Path) -> None:
        """Refuse parts that are each sound but do not belong together."""
        counts = self.manifest.counts
        shape = (counts.statements, self.manifest.encoder.dimension)
        sizes = {len(self.vectors), self.library.passages, counts.passages}
        if len(sizes) != 1 or self.statement_vectors.shape != shape:
            raise IndexDamagedError(
                f"the parts of {folder} do not belong together; rebuild with `ragbot build --force`"
            )


def live_name(index: Path) -> str:
    """The name of the live generation.

    Raises:
        IndexMissingError: there is none.
        IndexDamagedError: CURRENT holds something else than a name.
    """
    path = index / CURRENT_FILE
    try:
        name = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissingError(
            f"there is no index in {index}; build one with `ragbot build --index {index}`"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(f"{path} cannot be read ({error})") from error
    if not _NAME.fullmatch(name):
        raise IndexDamagedError(f"{path} names no generation; rebuild with `ragbot build --force`")
    return name


def live_folder(index: Path) -> Path:
    """The folder of the live generation; errors as of `live_name`."""
    folder = index / GENERATIONS / live_name(index)
    if not folder.is_dir():
        raise IndexDamagedError(
            f"the live generation {folder} is missing; rebuild with `ragbot build --force`"
        )
    return folder


def activate(index: Path, name: str) -> None:
    """Make a generation live, in one step that cannot be seen half done and lasts."""
    handle, temporary = tempfile.mkstemp(prefix=f"{CURRENT_FILE}.", dir=index)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(f"{name}\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(index / CURRENT_FILE)
    finally:
        Path(temporary).unlink(missing_ok=True)
    manifests.sync(index)


def names(index: Path) -> list[str]:
    """The names of all complete generations, oldest first."""
    folder = index / GENERATIONS
    if not folder.is_dir():
        return []
    return sorted(
        path.name
        for path in folder.iterdir()
        if _NAME.fullmatch(path.name) and (path / manifests.MANIFEST_FILE).is_file()
    )


def next_name(index: Path, recipe: str) -> str:
    """The name of the generation that is built next, after any that lies there, whole or not."""
    folder = index / GENERATIONS
    taken = [path.name[:6] for path in folder.iterdir()] if folder.is_dir() else []
    last = max((int(number) for number in taken if number.isdigit()), default=0)
    return f"{last + 1:06d}-{recipe[:8]}"
