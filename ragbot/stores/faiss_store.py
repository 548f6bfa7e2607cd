"""A VectorStore over FAISS: exact up to a number of vectors, lists around centres above it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Self

import faiss
import numpy as np

from ragbot import door
from ragbot.encoder import Vectors
from ragbot.stores import Halves, Mask, Rows
from ragbot.stores.faiss_check import check

Kind = Literal["flat", "ivf"]

LISTS = 2.0  # times the root of the number of vectors
SLAB = 65_536  # vectors widened to float32 at a time
TRAINING = 64  # vectors a list from which its centre is learnt
TRAINING_ROUNDS = 10  # of k-means
PROBED_SHARE = 3 / 16  # of the vectors, compared with a query
PROBED_LEAST = 32  # lists


class FaissStore:
    """Unit vectors of float16 in a FAISS index, by inner product, which is their cosine.

    Of the kind "flat" every vector is compared with. Of "ivf" (inverted file; Sivic and Zisserman,
    2003) the vectors lie in about 2 sqrt(n) lists, each around a centre that k-means has found, and
    the lists of the nearest centres are looked through.
    """

    def __init__(self, index: faiss.Index) -> None:
        self._index = index
        if isinstance(index, faiss.IndexIVF):
            # FAISS keeps the list of a row in the upper half of its place (lo_build).
            places = faiss.vector_to_array(index.direct_map.array)
            self._list_of = (places >> 32).astype(np.int32)

    @classmethod
    def build(cls, vectors: Vectors | Halves, kind: Kind) -> Self:
        """Store vectors, shape (n, dimension), in row order; what float16 cannot hold is rounded.

        The same vectors give the same store, bit for bit, on the same machine.
        """
        count, dimension = vectors.shape
        half, product = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        if kind == "flat" or count == 0:
            index = faiss.IndexScalarQuantizer(dimension, half, product)
        else:
            lists = max(1, min(count, int(LISTS * np.sqrt(count))))
            centres = faiss.IndexFlatIP(dimension)
            index = faiss.IndexIVFScalarQuantizer(centres, dimension, lists, half, product, False)
            index.cp.spherical = True  # centres are unit vectors too
            index.cp.niter = TRAINING_ROUNDS
            index.cp.min_points_per_centroid = 1
            # Evenly spaced and not drawn, so that nothing depends on chance.
            index.train(_wide(vectors[:: max(1, count // (lists * TRAINING))]))
        for slab in _slabs(vectors):
            index.add(slab)
        if isinstance(index, faiss.IndexIVF):
            index.make_direct_map()
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a store back, all of it into memory.

        Raises:
            IndexDamagedError: the file is no FAISS index, or one that `build` does not make.
        """
        with door.opened(path) as stream:
            size = os.fstat(stream.fileno()).st_size
        with door.parsing(path, "is no FAISS index"), _at_most(size):
            index = faiss.read_index(str(path))
        with door.parsing(path, "is a FAISS index of another kind"):
            check(index)
        return cls(index)

    def search(self, queries: Vectors, limit: int, allowed: Mask | None) -> tuple[Vectors, Rows]:
        """Scores and rows, both of shape (queries, limit), best first, -1 where there are fewer."""
        limit = min(limit, len(self))
        if limit == 0 or (allowed is not None and not allowed.any()):
            shape = (len(queries), 0)
            return np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.int64)
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        bitmap = None if allowed is None else np.packbits(allowed, bitorder="little")
        selector = None if bitmap is None else faiss.IDSelectorBitmap(bitmap)
        with _threads(len(queries)):
            if isinstance(self._index, faiss.IndexIVF):
                return self._looked_through(queries, limit, allowed, selector)
            wanted = faiss.SearchParameters(sel=selector)
            found: tuple[Vectors, Rows] = self._index.search(queries, limit, params=wanted)
            return found

    def vectors(self, rows: Rows) -> Vectors:
        """The stored vectors of some rows, shape (len(rows), dimension)."""
        if len(rows) == 0:
            return np.empty((0, self.dimension), dtype=np.float32)
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

    def _looked_through(
        self,
        queries: Vectors,
        limit: int,
        allowed: Mask | None,
        selector: faiss.IDSelector | None,
    ) -> tuple[Vectors, Rows]:
        scores = np.empty((len(queries), limit), dtype=np.float32)
        rows = np.empty((len(queries), limit), dtype=np.int64)
        for probes, some in self._probes(queries, allowed):
            wanted = faiss.SearchParametersIVF(sel=selector, nprobe=probes)
            scores[some], rows[some] = self._index.search(queries[some], limit, params=wanted)
        return scores, rows

    def _probes(self, queries: Vectors, allowed: Mask | None) -> Iterator[tuple[int, Rows]]:
        """In how many lists to look, for each of the queries or for all at once.

        Under a mask it is the more lists, the fewer rows are allowed and the farther from the query
        they lie: until they hold a share of those rows that grows with the root of their rarity.
        """
        index = self._index
        probes = min(index.nlist, max(PROBED_LEAST, int(np.ceil(index.nlist * PROBED_SHARE))))
        if allowed is None:
            yield probes, np.arange(len(queries))
            return
        held = np.bincount(self._list_of[allowed], minlength=index.nlist)
        enough = min(np.sqrt(len(self) * held.sum()) * probes / index.nlist, held.sum())
        nearest = index.quantizer.search(queries, index.nlist)[1]
        for query, lists in enumerate(nearest):
            yield int(np.searchsorted(held[lists].cumsum(), enough)) + 1, np.array([query])


_limited = threading.Lock()


@contextmanager
def _at_most(size: int) -> Iterator[None]:
    """FAISS reads no vector of more bytes than that, whatever a file declares."""
    with _limited:
        before = faiss.get_deserialization_vector_byte_limit()
        faiss.set_deserialization_vector_byte_limit(size)
        try:
            yield
        finally:
            faiss.set_deserialization_vector_byte_limit(before)


@contextmanager
def _threads(most: int) -> Iterator[None]:
    """So many threads of FAISS at most: one without work is waited for too, on a busy machine."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(min(most, before))
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _slabs(vectors: Vectors | Halves) -> Iterator[Vectors]:
    for at in range(0, len(vectors), SLAB):
        yield _wide(vectors[at : at + SLAB])


def _wide(vectors: Vectors | Halves) -> Vectors:
    return np.ascontiguousarray(vectors, dtype=np.float32)
