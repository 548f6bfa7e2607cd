"""How well quotes are ordered: the figures by which a judge is chosen and reported."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.adapt.judge.judgements import HELPS, Graded
from ragbot.judge.cross_encoder import Scores

DEPTH = 5


@dataclass(frozen=True, slots=True)
class Order:
    """How well quotes are ordered, over questions that have one graded 2 or 3.

    nDCG@5 with gains of 2^grade - 1 (Burges et al. 2005, "Learning to rank using gradient descent",
    section 6), and the share of first quotes and of the first three that are graded 2 or 3.
    """

    ndcg: float
    first: float
    three: float
    questions: int


def order(questions: Sequence[Graded], scores: Sequence[Scores]) -> Order:
    """The figures of these scores, one array a question in the order of its quotes."""
    found = []
    for question, own in zip(questions, scores, strict=True):
        if not question.helped:
            continue
        grades = np.array([one.grade for one in question.quotes])
        ranked = grades[np.argsort(-own, kind="stable")]
        helping = ranked >= HELPS
        best = _gained(np.sort(grades)[::-1])
        found.append((_gained(ranked) / best, helping[0], helping[:3].mean()))
    means = np.mean(np.array(found, dtype=float), axis=0) if found else np.zeros(3)
    ndcg, first, three = (round(float(mean), 4) for mean in means)
    return Order(ndcg, first, three, len(found))


def agreement(one: Sequence[Scores], other: Sequence[Scores]) -> float:
    """The mean of Spearman's rank correlation over questions with at least two quotes."""
    found = [
        np.corrcoef(own.argsort().argsort(), its.argsort().argsort())[0, 1]
        for own, its in zip(one, other, strict=True)
        if len(own) > 1
    ]
    return round(float(np.mean(found)), 4)


def _gained(grades: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float:
    gains = 2.0 ** grades[:DEPTH] - 1
    return float((gains / np.log2(np.arange(len(gains)) + 2)).sum())
