"""Boosted regression trees, read from a plain file and applied in a few lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

LEAF = -1  # in the place of a signal's number


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees in one row of nodes: the sum of the leaves that values fall to, and `base`, is a logit.

    A node sends a row to `left` where its signal `feature` is at most `threshold`, else to `right`;
    `value` is that of a leaf, whose feature is LEAF. `roots` are the first nodes of the trees,
    `depth` the most steps from one to a leaf. `slope` and `shift` calibrate the sum.
    """

    roots: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    threshold: npt.NDArray[np.float64]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    depth: int
    base: float
    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """The trees out of their entry in a file.

        Raises:
            ValueError: nodes lead outside, or their lists are not of one length.
        """
        whole = {name: np.array(found[name], dtype=np.int64) for name in _WHOLE}
        real = {name: np.array(found[name], dtype=np.float64) for name in ("threshold", "value")}
        count = len(real["value"])
        nodes = (*(whole[name] for name in ("feature", "left", "right")), real["threshold"])
        inside = all(whole[n].min() >= 0 and whole[n].max() < count for n in _POINTING)
        if not inside or any(len(row) != count for row in nodes):
            raise ValueError("its trees lead outside themselves")
        return cls(
            roots=whole["roots"],
            feature=whole["feature"],
            threshold=real["threshold"],
            left=whole["left"],
            right=whole["right"],
            value=real["value"],
            depth=int(found["depth"]),
            base=float(found["base"]),
            slope=float(found["slope"]),
            shift=float(found["shift"]),
        )

    def entry(self) -> dict[str, Any]:
        """What a file holds of them."""
        lists = {name: getattr(self, name).tolist() for name in (*_WHOLE, "threshold", "value")}
        return lists | {n: getattr(self, n) for n in ("depth", "base", "slope", "shift")}

    def sums(self, values: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
        """The sum of each row of values, shape (rows,); not calibrated."""
        flat = np.ascontiguousarray(values, dtype=np.float64).ravel()
        begins = np.arange(len(values))[:, None] * values.shape[1]
        # A leaf sends everything back to itself, so that all trees take as many steps.
        feature = np.maximum(self.feature, 0)
        threshold = np.where(self.feature == LEAF, np.inf, self.threshold)
        children = np.stack((self.left, self.right), axis=1).ravel()
        nodes = np.tile(self.roots, (len(values), 1))
        for _ in range(self.depth):
            goes_right = flat[begins + feature[nodes]] > threshold[nodes]
            nodes = children[2 * nodes + goes_right]
        # One after the other, as who learnt them adds them: no last digit may differ.
        leaves = np.concatenate((np.full((len(values), 1), self.base), self.value[nodes]), axis=1)
        found: npt.NDArray[np.float64] = np.cumsum(leaves, axis=1)[:, -1]
        return found

    def logits(self, values: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
        """The calibrated logit of each row of values, shape (rows,)."""
        return self.slope * self.sums(values) + self.shift


_WHOLE = ("roots", "feature", "left", "right")
_POINTING = ("roots", "left", "right")
