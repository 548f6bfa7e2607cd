"""How well probabilities order graded quotes, and how true they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

HELPS, ANSWERS = 2, 3
"""Grades from which a quote helps, and answers."""
FIRST, FEW = 3, 5  # quotes looked at
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)

Shares = npt.NDArray[np.float64]
Grades = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Order:
    """Means over questions that have a quote that helps: what an order puts first.

    `ndcg` is nDCG@5 with gains 2^grade - 1; `first` and `first_three` are the share of first
    quotes, and of the first three, graded 2 or 3; `answered` of questions with a quote that answers
    among the first three, out of those that have one.
    """

    questions: int
    ndcg: float
    first: float
    first_three: float
    answered: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Quotes of about one probability: its mean, and the share that it came true for."""

    quotes: int
    probability: float
    share: float


def order(scored: Iterable[tuple[Shares, Grades]]) -> Order:
    """The means over questions, each given by the scores and the grades of its quotes."""
    rows = []
    for scores, grades in scored:
        if not len(grades) or grades.max() < HELPS:
            continue
        by_score = grades[np.lexsort((np.arange(len(grades)), -scores))]
        helping = by_score >= HELPS
        best = np.sort(grades)[::-1]
        has_answer = bool((grades >= ANSWERS).any())
        answered = float((by_score[:FIRST] >= ANSWERS).any()) if has_answer else np.nan
        rows.append((_gain(by_score) / _gain(best), helping[0], helping[:FIRST].mean(), answered))
    if not rows:
        return Order(0, 0.0, 0.0, 0.0, 0.0)
    found = np.array(rows, dtype=np.float64)
    has_answer = found[~np.isnan(found[:, 3]), 3]
    ndcg, first, first_three = (float(column.mean()) for column in found[:, :3].T)
    answered = float(has_answer.mean()) if len(has_answer) else 0.0
    return Order(len(rows), ndcg, first, first_three, answered)


def curve(probabilities: Shares, true: npt.NDArray[np.bool_]) -> list[Bin]:
    """Probabilities beside how often they came true, in bins of EDGES; empty ones left out."""
    bins = []
    for low, high in pairwise(EDGES):
        last = high == EDGES[-1]
        inside = (probabilities >= low) & (
            (probabilities <= high) if last else probabilities < high
        )
        if inside.any():
            count = int(inside.sum())
            bins.append(Bin(count, float(probabilities[inside].mean()), float(true[inside].mean())))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance of a probability from how often it came true, over quotes."""
    total = sum(one.quotes for one in bins)
    return sum(one.quotes * abs(one.probability - one.share) for one in bins) / max(1, total)


def _gain(grades: npt.NDArray[Any]) -> float:
    few = 2.0 ** grades[:FEW] - 1
    return float((few / np.log2(np.arange(len(few)) + 2)).sum())
