"""Writes the vectors and the postings of a generation whose texts are written."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ragbot import passages
from ragbot.encoder import Encoder
from ragbot.errors import BuildError
from ragbot.index import manifest
from ragbot.index.cache import CACHE_FILE, EmbeddingCache
from ragbot.index.library import Library
from ragbot.index.manifest import Nearness
from ragbot.index.nearness import measured
from ragbot.index.reference import ReferenceArrays
from ragbot.lexical import LexicalIndex
from ragbot.progress import Progress
from ragbot.settings import Settings
from ragbot.stores.faiss_store import FaissStore, Kind


def write_vectors(
    work: Path, settings: Settings, encoder: Encoder, progress: Progress
) -> tuple[str, Nearness]:
    """Encode passages and statements, index the passages; the kind of store, what is near there.

    What is known of programming names is written too, as it needs both.

    Raises:
        BuildError: the vectors could not be written.
    """
    cache = EmbeddingCache(settings.index / CACHE_FILE)
    try:
        with Library(work / manifest.LIBRARY_FILE) as library:
            texts = passage_texts(library)
            vectors = cache.encode(encoder, texts, library.passages, "Encoding passages", progress)
            kind: Kind = "flat" if len(vectors) <= settings.flat_limit else "ivf"
            store = FaissStore.build(vectors, kind)
            _save(store, work / manifest.VECTORS_FILE)
            nearness = measured(library, store, encoder)
            texts = library.statement_texts()
            vectors = cache.encode(
                encoder, texts, library.statements, "Encoding statements", progress
            )
            np.save(work / manifest.STATEMENTS_FILE, vectors, allow_pickle=False)
            progress.stage("Reading names", None)
            reference = ReferenceArrays.made(library, vectors, store)
            if len(reference.places):
                reference.save(work)
            progress.stage("Indexing words", None)
            LexicalIndex.build(passage_texts(library)).save(work / manifest.LEXICAL_FOLDER)
    finally:
        cache.close()
    return kind, nearness


def passage_texts(library: Library) -> Iterator[str]:
    """What is encoded and indexed of every passage, by ordinal."""
    return (passages.encoded_text(passage, title) for passage, title in library.passage_titles())


def _save(store: FaissStore, path: Path) -> None:
    try:
        store.save(path)
    except RuntimeError as error:  # FAISS raises nothing else, not even for a full disk
        raise BuildError(
            f"{path.name} could not be written (is the disk full?); what was live before still is"
        ) from error
