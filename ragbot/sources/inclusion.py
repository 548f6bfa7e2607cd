"""Finds the files that a document takes in: beside it or above it, never outside of its folder."""

import stat
from collections.abc import Iterator
from pathlib import Path

from ragbot.readers import MEDIA_TYPES
from ragbot.readers.includes import DEEPEST, names_in
from ragbot.sources.files import File, Problem, content
from ragbot.types import Included

_TAKES_IN = {"text/markdown", "text/mdx", "text/x-rst", "text/plain"}
_MOST_FILES = 200
_MOST_BYTES = 2_000_000  # of all the files that one document takes in
_KEPT_IN = ("", "docs", "includes", "snippets", "_includes", ".snippets")


def inclusions(root: Path, file: File, data: bytes, media_type: str) -> tuple[Included, ...]:
    """The files that a document takes in, each by the name that it is written with.

    A name is looked up from the document's own folder, then from each one above it up to `root`,
    and in the folders in which such files are usually kept. What is a document of the corpus itself
    comes without its text, what is not there does not come.
    """
    if media_type not in _TAKES_IN:
        return ()
    found: dict[str, Included] = {}
    left = _MOST_BYTES
    waiting = [(data.decode("utf-8", "ignore"), file.location.parent, 0)]
    while waiting and len(found) < _MOST_FILES:
        text, folder, depth = waiting.pop(0)
        for name in dict.fromkeys(names_in(text)):
            path = _place_of(name, folder, root) if name not in found else None
            if path is None or path == file.location:
                continue
            relative = path.relative_to(root)
            if _is_document(relative):
                found[name] = Included(name, "", is_document=True)
                continue
            taken = content(File(path, relative.as_posix()), left)
            if isinstance(taken, Problem) or b"\x00" in taken:
                continue
            left -= len(taken)
            words = taken.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
            found[name] = Included(name, words)
            if depth < DEEPEST:
                waiting.append((words, path.parent, depth + 1))
    return tuple(found.values())


def _place_of(name: str, folder: Path, root: Path) -> Path | None:
    """Where a file of that name is, None where there is none inside of the folder."""
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
                return root / path.relative_to(home)
    return None


def _bases(folder: Path, root: Path) -> Iterator[Path]:
    yield folder
    for above in folder.parents:
        if above == root or above.is_relative_to(root):
            yield above


def _is_document(path: Path) -> bool:
    """Whether a file is read as a document of its own: by its ending, and in no hidden folder."""
    is_hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix.lower() in MEDIA_TYPES and not is_hidden
