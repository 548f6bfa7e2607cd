"""What a new generation no longer holds of the live one, and whether that takes the user's word."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ragbot.index import generation, manifest
from ragbot.index.library import Library
from ragbot.index.manifest import Manifest

FEW: Final = 5  # documents; fewer may always go
SHARE: Final = 1 / 3  # of the live documents; up to that may always go
PLACE: Final = "corpus_place"  # among a manifest's settings
SHOWN: Final = 5  # sources that are named


@dataclass(frozen=True, slots=True)
class Consent:
    """What may vanish by the user's word.

    `everything`; or the documents of `sources`, which were removed by name; or, with
    `corpus_named`, what another corpus folder than that of the live generation does not have.
    """

    everything: bool = False
    sources: frozenset[str] = frozenset()
    corpus_named: bool = False


NO_CONSENT: Final = Consent()


@dataclass(frozen=True, slots=True)
class Losses:
    """How many of the live documents (`of`) are gone, by source; `refused`: too many to go live.

    A document that is elsewhere now, word for word or by its path, is not gone; nor is one whose
    source has as many as before, since then it was replaced.
    """

    documents: int = 0
    of: int = 0
    sources: Mapping[str, int] = field(default_factory=dict)
    refused: bool = False

    @property
    def words(self) -> str:
        """In words, "12 of 20 documents: heron 9, ibex 3"; "" where nothing is gone."""
        if not self.documents:
            return ""
        most = sorted(self.sources.items(), key=lambda pair: (-pair[1], pair[0]))
        named = ", ".join(f"{name} {number:,}" for name, number in most[:SHOWN])
        more = f" and {len(most) - SHOWN:,} more sources" if len(most) > SHOWN else ""
        return f"{self.documents:,} of {self.of:,} documents: {named}{more}"


NOTHING_LOST: Final = Losses()


def place_of(corpus: Path) -> str:
    """A corpus folder by a digest: a generation that is copied elsewhere tells no path."""
    return hashlib.sha256(str(corpus.resolve()).encode(errors="surrogateescape")).hexdigest()[:16]


def between(index: Path, live: Manifest, new: Manifest, consent: Consent) -> Losses:
    """What of the live generation the new one does not hold, held against what may vanish.

    Raises:
        IndexDamagedError: one of the two holds no library.
    """
    folders = index / generation.GENERATIONS
    before = Library(folders / live.name / manifest.LIBRARY_FILE)
    after = Library(folders / new.name / manifest.LIBRARY_FILE)
    with before, after:
        found = _losses(before, after)
    told = live.settings.get(PLACE)
    moved = told is not None and told != new.settings.get(PLACE)
    if consent.everything or (consent.corpus_named and moved):
        return found
    counted = sum(n for source, n in found.sources.items() if source not in consent.sources)
    return replace(found, refused=counted >= FEW and counted > found.of * SHARE)


def _losses(before: Library, after: Library) -> Losses:
    old, new = dict(_places(before)), dict(_places(after))
    arrived = [place for place in new if place not in old]
    paths = {path for _, path in arrived}
    texts = {_text(after, new[place]) for place in arrived}
    gone = Counter(
        source
        for (source, path), ordinal in old.items()
        if (source, path) not in new and path not in paths and _text(before, ordinal) not in texts
    )
    had, has = Counter(source for source, _ in old), Counter(source for source, _ in new)
    sources = {name: min(many, had[name] - has[name]) for name, many in gone.items()}
    sources = {name: many for name, many in sorted(sources.items()) if many > 0}
    return Losses(sum(sources.values()), len(old), sources)


def _places(library: Library) -> Iterator[tuple[tuple[str, str], int]]:
    """(source, path) of every document with its ordinal, or that of the one that speaks for it."""
    query = "SELECT ordinal, source_id, path, json_extract(facts, '$.also_at') FROM documents"
    for ordinal, source, path, also in library.read(query):
        for other in json.loads(also or "[]"):
            yield (other["source_id"], other["path"]), ordinal
        yield (source, path), ordinal


def _text(library: Library, ordinal: int) -> str:
    (row,) = library.read("SELECT text FROM documents WHERE ordinal = ?", ordinal)
    return str(row["text"])
