"""Gives each subject of a comparison its share of the first places."""

import numpy as np
import numpy.typing as npt

from ragbot.stores import Rows

SHARE = 0.08  # added to the score for each average passage that a subject is behind
MOST_BEHIND = 3.0  # passages


def shared_order(
    scores: npt.NDArray[np.float32],
    members: npt.NDArray[np.bool_],
    lengths: npt.NDArray[np.float32],
    limit: int,
) -> Rows:
    """The places of the first `limit` passages, in the order in which they are best read.

    One after the other is taken, the best by its score and by how far the subject that it speaks
    of is behind the others in what was taken; one that speaks of several counts for each in part.

    Args:
        scores: of each passage, shape (passages,).
        members: which subject each speaks of, shape (subjects, passages).
        lengths: of each passage, in average passages, shape (passages,).
        limit: how many are taken at most.
    """
    left = scores.astype(np.float64)
    speaks = members.any(axis=0)
    parts = lengths / np.maximum(members.sum(axis=0), 1)
    taken = np.zeros(len(members))
    order = []
    for _ in range(min(limit, len(left))):
        behind = np.minimum(taken.mean() - taken, MOST_BEHIND)
        lift = np.where(members, behind[:, None], -np.inf).max(axis=0, initial=-np.inf)
        best = int(np.argmax(left + np.where(speaks, SHARE * lift, 0)))
        order.append(best)
        left[best] = -np.inf
        taken += members[:, best] * parts[best]
    return np.array(order, dtype=np.int64)
