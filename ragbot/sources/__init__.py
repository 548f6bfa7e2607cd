"""Where documents come from: a catalogue of sources, or any folder of files."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ragbot.errors import ConfigError, SourceError
from ragbot.readers.front_matter import front_matter_of
from ragbot.sources.bare import Named, gather_bare, told_address
from ragbot.sources.catalog import (
    CATALOG_FILE,
    Entry,
    Folder,
    ObtainFiles,
    folders,
    has_catalog,
    load,
    no_corpus,
)
from ragbot.sources.entrance import admitted
from ragbot.sources.fetching import Fetched
from ragbot.sources.files import File, PassedOver, Problem, content, raw_document
from ragbot.sources.packed import documents_of_packed, is_packed
from ragbot.sources.shelf import fetched, synced
from ragbot.sources.surroundings import surrounded
from ragbot.sources.sync import shelf_path
from ragbot.sources.walk import Reach, is_walked, survey
from ragbot.types import RawDocument, Source, SourceKind

__all__ = ["PassedOver", "Problem", "gather", "unsynced"]

NOT_NAMED = f"{CATALOG_FILE} does not name it"


def gather(
    corpus: Path,
    index: Path,
    limit: int,
    *,
    follow_links: bool = False,
    passed: list[PassedOver] | None = None,
) -> Iterator[RawDocument | Problem]:
    """Every document of a corpus folder, in a stable order, and a Problem for each that failed.

    With a sources.toml its entries are taken: files from the folder, what is fetched from the store
    in the `index` folder. Without one the folder's files are taken. `limit` is the largest file
    size in bytes; `follow_links` reads what links out of the folder lead to. `passed`, where it is
    given, gets all else that lies in the folder, once everything was gathered.

    Raises:
        ConfigError: the folder is missing or its sources.toml is wrong.
    """
    if not corpus.is_dir():
        raise ConfigError(no_corpus(corpus))
    reach = Reach(corpus, limit, follow_links, passed)
    yield from admitted(_gathered(reach, index))


def _gathered(reach: Reach, index: Path) -> Iterator[RawDocument | Problem]:
    corpus = reach.corpus
    if not has_catalog(corpus):
        yield from gather_bare(_knowing(reach, [corpus]), [Folder(path=".")])
        return
    entries = load(corpus / CATALOG_FILE)
    bare = folders(corpus / CATALOG_FILE)
    bare_places = [corpus / folder.path for folder in bare]
    named = Named(
        frozenset(corpus / path for entry in entries if (path := _place(entry))),
        frozenset(entry.source.id for entry in entries),
    )
    own_places = [corpus / path for entry in entries if (path := _read_place(entry, index))]
    reach = _knowing(reach, bare_places, named, own_places)
    for entry in entries:
        yield from _documents(entry, reach, index)
    yield from gather_bare(reach, bare, named)
    _pass_over_the_rest(reach, named, bare_places)


def _knowing(
    reach: Reach, bare: list[Path], named: Named | None = None, own: Iterable[Path] = ()
) -> Reach:
    """The reach, knowing what is read: the `own` places of entries, and all else in `bare` ones."""
    named = named or Named()

    def reads(path: Path) -> bool:
        if any(is_walked(path, place) for place in own):
            return True
        return not named.holds(path) and any(is_walked(path, folder) for folder in bare)

    return replace(reach, reads=reads)


def _pass_over_the_rest(reach: Reach, named: Named, bare: list[Path]) -> None:
    """Put into `reach.passed`, where it is asked for, what sources.toml does not name."""
    if reach.passed is None:
        return
    known = {one.path for one in reach.passed}
    beside: list[PassedOver] = []
    rest = Reach(reach.corpus, reach.limit, passed=beside)
    for file in survey(rest, reach.corpus, reach.corpus).found:
        at = reach.corpus / file.path
        if isinstance(file, File) and not named.holds(at) and not _is_below(at, bare):
            reach.passed.append(PassedOver(file.path, NOT_NAMED))
    reach.passed.extend(
        one for one in beside if one.path not in known and not named.holds(reach.corpus / one.path)
    )


def _is_below(path: Path, folders: list[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _place(entry: Entry) -> str:
    """The file or folder of the corpus that an entry speaks for, "" where there is none."""
    if isinstance(entry.obtain, ObtainFiles):
        return entry.obtain.path
    return getattr(entry.obtain, "stand_in", "")


def _read_place(entry: Entry, index: Path) -> str:
    """The same, but "" where what was fetched is read instead."""
    if not isinstance(entry.obtain, ObtainFiles) and synced(shelf_path(index, entry.source.id)):
        return ""
    return _place(entry)


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
        yield from _files(entry.source, reach, entry.obtain)
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
        yield from _files(digest, reach, ObtainFiles(kind="files", path=stand_in))


def _files(source: Source, reach: Reach, obtain: ObtainFiles) -> Iterator[RawDocument | Problem]:
    for file in survey(reach, reach.corpus, reach.corpus / obtain.path).found:
        if isinstance(file, Problem):
            yield file
        elif is_packed(file.location):
            for found in documents_of_packed(file, source, reach.limit, reach.passed):
                yield found if isinstance(found, Problem) else _placed(found, obtain)
        else:
            data = content(file, reach.limit)
            if isinstance(data, Problem):
                yield data
            else:
                told = told_address(front_matter_of(data))
                placed = _placed(raw_document(file, data, source, url=told), obtain)
                yield surrounded(placed, file, reach)


def _placed(raw: RawDocument, obtain: ObtainFiles) -> RawDocument:
    """The document at its own address, where it does not tell one itself but its entry does."""
    if raw.url != raw.source.url:
        return raw
    inside = PurePosixPath(raw.path).relative_to(PurePosixPath(obtain.path))
    address = obtain.filled(str(inside) if inside.parts else PurePosixPath(raw.path).name)
    return replace(raw, url=address or raw.url)


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
