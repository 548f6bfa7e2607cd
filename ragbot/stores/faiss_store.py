"""A VectorStore over FAISS: exact up to a number of vectors, an HNSW graph above it."""

from pathlib import Path
from typing import Literal, Self

import faiss
import numpy as np

from ragbot.encoder import Vectors
from ragbot.errors import IndexDamagedError
from ragbot.stores import Mask, Rows

Kind = Literal["flat", "hnsw"]

HNSW_LINKS = 32  # M of Malkov and Yashunin (2018): links a vector
HNSW_BUILD_EFFORT = 200  # efConstruction
HNSW_SEARCH_EFFORT = 128  # efSearch
SCAN_UP_TO = 100_000  # rows of a mask; a graph loses rows where a mask lets few of them through


class FaissStore:
    """Vectors in a FAISS index, by inner product; for unit vectors that is the cosine."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, kind: Kind) -> Self:
        """Store vectors, shape (n, dimension), in row order."""
        dimension = vectors.shape[1]
        if kind == "flat":
            index = faiss.IndexFlatIP(dimension)
        else:
            index = faiss.IndexHNSWFlat(dimension, HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction = HNSW_BUILD_EFFORT
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a store back.

        Raises:
            IndexDamagedError: the file is no FAISS index.
        """
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise IndexDamagedError(
                f"{path} is no FAISS index; rebuild with `ragbot build --force`"
            ) from error

    def search(self, queries: Vectors, limit: int, allowed: Mask | None) -> tuple[Vectors, Rows]:
        """Scores and rows, both of shape (queries, limit), best first, -1 where there are fewer."""
        limit = min(limit, len(self))
        if limit == 0 or (allowed is not None and not allowed.any()):
            shape = (len(queries), 0)
            return np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.int64)
        index = self._index
        scan = allowed is not None and np.count_nonzero(allowed) <= SCAN_UP_TO
        if scan and isinstance(index, faiss.IndexHNSW):
            index = faiss.downcast_index(index.storage)
        scores, rows = index.search(
            np.ascontiguousarray(queries, dtype=np.float32),
            limit,
            params=_parameters(index, allowed),
        )
        return scores, rows

    def vectors(self, rows: Rows) -> Vectors:
        """The stored vectors of some rows, shape (len(rows), dimension)."""
        if len(rows) == 0:
            return np.empty((0, self._index.d), dtype=np.float32)
        found: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return found

    def save(self, path: Path) -> None:
        """Write the store into one file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        """How many vectors are stored."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return int(self._index.d)


def _parameters(index: faiss.Index, allowed: Mask | None) -> faiss.SearchParameters | None:
    graph = isinstance(index, faiss.IndexHNSW)
    if allowed is None:
        return faiss.SearchParametersHNSW(efSearch=HNSW_SEARCH_EFFORT) if graph else None
    bitmap = np.packbits(allowed, bitorder="little")
    selector = faiss.IDSelectorBitmap(bitmap)
    if graph:
        return faiss.SearchParametersHNSW(sel=selector, efSearch=HNSW_SEARCH_EFFORT)
    return faiss.SearchParameters(sel=selector)
