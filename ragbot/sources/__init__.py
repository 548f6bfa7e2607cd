"""Where documents come from: a catalogue of sources, or any folder of files."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ragbot.errors import ConfigError
from ragbot.sources.bare import gather_bare
from ragbot.sources.catalog import CATALOG_FILE, Entry, load
from ragbot.sources.files import Problem, content, raw_document, walk
from ragbot.types import RawDocument

__all__ = ["FETCHERS", "Problem", "gather"]


def fetch_files(entry: Entry, root: Path, limit: int) -> Iterator[RawDocument | Problem]:
    """The documents of an entry of kind `files`: one file, or all readable files of a folder."""
    for file in walk(root, root / entry.obtain.path):
        if isinstance(file, Problem):
            yield file
            continue
        data = content(file, limit)
        yield data if isinstance(data, Problem) else raw_document(file, data, entry.source)


FETCHERS: dict[str, Callable[[Entry, Path, int], Iterator[RawDocument | Problem]]] = {
    "files": fetch_files
}


def gather(corpus: Path, limit: int) -> Iterator[RawDocument | Problem]:
    """Every document of a corpus folder, in a stable order, and a Problem for each that failed.

    With a sources.toml its entries are fetched, without one the folder's files are taken.
    `limit` is the largest file size in bytes.

    Raises:
        ConfigError: the folder is missing or its sources.toml is wrong.
    """
    if not corpus.is_dir():
        raise ConfigError(f"corpus folder {corpus} does not exist; name one with --corpus")
    if not (corpus / CATALOG_FILE).is_file():
        yield from gather_bare(corpus, limit)
        return
    for entry in load(corpus / CATALOG_FILE):
        yield from FETCHERS[entry.obtain.kind](entry, corpus, limit)
