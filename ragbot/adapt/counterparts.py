"""Learns which symbol is the counterpart of another, and when the best surely does the same.

Called by ragbot.adapt.names. The pairs are those of a file of counterparts, whose names are read by
what was learnt from others, and of training questions whose answer is a symbol's document.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ragbot.answer.equivalence.pair_model import PAIR_SIGNS, SURE_SIGNS, Rows
from ragbot.answer.equivalence.pairs import (
    Search,
    shortlist,
    signs,
    sure_signs,
    wider,
)
from ragbot.answer.equivalence.reference import Reference
from ragbot.encoder import Vectors
from ragbot.guide import Guide
from ragbot.understand.resolver import Readings

FOLDS = 8
STRENGTH = 8.0  # of the penalty on the squares of the weights; 3 and 10 tell as many first
COUNTED = 3.0  # times that a pair of the file of counterparts counts
SURE_STRENGTH = 0.3
MOST_REJECTED = 0.015  # share of questions in which a wrong one may be called direct
FURTHER = 0.05
ACCEPTED, REJECTED, NEITHER = 1, -1, 0


@dataclass(frozen=True)
class PairLesson:
    """The shortlist of one search with its signs; `labels` as ACCEPTED, REJECTED or NEITHER.

    `group` is what may not be learnt from and told at once; `is_known`: out of the file of
    counterparts.
    """

    group: str
    search: Search
    rows: Rows
    labels: Rows
    is_known: bool


class PairLessonMaker:
    """Makes lessons over one reference."""

    def __init__(self, reference: Reference, guide: Guide) -> None:
        self._reference = reference
        self._guide = guide
        self._by_name = {
            name: at for at, symbol in enumerate(reference.symbols) for name in symbol.names
        }

    def of_counterpart(
        self, line: Mapping[str, Any], readings: Readings, vector: Vectors
    ) -> PairLesson | None:
        """A line of a file of counterparts; None where no name is read."""
        return self._lesson(
            line["name"],
            line["to"],
            readings,
            vector,
            {self._by_name.get(name) for name in line["accept"]},
            {self._by_name.get(name) for name in line["reject"]},
            is_known=True,
        )

    def of_question(
        self, line: Mapping[str, Any], readings: Readings, vector: Vectors
    ) -> PairLesson | None:
        """A training question whose answer is the document of a symbol of a subject it names."""
        answer = self._by_name.get(str(line["doc"]).partition("/")[2])
        if answer is None:
            return None
        subject = self._reference.symbols[answer].subjects[0]
        if subject not in readings.named:
            return None
        return self._lesson(
            line["question"], subject, readings, vector, {answer}, set(), is_known=False
        )

    def _lesson(
        self,
        group: str,
        target: str,
        readings: Readings,
        vector: Vectors,
        accepted: set[int | None],
        rejected: set[int | None],
        *,
        is_known: bool,
    ) -> PairLesson | None:
        asked = next((r for r in readings.all if target not in r.document.subjects), None)
        one = self._reference.number(asked.document.id) if asked else None
        if asked is None or one is None:
            return None
        subjects = wider(self._guide, target)
        search = Search.of(one, asked.probability, subjects, vector, readings, self._reference)
        pool = shortlist(search, self._reference)
        if not pool:
            return None
        labels = [
            ACCEPTED if at in accepted else REJECTED if at in rejected else NEITHER for at in pool
        ]
        rows = signs(search, pool, self._reference)
        return PairLesson(group, search, rows, np.array(labels, dtype=np.float64), is_known)


@dataclass(frozen=True)
class PairOutcome:
    """How many accepted counterparts are first and among three, of how many."""

    first: int
    three: int
    of: int
    direct: int
    rejected: int


def learn_pairs(lessons: Sequence[PairLesson]) -> tuple[dict[str, Any], PairOutcome]:
    """The weights as they are stored, and how well others than those learnt from are told."""
    known = [one for one in lessons if one.is_known]
    rest = [one for one in lessons if not one.is_known]
    scores: list[Rows] = [np.empty(0)] * len(known)
    groups = [one.group for one in known]
    for learn, held in GroupKFold(FOLDS).split(groups, groups=groups):
        weights = _fitted([*(known[at] for at in learn), *rest])
        for at in held:
            scores[at] = known[at].rows @ weights
    orders = [[int(at) for at in np.argsort(-told, kind="stable")] for told in scores]
    sure = np.array(
        [
            sure_signs(one.search, one.rows, told, order)
            for one, told, order in zip(known, scores, orders, strict=True)
        ]
    )
    best = np.array([one.labels[order[0]] for one, order in zip(known, orders, strict=True)])
    model = LogisticRegression(C=SURE_STRENGTH, max_iter=1000)
    chances = np.zeros(len(known))
    for learn, held in GroupKFold(FOLDS).split(groups, groups=groups):
        chances[held] = model.fit(sure[learn], best[learn] == ACCEPTED).predict_proba(sure[held])[
            :, 1
        ]
    least = _least(chances, best == REJECTED)
    model.fit(sure, best == ACCEPTED)
    data = {
        "signs": list(PAIR_SIGNS),
        "weights": [round(float(x), 4) for x in _fitted(lessons)],
        "sure_signs": list(SURE_SIGNS),
        "sure": [round(float(x), 4) for x in model.coef_[0]],
        "bias": round(float(model.intercept_[0]), 4),
        "least": least,
        "further": FURTHER,
    }
    having = [
        (one, order) for one, order in zip(known, orders, strict=True) if ACCEPTED in one.labels
    ]
    return data, PairOutcome(
        first=sum(bool(one.labels[order[0]] == ACCEPTED) for one, order in having),
        three=sum(bool(ACCEPTED in one.labels[order[:3]]) for one, order in having),
        of=len(having),
        direct=int(((chances >= least) & (best == ACCEPTED)).sum()),
        rejected=int(((chances >= least) & (best == REJECTED)).sum()),
    )


def _least(chances: Rows, rejected: Rows) -> float:
    """The least probability from which few enough rejected ones are called direct."""
    most = math.floor(MOST_REJECTED * len(chances))
    worst = sorted(chances[rejected.astype(bool)], reverse=True)
    return round(float(worst[most]) + 0.005, 3) if len(worst) > most else 0.5


def _fitted(lessons: Iterable[PairLesson]) -> Rows:
    """Weights under which the accepted ones have most of the exponential weight of a shortlist."""
    parts = [
        (one.rows, one.labels == ACCEPTED, COUNTED if one.is_known else 1.0)
        for one in lessons
        if ACCEPTED in one.labels
    ]
    spread = np.concatenate([rows for rows, _, _ in parts]).std(axis=0) + 1e-6

    def loss(weights: Rows) -> tuple[float, Rows]:
        total, slope = 0.5 * STRENGTH * float(weights @ weights), STRENGTH * weights
        for rows, accepted, counted in parts:
            scores = (rows / spread) @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            right = shares * accepted
            held = float(right.sum()) + 1e-12
            total -= counted * math.log(held)
            slope = slope - counted * ((rows / spread).T @ (right / held - shares))
        return total, slope

    start = np.zeros(len(PAIR_SIGNS))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return np.asarray(found.x / spread, dtype=np.float64)
