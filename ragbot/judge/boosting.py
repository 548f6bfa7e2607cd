"""Learns boosted trees with scikit-learn, and turns them into ours."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ragbot.trees import LEAF, Trees


def learnt(model: Any) -> Trees:
    """The trees of a fitted HistGradientBoostingClassifier of two classes, not calibrated."""
    nodes = [predictor[0].nodes for predictor in model._predictors]  # noqa: SLF001 - no public way
    starts = np.cumsum([0, *(len(tree) for tree in nodes)])[:-1]
    rows = np.concatenate(nodes)
    shift = np.repeat(starts, [len(tree) for tree in nodes])
    leaf = rows["is_leaf"].astype(bool)
    here = np.arange(len(rows))

    def real(name: str) -> npt.NDArray[np.float64]:
        return rows[name].astype(np.float64)

    return Trees(
        roots=starts.astype(np.int64),
        feature=np.where(leaf, LEAF, rows["feature_idx"]).astype(np.int64),
        threshold=np.where(leaf, 0.0, real("num_threshold")),
        left=np.where(leaf, here, rows["left"] + shift).astype(np.int64),
        right=np.where(leaf, here, rows["right"] + shift).astype(np.int64),
        value=np.where(leaf, real("value"), 0.0),
        depth=int(rows["depth"].max()),
        base=float(np.ravel(model._baseline_prediction)[0]),  # noqa: SLF001
    )
