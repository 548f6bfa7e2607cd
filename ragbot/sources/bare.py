"""Sources made up for a folder that has no sources.toml, from manifests, front matter and paths."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ragbot.readers.front_matter import split_front_matter
from ragbot.sources.catalog import UNDATED, UNKNOWN
from ragbot.sources.files import File, Problem, content, manifest, raw_document
from ragbot.sources.identity import LONGEST, id_of
from ragbot.sources.walk import Reach, survey
from ragbot.types import Authority, RawDocument, Source, SourceKind

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Named:
    """What sources.toml names by itself: files and folders, and the ids of its sources."""

    places: frozenset[Path] = frozenset()
    ids: frozenset[str] = frozenset()

    def holds(self, path: Path) -> bool:
        """Whether a path is one of the places or lies in one."""
        return not self.places.isdisjoint((path, *path.parents))


def gather_bare(
    reach: Reach, root: Path, named: Named | None = None
) -> Iterator[RawDocument | Problem]:
    """Every readable document of a folder in the corpus, each with a source made up for it.

    What is `named` elsewhere is passed over: it is read as that.

    A MANIFEST.jsonl beside or above a file tells its facts; such files share one source for each
    repository and subject. Any other file is a source of its own, with the facts of its front
    matter.
    """
    named = named or Named()
    facts: dict[Path, Mapping[str, object]] = {}
    there = survey(reach, root, root)
    for folder in there.manifests:
        rows = manifest(folder)
        if isinstance(rows, Problem):
            yield Problem((folder / rows.path).relative_to(root).as_posix(), rows.reason)
            continue
        facts |= {folder / path: row for path, row in rows.items()}
    taken = set(named.ids)
    for file in there.found:
        if named.holds(root / file.path):
            continue
        if isinstance(file, Problem):
            yield file
            continue
        data = content(file, reach.limit)
        if isinstance(data, Problem):
            yield data
        elif file.location in facts:
            yield _listed(file, data, facts[file.location])
        else:
            raw = _unlisted(file, data)
            if raw.source.id in taken:  # two paths may make the same id
                mark = hashlib.sha256(file.path.encode()).hexdigest()[:8]
                unique = f"{raw.source.id[: LONGEST - 9].rstrip('-')}-{mark}"
                raw = replace(raw, source=replace(raw.source, id=unique))
            taken.add(raw.source.id)
            yield raw


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
        published=_date(_text(row, "published")),
        updated=_date(_text(row, "updated", "file_last_changed", "commit_date")),
        version=_text(row, "docs_version", "version"),
        licence=_text(row, "licence", "license"),
        obtained=_text(row, "obtained_from"),
    )


def _unlisted(file: File, data: bytes) -> RawDocument:
    told, _ = split_front_matter(data[:20_000].decode("utf-8", errors="ignore"))
    stem = Path(file.path).stem
    title = _text(told, "title") or stem.replace("_", " ").replace("-", " ")
    kind = _text(told, "kind")
    authority = _text(told, "authority")
    source = Source(
        id=id_of(file.path.rsplit(".", 1)[0]),
        title=title,
        author=_text(told, "author") or UNKNOWN,
        publisher=_text(told, "publisher") or UNKNOWN,
        url=_text(told, "url", "canonical_url") or UNKNOWN,
        published=_date(_text(told, "published", "date")) or UNDATED,
        updated=_date(_text(told, "updated", "modified", "lastmod")) or UNDATED,
        version=_text(told, "version"),
        authority=Authority(authority) if authority in set(Authority) else Authority.INDEPENDENT,
        subjects=(),
        licence=_text(told, "licence", "license") or UNKNOWN,
        kind=SourceKind(kind) if kind in set(SourceKind) else SourceKind.ARTICLE,
    )
    return raw_document(file, data, source)


def _text(row: Mapping[str, object], *names: str) -> str:
    """The first of these entries that says something, as text."""
    return next((str(row[name]).strip() for name in names if row.get(name)), "")


def _date(text: str) -> str:
    match = _DATE.match(text)
    return match.group() if match else ""
