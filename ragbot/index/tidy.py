"""Takes away what is no longer needed: old generations, and what the caches hold for nobody."""

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from ragbot import sources
from ragbot.errors import IndexDamagedError
from ragbot.guide import Guide
from ragbot.index import generation, manifest
from ragbot.index.cache import CACHE_FILE, EmbeddingCache, embedding_key
from ragbot.index.lease import in_use
from ragbot.index.library import Library
from ragbot.index.manifest import EncoderFacts
from ragbot.index.read_cache import ReadCache
from ragbot.index.vectors import passage_texts
from ragbot.settings import Settings
from ragbot.sources import Problem

WORK_PREFIX = "building-"
SLACK = 4  # times what the kept generations use: from then on a cache is cut to that


def clear(index: Path) -> None:
    """Remove what a build that was killed has left; only under the lock of the build."""
    for left in index.glob(f"{WORK_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in index.glob(f"{generation.CURRENT_FILE}.*"):
        left.unlink(missing_ok=True)


def prune(index: Path, keep: int) -> None:
    """Remove the oldest generations beyond `keep`; never the live one, nor one that is open."""
    live = generation.live_name(index)
    older = [name for name in generation.names(index) if name != live]
    for name in older[: max(0, len(older) - keep + 1)]:
        remove(index, name)


def remove(index: Path, name: str) -> bool:
    """Remove a generation, at once as seen from outside; False where someone has it open."""
    folder = index / generation.GENERATIONS / name
    if in_use(folder):
        return False
    grave = Path(tempfile.mkdtemp(prefix=WORK_PREFIX, dir=index))
    try:
        folder.rename(grave / name)
    finally:
        shutil.rmtree(grave, ignore_errors=True)
    return True


def forget(settings: Settings, guide: Guide, names: list[str]) -> int:
    """Forget in both caches what none of these generations uses; how many entries that was.

    Of what was read, only what the corpus holds now is kept.
    """
    index = settings.index
    facts = [manifest.read(index / generation.GENERATIONS / name).encoder for name in names]
    with closing(EmbeddingCache(index / CACHE_FILE)) as embeddings:
        gone = embeddings.keep_only(_embedding_keys(index, names, facts))
    with closing(ReadCache(index, guide, facts[0].weights, facts[0].window)) as readings:
        keys = set()
        for raw in sources.gather(
            settings.corpus, index, settings.max_file_bytes, follow_links=settings.follow_links
        ):
            if not isinstance(raw, Problem):
                keys.add(readings.raw_key(raw))
        for name in names:
            with _library(index, name) as library:
                keys |= {readings.cut_key(document) for document in library.documents()}
        gone += readings.keep_only(keys)
    return gone


def bound(settings: Settings, guide: Guide, counts: manifest.Counts) -> None:
    """Cut caches that have grown far beyond what a generation uses."""
    index = settings.index
    with closing(EmbeddingCache(index / CACHE_FILE)) as embeddings:
        many = len(embeddings) > SLACK * (counts.passages + counts.statements)
    with closing(ReadCache(index, guide, "", 0)) as readings:
        documents = counts.documents + counts.folded_documents
        many = many or len(readings) > SLACK * 2 * documents
    if many:
        live = generation.live_name(index)
        names = [name for name in generation.names(index) if name != live]
        forget(settings, guide, [live, *names])


def _embedding_keys(index: Path, names: list[str], facts: list[EncoderFacts]) -> set[bytes]:
    keys: set[bytes] = set()
    for name, encoder in zip(names, facts, strict=True):
        try:
            with _library(index, name) as library:
                for texts in (passage_texts(library), library.statement_texts()):
                    keys |= {embedding_key(encoder.fingerprint, text) for text in texts}
        except IndexDamagedError:  # what is no use any more needs nothing kept
            continue
    return keys


def _library(index: Path, name: str) -> Library:
    return Library(index / generation.GENERATIONS / name / manifest.LIBRARY_FILE)
