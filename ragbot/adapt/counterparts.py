"""Learns which symbol is the counterpart of another, and when the best surely does the same.

Called by ragbot.adapt.names. The pairs are those of a file of counterparts, whose names are read by
what was learnt from others, and of training questions whose answer is a symbol's document.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ragbot.adapt.pair_lessons import ACCEPTED, REJECTED, PairLesson
from ragbot.answer.equivalence.correspondences import Correspondences
from ragbot.answer.equivalence.pair_model import PAIR_SIGNS, SURE_SIGNS, Rows
from ragbot.answer.equivalence.pairs import sure_signs, with_telling

FOLDS = 5  # of pairs, by the words of the name asked about
STRENGTH = 8.0  # of the penalty on the squares of the weights; 3 and 10 tell as many first
COUNTED = 3.0  # times that a pair of the file of counterparts counts
SURE_STRENGTH = 0.3
MOST_REJECTED = 0.015  # share of questions in which a wrong one may be called direct
FURTHER = 0.05

Numbers = Sequence[int]


@dataclass(frozen=True)
class PairOutcome:
    """How many accepted counterparts are first and among three, of how many.

    `asked_first` of `asked` are those of training questions.
    """

    first: int
    three: int
    of: int
    direct: int
    rejected: int
    asked_first: int
    asked_three: int
    asked: int


class PairLearner:
    """Learns from lessons; `held` counts the names that hold a word."""

    def __init__(self, lessons: Sequence[PairLesson], held: Callable[[str], int]) -> None:
        self._lessons = lessons
        self._held = held
        groups = {words: at for at, words in enumerate(dict.fromkeys(o.words for o in lessons))}
        self._groups = np.array([groups[one.words] for one in lessons])

    def learn(self) -> tuple[dict[str, Any], PairOutcome]:
        """What is stored, and how well others than those learnt from are told."""
        everything = range(len(self._lessons))
        told: dict[int, tuple[PairLesson, Rows]] = {}
        for learn, held in self._folds(everything):
            weights, words = self._learnt(learn)
            for at in held:
                one = self._translated(at, words)
                told[at] = one, with_telling(one.rows, one.search.told) @ weights
        known = [at for at in everything if self._lessons[at].is_known]
        sure = np.array([self._sure(*told[at]) for at in known])
        best = np.array([told[at][0].labels[int(np.argmax(told[at][1]))] for at in known])
        spread = sure.std(axis=0) + 1e-6
        sure /= spread  # else what is far apart in figures would count alone
        model = LogisticRegression(C=SURE_STRENGTH, max_iter=1000)
        chances = np.zeros(len(known))
        folds = GroupKFold(FOLDS).split(sure, groups=self._groups[known])
        for learn, held in folds:
            model.fit(sure[learn], best[learn] == ACCEPTED)
            chances[held] = model.predict_proba(sure[held])[:, 1]
        least = _least(chances, best == REJECTED)
        model.fit(sure, best == ACCEPTED)
        weights, words = self._learnt(everything)
        data = {
            "signs": list(PAIR_SIGNS),
            "weights": [round(float(x), 4) for x in weights],
            "words": words.entry(),
            "sure_signs": list(SURE_SIGNS),
            "sure": [round(float(x), 4) for x in model.coef_[0] / spread],
            "bias": round(float(model.intercept_[0]), 4),
            "least": least,
            "further": FURTHER,
        }
        asked = [at for at in everything if not self._lessons[at].is_known]
        return data, PairOutcome(
            *_right([told[at] for at in known]),
            int(((chances >= least) & (best == ACCEPTED)).sum()),
            int(((chances >= least) & (best == REJECTED)).sum()),
            *_right([told[at] for at in asked]),
        )

    def _folds(self, lessons: Numbers) -> Iterator[tuple[list[int], list[int]]]:
        """Lessons to learn from and others to tell, by the words of the name asked about."""
        groups = self._groups[list(lessons)]
        for learn, held in GroupKFold(FOLDS).split(groups, groups=groups):
            yield [lessons[at] for at in learn], [lessons[at] for at in held]

    def _learnt(self, lessons: Numbers) -> tuple[Rows, Correspondences]:
        """Weights, and words that correspond, which no lesson is told of by itself meanwhile."""
        having = [at for at in lessons if ACCEPTED in self._lessons[at].labels]
        translated: list[PairLesson] = []
        for learn, held in self._folds(having):
            words = self._words(learn)
            translated += [self._translated(at, words) for at in held]
        return _fitted(translated), self._words(having)

    def _words(self, lessons: Numbers) -> Correspondences:
        return Correspondences.learnt(pair for at in lessons for pair in self._lessons[at].pairs())

    def _translated(self, at: int, words: Correspondences) -> PairLesson:
        """A lesson with the sign of words that correspond."""
        one = self._lessons[at]
        rows = one.rows.copy()
        rows[:, PAIR_SIGNS.index("translated")] = [
            words.worth(one.words, other, self._held) for other in one.others
        ]
        return replace(one, rows=rows)

    @staticmethod
    def _sure(one: PairLesson, scores: Rows) -> Rows:
        order = [int(at) for at in np.argsort(-scores, kind="stable")]
        return sure_signs(one.search, one.rows, scores, order)


def _right(told: Sequence[tuple[PairLesson, Rows]]) -> tuple[int, int, int]:
    """For how many an accepted one is first, and among three; of how many that have one."""
    orders = [
        one.labels[np.argsort(-scores, kind="stable")]
        for one, scores in told
        if ACCEPTED in one.labels
    ]
    first, three = (sum(bool(ACCEPTED in o[:limit]) for o in orders) for limit in (1, 3))
    return first, three, len(orders)


def _least(chances: Rows, rejected: Rows) -> float:
    """The least probability from which few enough rejected ones are called direct."""
    most = math.floor(MOST_REJECTED * len(chances))
    worst = sorted(chances[rejected.astype(bool)], reverse=True)
    return round(float(worst[most]) + 0.005, 3) if len(worst) > most else 0.5


def _fitted(lessons: Iterable[PairLesson]) -> Rows:
    """Weights under which the accepted ones have most of the exponential weight of a shortlist."""
    parts = [
        (
            with_telling(one.rows, one.search.told),
            one.labels == ACCEPTED,
            COUNTED if one.is_known else 1.0,
        )
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

    start = np.zeros(len(spread))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return np.asarray(found.x / spread, dtype=np.float64)
