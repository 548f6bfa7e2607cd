"""How near the best statement of a passage is to a query."""

from typing import Self

import numpy as np
import numpy.typing as npt

from ragbot.encoder import Vectors
from ragbot.index.arrays import statement_starts
from ragbot.index.generation import Generation
from ragbot.retrieval import Vector
from ragbot.stores import Rows


class StatementScores:
    """Cosines of queries and the statements of passages, both of one generation.

    `vectors` has shape (statements, dimension), in the order of the passages; `starts`, of shape
    (passages + 1,), says where the statements of each passage begin.
    """

    def __init__(self, vectors: npt.NDArray[np.floating], starts: Rows) -> None:
        self._vectors = vectors
        self._starts = starts

    @classmethod
    def of(cls, generation: Generation) -> Self:
        """Those of a generation."""
        return cls(generation.statement_vectors, statement_starts(generation.library))

    def best(self, passages: Rows, vector: Vector) -> tuple[Vectors, Rows]:
        """The largest cosine of each passage and the ordinal of the statement that has it.

        A passage without statements has -1 twice.
        """
        begins, counts = self._starts[passages], np.diff(self._starts)[passages]
        cosines = np.full(len(passages), -1, dtype=np.float32)
        ordinals = np.full(len(passages), -1, dtype=np.int64)
        speaking = np.flatnonzero(counts)
        if not len(speaking):
            return cosines, ordinals
        counts = counts[speaking]
        ends = np.cumsum(counts)
        rows = np.arange(ends[-1]) + np.repeat(begins[speaking] - (ends - counts), counts)
        found = self._vectors.take(rows, axis=0).astype(np.float32) @ vector
        cosines[speaking] = np.maximum.reduceat(found, ends - counts)
        # Backwards, so that of two equal ones the first stays.
        is_best = np.flatnonzero(found == np.repeat(cosines[speaking], counts))[::-1]
        owner = np.repeat(speaking, counts)
        ordinals[owner[is_best]] = rows[is_best]
        return cosines, ordinals
