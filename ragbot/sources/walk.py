"""Finds the files of a corpus: each folder once, whatever links lead to it, and none outside."""

import errno
import os
import stat
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ragbot.characters import whole
from ragbot.readers import MEDIA_TYPES
from ragbot.sources.catalog import CATALOG_FILE
from ragbot.sources.files import HIDDEN, MANIFEST_FILE, File, PassedOver, Problem, no_reader
from ragbot.sources.packed import is_named_packed

DEEPEST = 100
"""Folders within folders; what lies deeper is named and not read."""

PACKED = "it holds many documents; `ragbot add` reads it"

# Of the corpus folder itself: its tables, which say something about the documents.
_OWN_FILES = {CATALOG_FILE, "subjects.toml", "canaries.toml", "sources.lock"}


@dataclass(frozen=True, slots=True)
class Reach:
    """How far reading goes: the corpus folder, the largest file in bytes, links out of the folder.

    Links inside the corpus are always followed, those that lead out of it with `follow_links` only.
    What is met and not read is put into `passed`, where somebody asks for it. `reads` tells of a
    file of the corpus whether it is read as a document of its own.
    """

    corpus: Path
    limit: int
    follow_links: bool = False
    passed: list[PassedOver] | None = field(default=None, compare=False)
    reads: Callable[[Path], bool] = field(default=lambda _: True, compare=False)


@dataclass(slots=True)
class Survey:
    """What lies under a folder: files and problems in the order of their paths, and manifests.

    `manifests` are the folders that hold a MANIFEST.jsonl.
    """

    found: list[File | Problem] = field(default_factory=list)
    manifests: list[Path] = field(default_factory=list)


def survey(reach: Reach, root: Path, start: Path) -> Survey:
    """Every file under `start` that a reader knows by its ending, with paths relative to `root`.

    `start` may be a file itself, of any ending. A folder or file that links lead to is taken once,
    under its own path where it has one in here. Links that lead out of the corpus, back to
    themselves or to nothing, folders that cannot be listed or lie too deep, and names that are not
    UTF-8 are Problems. Hidden files and folders and what no reader knows are passed over, and named
    in `reach.passed`; the corpus' own tables are not.
    """
    walk = _Walk(reach, root)
    walk.begin(start)
    walk.made.found.sort(key=lambda one: one.path.split("/"))
    walk.made.manifests.sort()
    return walk.made


class _Walk:
    """Lists what stands there itself first, then what is only reached by links."""

    def __init__(self, reach: Reach, root: Path) -> None:
        self.made = Survey()
        self._root = root
        self._corpus = reach.corpus
        self._passed = reach.passed
        self._home = os.path.realpath(reach.corpus)
        self._goes_out = reach.follow_links
        self._seen: set[tuple[int, int]] = set()  # device and number of what was listed or taken
        self._linked: set[tuple[int, int]] = set()  # files among them that a link led to
        self._links: deque[Path] = deque()

    def begin(self, start: Path) -> None:
        """Survey a folder or take a file, then follow the links that were met."""
        if not os.path.lexists(start):
            self._problem(start, "there is no such file or folder")
            return
        self._follow(start, is_start=True)
        while self._links:
            self._follow(self._links.popleft(), is_start=False)

    def _follow(self, link: Path, *, is_start: bool) -> None:
        try:
            there = link.stat()
        except OSError as error:
            if error.errno != errno.ENOENT or link.suffix.lower() in {"", *MEDIA_TYPES}:
                self._problem(link, f"it cannot be read ({_in_words(error)})")
            else:
                self._pass_over(link, _no_reader(link))
            return
        is_folder = stat.S_ISDIR(there.st_mode)
        if not (is_folder or is_start or _is_readable(link)):
            self._pass_over(link, _no_reader(link))
            return
        real = os.path.realpath(link)
        if (there.st_dev, there.st_ino) in self._seen:
            if is_folder and _is_in(os.path.realpath(link.parent), real):
                self._problem(link, "it links back to a folder above it; remove the link")
        elif not (self._goes_out or _is_in(real, self._home)):
            reason = "it leads out of the corpus folder; copy what it leads to, or --follow-links"
            self._problem(link, reason)
        elif is_folder:
            self._list(link)
        else:
            self._take(link, there)
            self._linked.add((there.st_dev, there.st_ino))

    def _list(self, top: Path) -> None:
        """List a folder and those below it; links wait until all else was seen."""
        waiting = [top]
        links: list[Path] = []
        while waiting:
            folder = waiting.pop()
            try:
                here = folder.stat()
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                self._problem(folder, f"the folder cannot be listed ({error.strerror})")
                continue
            if (here.st_dev, here.st_ino) in self._seen:
                continue
            self._seen.add((here.st_dev, here.st_ino))
            for entry in entries:
                if entry.name in _OWN_FILES and folder == self._corpus:
                    continue
                if entry.name.startswith("."):
                    self._pass_over(Path(entry.path), HIDDEN)
                    continue
                try:
                    if entry.is_symlink():
                        links.append(Path(entry.path))
                    elif self._is_folder(entry):
                        waiting.append(Path(entry.path))
                except OSError as error:  # it is gone since the folder was listed
                    self._problem(Path(entry.path), f"it cannot be read ({_in_words(error)})")
        self._links.extend(sorted(link for link in links if self._can_be_entered(link)))

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        """Whether this is a folder that is to be listed; a file is taken."""
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            return self._can_be_entered(path)
        if _is_readable(path):
            self._take(path, entry.stat(follow_symlinks=False))
        else:
            self._pass_over(path, _no_reader(path))
        return False

    def _can_be_entered(self, path: Path) -> bool:
        name = self._name(path)
        if name != (shown := whole(name)):
            self.made.found.append(Problem(shown, "its name is not UTF-8; rename it"))
        elif name.count("/") >= DEEPEST:
            self._problem(path, f"it lies more than {DEEPEST} folders deep; move it up")
        else:
            return True
        return False

    def _take(self, path: Path, there: os.stat_result) -> None:
        if (there.st_dev, there.st_ino) in self._linked:
            return
        self._seen.add((there.st_dev, there.st_ino))
        name = self._name(path)
        if path.name == MANIFEST_FILE:
            self.made.manifests.append(path.parent)
        elif name != (shown := whole(name)):
            self.made.found.append(Problem(shown, "its name is not UTF-8; rename it"))
        else:
            self.made.found.append(File(path, name))

    def _pass_over(self, path: Path, reason: str) -> None:
        if self._passed is not None:
            shown = whole(path.relative_to(self._corpus).as_posix())
            self._passed.append(PassedOver(shown, reason))

    def _problem(self, path: Path, reason: str) -> None:
        self.made.found.append(Problem(self._name(path), reason))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix() if path != self._root else "."


def is_walked(path: Path, start: Path) -> bool:
    """Whether a survey that begins at `start` finds the file at `path`, by its name."""
    if path == start:
        return True
    if not path.is_relative_to(start) or path.suffix.lower() not in MEDIA_TYPES:
        return False
    return not any(part.startswith(".") for part in path.relative_to(start).parts)


def _is_readable(path: Path) -> bool:
    return path.suffix.lower() in MEDIA_TYPES or path.name == MANIFEST_FILE


def _no_reader(path: Path) -> str:
    return PACKED if is_named_packed(path) else no_reader(path)


def _is_in(path: str, folder: str) -> bool:
    """Whether a real path is that of the folder or below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _in_words(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "it is a link that leads back to itself; remove it"
    if error.errno == errno.ENOENT:
        return "there is nothing, or nothing any more"
    return error.strerror or str(error)
