"""Nearest vectors: the VectorStore protocol, and the store that fits a number of vectors."""

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ragbot.encoder import Vectors

Halves = npt.NDArray[np.float16]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class VectorStore(Protocol):
    """Finds the stored vectors with the largest inner product; row numbers are passage ordinals."""

    def search(self, queries: Vectors, limit: int, allowed: Mask | None) -> tuple[Vectors, Rows]:
        """Scores and rows, both of shape (queries, limit), best first, -1 where there are fewer.

        `allowed` has one entry a stored vector; rows where it is False are not found.
        """
        ...

    def vectors(self, rows: Rows) -> Vectors:
        """The stored vectors of some rows, shape (len(rows), dimension)."""
        ...

    def save(self, path: Path) -> None:
        """Write the store into one file."""
        ...

    def __len__(self) -> int:
        """How many vectors are stored."""
        ...
