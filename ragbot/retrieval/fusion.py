"""What two retrievers find for one query, with their scores fused."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ragbot.encoder import Vectors
from ragbot.lexical import Scores
from ragbot.stores import Mask, Rows, VectorStore

POOL = 200  # candidates taken from each retriever
DENSE_WEIGHT = 0.85  # of the fused score; the rest is BM25's (docs/log.md, 2026-11-20)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that some retriever found, ascending, each with its scores.

    `dense_rows` and `lexical_rows` are what each retriever found, best first; `dense`, `lexical`
    and `fused` have one entry a row of `rows`.
    """

    rows: Rows
    dense_rows: Rows
    lexical_rows: Rows
    dense: Vectors
    lexical: Scores
    fused: Vectors


def candidates(
    store: VectorStore,
    vector: npt.NDArray[np.float32],
    lexical: Scores,
    allowed: Mask | None = None,
    more: Rows | None = None,
) -> Candidates:
    """The candidates for a query by its vector and by the BM25 score of every row.

    Rows in `more` are among them whoever found them; rows where `allowed` is False are not, if
    they are not in `more`.
    """
    _, found = store.search(vector[None], POOL, allowed)
    dense_rows = found[0][found[0] >= 0]
    if allowed is not None:
        lexical = np.where(allowed, lexical, 0)
    lexical_rows = top(lexical, POOL)
    rows = np.union1d(dense_rows, lexical_rows)
    if more is not None:
        rows = np.union1d(rows, more)
    dense = store.vectors(rows) @ vector
    best = float(lexical[lexical_rows[0]]) if len(lexical_rows) else 0.0
    fused = fuse(dense, lexical[rows], best)
    return Candidates(rows, dense_rows, lexical_rows, dense, lexical[rows], fused)


def fuse(dense: Vectors, lexical: Scores, best: float) -> Vectors:
    """A convex combination of cosine and BM25 scores, both brought to 0..1.

    After Bruch, Gai and Ingber (2023), "An analysis of fusion functions for hybrid retrieval":
    the cosine from its least possible value, BM25 from 0 to the query's `best`.
    """
    share = lexical / best if best > 0 else np.zeros_like(lexical)
    fused: Vectors = DENSE_WEIGHT * (dense + 1) / 2 + (1 - DENSE_WEIGHT) * share
    return fused


def top(scores: Scores, limit: int) -> Rows:
    """The rows of the largest positive scores, best first, ties by row."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) > limit:
        least = np.partition(scores[positive], -limit)[-limit]
        positive = positive[scores[positive] >= least]
    order = np.lexsort((positive, -scores[positive]))[:limit]
    return positive[order]
