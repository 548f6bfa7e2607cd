"""Sources made up for a folder that has no sources.toml, from manifests, front matter and paths."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from ragbot.characters import seen
from ragbot.readers.dates import real_date
from ragbot.readers.front_matter import front_matter_of
from ragbot.sources.catalog import UNDATED, UNKNOWN, Folder
from ragbot.sources.files import File, Problem, content, manifest, raw_document
from ragbot.sources.identity import LONGEST, id_of
from ragbot.sources.surroundings import surrounded
from ragbot.sources.walk import Reach, survey
from ragbot.types import Authority, RawDocument, Source, SourceKind


@dataclass(frozen=True, slots=True)
class Named:
    """What sources.toml names by itself: files and folders, and the ids of its sources."""

    places: frozenset[Path] = frozenset()
    ids: frozenset[str] = frozenset()

    def holds(self, path: Path) -> bool:
        """Whether a path is one of the places or lies in one."""
        return not self.places.isdisjoint((path, *path.parents))


def gather_bare(
    reach: Reach, folders: Iterable[Folder], named: Named | None = None
) -> Iterator[RawDocument | Problem]:
    """Every readable document of folders in the corpus, each with a source made up for it.

    What is `named` elsewhere is passed over: it is read as that. A file that lies in two of the
    folders is read with the first of them.

    A MANIFEST.jsonl beside or above a file tells its facts; such files share one source for each
    repository and subject. Any other file is a source of its own, with the facts of its front
    matter.
    """
    named = named or Named()
    met: set[Path] = set()
    ids = set(named.ids)
    places: set[tuple[str, str]] = set()
    for folder in folders:
        root = reach.corpus / folder.path
        there = survey(reach, root, root)
        facts: dict[Path, Mapping[str, object]] = {}
        yield from _read_manifests(there.manifests, root, reach.limit, facts)
        for file in there.found:
            at = root / file.path
            if at in met or named.holds(at):
                continue
            met.add(at)
            data = file if isinstance(file, Problem) else content(file, reach.limit)
            if isinstance(file, Problem) or isinstance(data, Problem):
                yield cast(Problem, data)
                continue
            name = at.relative_to(reach.corpus).as_posix()
            row = facts.get(file.location)
            raw = _listed(file, data, row) if row else _own(_unlisted(file, data), name, ids)
            if raw.url == UNKNOWN:
                raw = replace(raw, url=folder.filled(file.path) or UNKNOWN)
            raw = surrounded(raw, file, reach)
            if (raw.source.id, raw.path) in places:  # two folders hold a file of this name
                raw = replace(raw, path=name)
            places.add((raw.source.id, raw.path))
            yield raw


def _read_manifests(
    folders: Iterable[Path], root: Path, limit: int, facts: dict[Path, Mapping[str, object]]
) -> Iterator[Problem]:
    """Put what manifests tell into `facts`; a Problem for each that cannot be read."""
    for folder in folders:
        rows = manifest(folder, limit)
        if isinstance(rows, Problem):
            yield Problem((folder / rows.path).relative_to(root).as_posix(), rows.reason)
        else:
            facts |= {folder / path: row for path, row in rows.items()}


def _own(raw: RawDocument, name: str, ids: set[str]) -> RawDocument:
    """The document with an id of its source that no other has; two names may make the same."""
    if raw.source.id in ids:
        mark = hashlib.sha256(name.encode()).hexdigest()[:8]
        unique = f"{raw.source.id[: LONGEST - 9].rstrip('-')}-{mark}"
        raw = replace(raw, source=replace(raw.source, id=unique))
    ids.add(raw.source.id)
    return raw


def _listed(file: File, data: bytes, row: Mapping[str, object]) -> RawDocument:
    subject = _text(row, "subject", "framework")
    repository = _text(row, "source_repo", "source")
    name = "/".join(dict.fromkeys(filter(None, (subject, repository)))) or "manifest"
    source = Source(
        id=id_of(name),
        title=repository or name,
        author=UNKNOWN,
        publisher=_text(row, "publisher") or (repository or name).split("/")[0],
        url=UNKNOWN,
        published=UNDATED,
        updated=UNDATED,
        version="",
        authority=Authority.OFFICIAL,
        subjects=(subject,) if subject else (),
        licence=_text(row, "licence", "license") or UNKNOWN,
        kind=SourceKind.DOCUMENTATION,
    )
    return raw_document(
        file,
        data,
        source,
        title=_text(row, "title"),
        url=_text(row, "url"),
        published=real_date(_text(row, "published")),
        updated=real_date(_text(row, "updated", "file_last_changed", "commit_date")),
        version=_text(row, "docs_version", "version"),
        licence=_text(row, "licence", "license"),
        obtained=_text(row, "obtained_from"),
    )


def _unlisted(file: File, data: bytes) -> RawDocument:
    told = front_matter_of(data)
    stem = Path(file.path).stem
    title = _text(told, "title") or stem.replace("_", " ").replace("-", " ")
    kind = _text(told, "kind")
    authority = _text(told, "authority")
    source = Source(
        id=id_of(file.path.rsplit(".", 1)[0]),
        title=title,
        author=_text(told, "author") or UNKNOWN,
        publisher=_text(told, "publisher") or UNKNOWN,
        url=told_address(told) or UNKNOWN,
        published=real_date(_text(told, "published", "date")) or UNDATED,
        updated=real_date(_text(told, "updated", "modified", "lastmod")) or UNDATED,
        version=_text(told, "version"),
        authority=Authority(authority) if authority in set(Authority) else Authority.INDEPENDENT,
        subjects=(),
        licence=_text(told, "licence", "license") or UNKNOWN,
        kind=SourceKind(kind) if kind in set(SourceKind) else SourceKind.ARTICLE,
    )
    return raw_document(file, data, source)


def told_address(fields: Mapping[str, object]) -> str:
    """The address that a document's front matter tells of it, "" for none or a path alone."""
    told = _text(fields, "url", "canonical_url")
    return "" if told.startswith(("/", ".")) else told


def _text(row: Mapping[str, object], *names: str) -> str:
    """The first of these entries that says something, as text."""
    return next((seen(str(row[name])).strip() for name in names if row.get(name)), "")
