"""What two retrievers find for one query, with their scores fused."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ragbot.encoder import Vectors
from ragbot.lexical import Scores
from ragbot.retrieval.statements import StatementScores
from ragbot.stores import Mask, Rows, VectorStore

_Shares = npt.NDArray[np.floating[Any]]

POOL = 200  # candidates taken from each retriever

# Shares of the fused score; the rest is BM25's (docs/log.md, 2026-11-20).
DENSE_WEIGHT = 0.35  # the cosine of the passage
STATEMENT_WEIGHT = 0.57  # the cosine of its best statement


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that some retriever found, ascending, each with its scores.

    `dense_rows` and `lexical_rows` are what each retriever found, best first; the others have one
    entry a row of `rows`. `said` is the cosine of the best statement, `saying` its ordinal.
    """

    rows: Rows
    dense_rows: Rows
    lexical_rows: Rows
    dense: Vectors
    said: Vectors
    saying: Rows
    lexical: Scores
    best: float
    fused: Vectors


def candidates(
    store: VectorStore,
    vector: npt.NDArray[np.float32],
    lexical: Scores,
    allowed: Mask | None = None,
    more: Rows | None = None,
    statements: StatementScores | None = None,
    nearest: Rows | None = None,
    pool: int = POOL,
) -> Candidates:
    """The candidates for a query by its vector and by the BM25 score of every row.

    Rows in `more` are among them whoever found them; rows where `allowed` is False are not, if
    they are not in `more`. Without `statements`, and for a passage that has none, the passage
    itself counts as its statement. `nearest` are the rows nearest to the vector, best first, where
    they are known already; `pool` is how many candidates each retriever gives.
    """
    if nearest is None:
        nearest = store.search(vector[None], pool, allowed)[1][0]
    dense_rows = nearest[nearest >= 0]
    if allowed is not None:
        lexical = np.where(allowed, lexical, 0)
    lexical_rows = top(lexical, pool)
    rows = np.union1d(dense_rows, lexical_rows)
    if more is not None:
        rows = np.union1d(rows, more)
    dense = store.vectors(rows) @ vector
    said, saying = dense, np.full(len(rows), -1, dtype=np.int64)
    if statements is not None:
        said, saying = statements.best(rows, vector)
        said = np.where(saying < 0, dense, said)
    best = float(lexical[lexical_rows[0]]) if len(lexical_rows) else 0.0
    fused = fuse(dense, said, lexical[rows], best)
    return Candidates(
        rows, dense_rows, lexical_rows, dense, said, saying, lexical[rows], best, fused
    )


def weighed(found: Candidates, place: int) -> tuple[float, float, float]:
    """What the passage, its best statement and its words give to the fused score of a candidate."""
    passage, statement, words = _shares(found.dense, found.said, found.lexical, found.best)
    return float(passage[place]), float(statement[place]), float(words[place])


def fuse(dense: Vectors, said: Vectors, lexical: Scores, best: float) -> Vectors:
    """A convex combination of cosines and BM25 scores, all brought to 0..1.

    After Bruch, Gai and Ingber (2023), "An analysis of fusion functions for hybrid retrieval":
    a cosine from its least possible value, BM25 from 0 to the query's `best`.
    """
    passage, statement, words = _shares(dense, said, lexical, best)
    return (passage + statement + words).astype(np.float32, copy=False)


def _shares(
    dense: Vectors, said: Vectors, lexical: Scores, best: float
) -> tuple[_Shares, _Shares, _Shares]:
    """What the passage, its best statement and its words give to a fused score, a row each."""
    share = lexical / best if best > 0 else np.zeros_like(lexical)
    return (
        DENSE_WEIGHT * (dense + 1) / 2,
        STATEMENT_WEIGHT * (said + 1) / 2,
        (1 - DENSE_WEIGHT - STATEMENT_WEIGHT) * share,
    )


def top(scores: Scores, limit: int) -> Rows:
    """The rows of the largest positive scores, best first, ties by row."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) > limit:
        least = np.partition(scores[positive], -limit)[-limit]
        positive = positive[scores[positive] >= least]
    order = np.lexsort((positive, -scores[positive]))[:limit]
    return positive[order]
