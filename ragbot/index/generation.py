"""One built generation, open for reading; and the folder of generations with its live one."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ragbot import door, toml_file
from ragbot import guide as guides
from ragbot.errors import IndexDamagedError, IndexMissingError
from ragbot.guide import Guide
from ragbot.index import manifest as manifests
from ragbot.index.lease import Lease
from ragbot.index.library import Library, PassageFacts
from ragbot.index.manifest import Manifest
from ragbot.index.reference import ReferenceArrays
from ragbot.index.seal import Stamps, stamps
from ragbot.lexical import LexicalIndex
from ragbot.stores import Halves
from ragbot.stores.faiss_store import FaissStore

GENERATIONS = door.GENERATIONS
CURRENT_FILE = "CURRENT"
MOST_CURRENT = 1000  # bytes
_NAME = re.compile(r"\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Generation:
    """Everything that is needed to answer; all of it is read-only and shared between threads.

    `statement_vectors` has shape (statements, dimension); `passages` are in the order of the
    vectors, so that a row number is an ordinal; `reference` is None where they were built when none
    was kept. Texts are read from the file when they are asked for, all else is in memory; `stamps`
    are those of the files when they were checked.
    """

    folder: Path
    manifest: Manifest
    guide: Guide
    library: Library
    vectors: FaissStore
    lexical: LexicalIndex
    statement_vectors: Halves
    reference: ReferenceArrays | None
    passages: tuple[PassageFacts, ...]
    lease: Lease
    stamps: Stamps

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
            raise manifests.incomplete(folder, f"cannot be read ({error.strerror})") from error
        seen = stamps(folder)
        manifest = manifests.read(folder)
        manifests.verify(folder, manifest)
        texts = folder / manifests.LIBRARY_FILE
        library = Library(texts, manifest.files[manifests.LIBRARY_FILE].sha256)
        path = folder / manifests.GUIDE_FILE
        with door.parsing(path):
            guide = guides.parse(door.contents(path, toml_file.LARGEST).decode("utf-8"))
        shape = (manifest.counts.statements, manifest.encoder.dimension)
        generation = cls(
            folder=folder,
            manifest=manifest,
            guide=guide,
            library=library,
            vectors=FaissStore.open(folder / manifests.VECTORS_FILE),
            lexical=LexicalIndex.open(folder / manifests.LEXICAL_FOLDER, library.passages),
            statement_vectors=door.array(folder / manifests.STATEMENTS_FILE, np.float16, shape),
            reference=ReferenceArrays.opened(folder, manifest.encoder.dimension),
            passages=tuple(library.passage_facts()),
            lease=lease,
            stamps=seen,
        )
        generation._agree(folder)
        return generation

    def _agree(self, folder: Path) -> None:
        """Refuse parts that are each sound but do not belong together."""
        counts, library = self.manifest.counts, self.library
        passages = {len(self.vectors), library.passages, len(self.passages), counts.passages}
        statements = {library.statements, counts.statements}
        dimensions = {self.vectors.dimension, self.manifest.encoder.dimension}
        told = self.reference is None or self.reference.fits(library.passages, library.statements)
        if max(map(len, (passages, statements, dimensions))) > 1 or not told:
            raise door.damaged(folder, "has parts that do not belong together")

    def fault(self) -> str:
        """What is wrong with the files of the generation now, in words; "" where nothing is."""
        try:
            if manifests.read(self.folder) != self.manifest:
                return str(door.damaged(self.folder / manifests.MANIFEST_FILE, "was changed"))
            manifests.verify(self.folder, self.manifest)
        except IndexDamagedError as error:
            return str(error)
        return ""

    def answers(self) -> bool:
        """Whether questions can be answered, whatever became of files that are in memory."""
        return self.library.is_sound()


def live_name(index: Path) -> str:
    """The name of the live generation.

    Raises:
        IndexMissingError: there is none.
        IndexDamagedError: CURRENT holds something else than a name.
    """
    path = index / CURRENT_FILE
    if not path.exists():
        raise IndexMissingError(
            f"there is no index in {index}; build one with `ragbot build --index {index}`"
        )
    with door.parsing(path):
        name = door.contents(path, MOST_CURRENT).decode("utf-8").strip()
    if not _NAME.fullmatch(name):
        raise IndexDamagedError(
            f"{path} names no generation; name one with `ragbot index activate`, or rebuild with "
            "`ragbot build --force`"
        )
    return name


def live_folder(index: Path) -> Path:
    """The folder of the live generation; errors as of `live_name`."""
    folder = index / GENERATIONS / live_name(index)
    if not folder.is_dir():
        raise door.damaged(folder, "is missing, which is the live generation")
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
