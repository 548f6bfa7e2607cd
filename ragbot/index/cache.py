"""Embeddings already computed, kept across generations: a rebuild encodes only what is new."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ragbot.encoder import Encoder
from ragbot.progress import Progress

Halves = npt.NDArray[np.float16]

SLAB = 4096  # texts encoded and stored together: what a killed build loses at most


class EmbeddingCache:
    """Vectors by model fingerprint and text, as float16.

    Everything that a build stores goes through float16, so that a vector out of the cache and a
    fresh one are the same.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            self._database = _open(path)
        except sqlite3.DatabaseError:
            self._database = _anew(path)

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

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _slab(self, encoder: Encoder, texts: Sequence[str], progress: Progress) -> Halves:
        keys = [_key(encoder.fingerprint, text) for text in texts]
        try:
            known = self._known(set(keys), encoder.dimension)
        except sqlite3.DatabaseError:  # damage further in than opening it looks
            self._database.close()
            self._database, known = _anew(self._path), {}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        progress.advance(len(texts) - len(missing))
        if missing:
            new = encoder.encode_passages(list(missing.values()), progress.advance)
            fresh = dict(zip(missing, new.astype(np.float16), strict=True))
            with self._database:
                self._database.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(key, vector.tobytes()) for key, vector in fresh.items()],
                )
            known |= fresh
        return np.stack([known[key] for key in keys])

    def _known(self, keys: set[bytes], dimension: int) -> dict[bytes, Halves]:
        found: dict[bytes, Halves] = {}
        wanted = sorted(keys)
        for at in range(0, len(wanted), 500):
            part = wanted[at : at + 500]
            marks = ",".join("?" * len(part))
            for key, blob in self._database.execute(
                f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part
            ):
                vector = np.frombuffer(blob, dtype=np.float16)
                if len(vector) == dimension:
                    found[key] = vector
        return found


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(
        "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) "
        "WITHOUT ROWID"
    )
    return database


def _anew(path: Path) -> sqlite3.Connection:
    """An empty cache in the place of a damaged one: a cache may always be lost."""
    for part in (path, *path.parent.glob(f"{path.name}-*")):  # its write-ahead log too
        part.unlink(missing_ok=True)
    return _open(path)


def _key(fingerprint: str, text: str) -> bytes:
    return hashlib.sha256(f"{fingerprint}\n{text}".encode()).digest()
