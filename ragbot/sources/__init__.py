"""Where documents come from: a catalogue of sources, or any folder of files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ragbot.errors import ConfigError, SourceError
from ragbot.sources.bare import Named, gather_bare
from ragbot.sources.catalog import CATALOG_FILE, Entry, ObtainFiles, folders, has_catalog, load
from ragbot.sources.entrance import admitted
from ragbot.sources.fetching import Fetched
from ragbot.sources.files import Problem, content, raw_document
from ragbot.sources.packed import documents_of_packed, is_packed
from ragbot.sources.shelf import fetched, synced
from ragbot.sources.sync import shelf_path
from ragbot.sources.walk import Reach, survey
from ragbot.types import RawDocument, Source, SourceKind

__all__ = ["Problem", "gather", "unsynced"]


def gather(
    corpus: Path, index: Path, limit: int, *, follow_links: bool = False
) -> Iterator[RawDocument | Problem]:
    """Every document of a corpus folder, in a stable order, and a Problem for each that failed.

    With a sources.toml its entries are taken: files from the folder, what is fetched from the store
    in the `index` folder. Without one the folder's files are taken. `limit` is the largest file
    size in bytes; `follow_links` reads what links out of the folder lead to.

    Raises:
        ConfigError: the folder is missing or its sources.toml is wrong.
    """
    if not corpus.is_dir():
        raise ConfigError(f"corpus folder {corpus} does not exist; name one with --corpus")
    yield from admitted(_gathered(Reach(corpus, limit, follow_links), index))


def _gathered(reach: Reach, index: Path) -> Iterator[RawDocument | Problem]:
    corpus = reach.corpus
    if not has_catalog(corpus):
        yield from gather_bare(reach, [corpus])
        return
    entries = load(corpus / CATALOG_FILE)
    for entry in entries:
        yield from _documents(entry, reach, index)
    named = Named(
        frozenset(corpus / path for entry in entries if (path := _place(entry))),
        frozenset(entry.source.id for entry in entries),
    )
    bare = [corpus / folder for folder in folders(corpus / CATALOG_FILE)]
    yield from gather_bare(reach, bare, named)


def _place(entry: Entry) -> str:
    """The file or folder of the corpus that an entry speaks for, "" where there is none."""
    if isinstance(entry.obtain, ObtainFiles):
        return entry.obtain.path
    return getattr(entry.obtain, "stand_in", "")


def unsynced(corpus: Path, index: Path) -> tuple[str, ...]:
    """The ids of the sources that are to be fetched and never were."""
    if not has_catalog(corpus):
        return ()
    return tuple(
        entry.source.id
        for entry in load(corpus / CATALOG_FILE)
        if not isinstance(entry.obtain, ObtainFiles)
        and synced(shelf_path(index, entry.source.id)) is None
    )


def _documents(entry: Entry, reach: Reach, index: Path) -> Iterator[RawDocument | Problem]:
    if isinstance(entry.obtain, ObtainFiles):
        yield from _files(entry.source, reach, entry.obtain.path)
        return
    shelf = shelf_path(index, entry.source.id)
    if synced(shelf) is not None:
        try:
            for document in fetched(shelf):
                yield _fetched(entry.source, document)
        except SourceError as error:
            yield Problem(entry.source.id, str(error))
    elif stand_in := getattr(entry.obtain, "stand_in", ""):
        digest = replace(entry.source, kind=SourceKind.DIGEST)
        yield from _files(digest, reach, stand_in)


def _files(source: Source, reach: Reach, path: str) -> Iterator[RawDocument | Problem]:
    for file in survey(reach, reach.corpus, reach.corpus / path).found:
        if isinstance(file, Problem):
            yield file
        elif is_packed(file.location):
            yield from documents_of_packed(file, source, reach.limit)
        else:
            data = content(file, reach.limit)
            yield data if isinstance(data, Problem) else raw_document(file, data, source)


def _fetched(source: Source, document: Fetched) -> RawDocument:
    """A document of the store; what was not fetched of its facts is the source's."""
    return RawDocument(
        source=source,
        path=document.path,
        content=document.content,
        media_type=document.media_type,
        title=document.title,
        url=document.url or source.url,
        published=document.published or source.published,
        updated=document.updated or source.updated,
        version=document.version or source.version,
        subjects=source.subjects,
        licence=document.licence or source.licence,
        obtained="synced",
    )
