"""Embeddings already computed, kept across generations: a rebuild encodes only what is new."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from ragbot import door
from ragbot.encoder import Encoder
from ragbot.index.table import Table
from ragbot.progress import Progress
from ragbot.stores import Halves

CACHE_FILE = "cache/embeddings.sqlite"
SLAB = 4096  # texts encoded and stored together: what a killed build loses at most


class EmbeddingCache:
    """Vectors by model fingerprint and text, as float16.

    Everything that a build stores goes through float16, so that a vector out of the cache and a
    fresh one are the same; an encoder owes a text the same vector in whatever company it comes.
    """

    def __init__(self, path: Path) -> None:
        self._table = Table(path)

    def encode(
        self, encoder: Encoder, texts: Iterator[str], count: int, stage: str, progress: Progress
    ) -> Halves:
        """Vectors of `count` texts, shape (count, dimension), encoding only the unknown ones."""
        vectors = np.empty((count, encoder.dimension), dtype=np.float16)
        progress.stage(stage, count)
        at = 0
        while at < count:
            slab = list(islice(texts, SLAB))
            vectors[at : at + len(slab)] = self._slab(encoder, slab, progress)
            at += len(slab)
        return vectors

    def keep_only(self, keys: set[bytes]) -> int:
        """Forget everything else, and how many vectors that was."""
        return self._table.keep_only(keys)

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self._table)

    def close(self) -> None:
        """Close the file."""
        self._table.close()

    def _slab(self, encoder: Encoder, texts: Sequence[str], progress: Progress) -> Halves:
        keys = [embedding_key(encoder.fingerprint, text) for text in texts]
        known = self._known(set(keys), encoder.dimension)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        progress.advance(len(texts) - len(missing))
        if missing:
            new = encoder.encode_passages(list(missing.values()), progress.advance)
            fresh = dict(zip(missing, new.astype(np.float16), strict=True))
            self._table.put({key: vector.tobytes() for key, vector in fresh.items()})
            known |= fresh
        return np.stack([known[key] for key in keys])

    def _known(self, keys: set[bytes], dimension: int) -> dict[bytes, Halves]:
        found = {}
        for key, value in self._table.get(keys).items():
            vector = np.frombuffer(value, np.float16) if len(value) == 2 * dimension else None
            if vector is not None and door.is_finite(vector):
                found[key] = vector
        return found


def embedding_key(fingerprint: str, text: str) -> bytes:
    """The key of a text's vector by the encoder with that fingerprint."""
    return hashlib.sha256(f"{fingerprint}\n{text}".encode()).digest()
