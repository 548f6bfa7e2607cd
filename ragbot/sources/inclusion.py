"""Finds the files that a document takes in: beside it or above it, never outside of its folder."""

import stat
from collections.abc import Iterator
from pathlib import Path

from ragbot.readers.decode import plain_lines
from ragbot.readers.include_files import DEEPEST
from ragbot.readers.includes import names_in
from ragbot.sources.files import File, Problem, content
from ragbot.sources.walk import Reach
from ragbot.types import Included

_TAKES_IN = {"text/markdown", "text/mdx", "text/x-rst", "text/plain"}
_MOST_FILES = 200  # that are looked for, whether they are there or not
_MOST_BYTES = 2_000_000  # of all the files that one document takes in
_SNIPPETS = ".snippets"
_KEPT_IN = ("", "docs", "includes", "snippets", "_includes", _SNIPPETS)


def inclusions(reach: Reach, file: File, data: bytes, media_type: str) -> tuple[Included, ...]:
    """The files that a document takes in, each by the name that it is written with.

    A name is looked up from the document's own folder, then from each one above it up to the corpus
    folder, and in the folders in which such files are usually kept. What is read as a document of
    its own comes without its text; what is hidden or not there does not come.
    """
    if media_type not in _TAKES_IN:
        return ()
    found: dict[str, Included] = {}
    looked_up: set[tuple[Path, str]] = set()
    left = _MOST_BYTES
    waiting = [(data.decode("utf-8", "ignore"), file.location.parent, 0)]
    while waiting:
        text, folder, depth = waiting.pop(0)
        for name in dict.fromkeys(names_in(text)):
            if name in found or (folder, name) in looked_up:
                continue
            if len(looked_up) >= _MOST_FILES:
                return tuple(found.values())
            looked_up.add((folder, name))
            path = _place_of(name, folder, reach.corpus)
            if path is None or path == file.location:
                continue
            if reach.reads(path):
                found[name] = Included(name, "", is_document=True)
                continue
            taken = content(File(path, path.relative_to(reach.corpus).as_posix()), left)
            if isinstance(taken, Problem) or b"\x00" in taken:
                continue
            left -= len(taken)
            words = plain_lines(taken.decode("utf-8-sig", "replace"))
            found[name] = Included(name, words)
            if depth < DEEPEST:
                waiting.append((words, path.parent, depth + 1))
    return tuple(found.values())


def _place_of(name: str, folder: Path, root: Path) -> Path | None:
    """Where a file of that name is, None where there is none to be seen inside of the folder."""
    plain = name.strip().lstrip("@/").strip()
    if not plain or "\x00" in plain or plain.startswith(("http:", "https:", "<")):
        return None
    home = root.resolve()
    for base in _bases(folder, root):
        for kept in _KEPT_IN:
            try:
                path = (base / kept / plain).resolve()
                is_plain = stat.S_ISREG(path.stat().st_mode)
            except (OSError, ValueError, RuntimeError):
                continue
            if is_plain and path.is_relative_to(home):
                inside = path.relative_to(home)
                if not _is_hidden(inside):
                    return root / inside
    return None


def _bases(folder: Path, root: Path) -> Iterator[Path]:
    yield folder
    for above in folder.parents:
        if above == root or above.is_relative_to(root):
            yield above


def _is_hidden(path: Path) -> bool:
    """Whether a file, or a folder on the way to it, is hidden; the one of snippets is not."""
    folders = (part for part in path.parts[:-1] if part != _SNIPPETS)
    return any(part.startswith(".") for part in (*folders, path.name))
