"""Learns what signals are worth from graded quotes; only learning and measuring import this.

Boosted trees weigh the signals, one set a grade; their sums, cross-validated by question, calibrate
them. Where a cross-encoder has read the statements of questions that it has not learnt from, a
logistic model sets its logits beside those of the trees, cross-validated likewise.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from ragbot.judge.blend import FORMAT, GRADES, Joint, Logistic, probability
from ragbot.judge.boosting import learnt
from ragbot.judge.judgements import UNGRADED, Sheet
from ragbot.judge.measures import ANSWERS, HELPS, Shares
from ragbot.judge.refusal import RefusalModel, RefusalSigns, row
from ragbot.judge.signals import SIGNALS, UNFOUND, SignalReader
from ragbot.judge.wordings import Values
from ragbot.trees import Trees

FOLDS = 5
LEAST = dict(zip(GRADES, (HELPS, ANSWERS), strict=True))
ANSWERED = 0.98  # of the answerable questions, at the limit: 0.97 has to hold for others too
BLEND_SHARE = 7  # one question of so many is kept from the cross-encoder, to learn the blend on


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the trees are grown; chosen by cross-validation (docs/log.md)."""

    rounds: int = 200
    leaves: int = 10
    rate: float = 0.045
    least_leaf: int = 50
    ridge: float = 10.0
    share: float = 0.4  # of the signals, looked at for a node
    unfound: float = 0.5  # weight of a second row of each quote, without signs of its passage
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Graded quotes as rows: signals, grade, question and split of each, in one order."""

    signals: Values
    grades: npt.NDArray[np.int64]
    questions: npt.NDArray[np.str_]
    splits: npt.NDArray[np.str_]

    def where(self, rows: npt.NDArray[np.bool_]) -> "Table":
        """Some of the rows."""
        return Table(self.signals[rows], self.grades[rows], self.questions[rows], self.splits[rows])


def table(sheets: Iterable[Sheet], reader: SignalReader) -> Table:
    """The graded quotes of some sheets, with their signals."""
    signals, grades, questions, splits = [], [], [], []
    for sheet in sheets:
        graded = [i for i, grade in enumerate(sheet.grades) if grade != UNGRADED]
        signals.append(reader.read(sheet.asked, sheet.candidates, graded))
        grades += [sheet.grades[i] for i in graded]
        questions += [sheet.question] * len(graded)
        splits += [sheet.split] * len(graded)
    return Table(
        np.concatenate(signals) if signals else np.empty((0, len(SIGNALS)), dtype=np.float32),
        np.array(grades, dtype=np.int64),
        np.array(questions, dtype=str),
        np.array(splits, dtype=str),
    )


def number(question: str) -> int:
    """A number that depends on the id of a question only: it deals questions into folds."""
    return int(hashlib.sha1(question.encode(), usedforsecurity=False).hexdigest(), 16)


def folds(questions: npt.NDArray[np.str_]) -> npt.NDArray[np.int64]:
    """The fold of each row, that of its question."""
    dealt = {name: number(name) // BLEND_SHARE % FOLDS for name in set(questions.tolist())}
    return np.array([dealt[name] for name in questions.tolist()], dtype=np.int64)


def is_kept(question: str) -> bool:
    """Whether a question is kept from the cross-encoder, so that the blend is learnt on it."""
    return number(question) % BLEND_SHARE == 0


def grown(found: Table, grade: str, recipe: Recipe) -> Trees:
    """Trees for one grade, learnt from all rows; not calibrated."""
    bare = found.signals.copy()
    for name, value in UNFOUND.items():
        bare[:, SIGNALS.index(name)] = value
    true = found.grades >= LEAST[grade]
    model = HistGradientBoostingClassifier(
        max_iter=recipe.rounds,
        max_leaf_nodes=recipe.leaves,
        learning_rate=recipe.rate,
        min_samples_leaf=recipe.least_leaf,
        l2_regularization=recipe.ridge,
        max_features=recipe.share,
        early_stopping=False,
        random_state=recipe.seed,
    )
    weights = np.repeat((1.0, recipe.unfound), len(true))
    with threadpool_limits(1):  # its threads wait for each other by spinning
        model.fit(np.concatenate((found.signals, bare)), np.tile(true, 2), sample_weight=weights)
    return learnt(model)


def cross_validated(found: Table, grade: str, recipe: Recipe) -> Shares:
    """The sum of each row by trees that have not seen its question."""
    fold = folds(found.questions)
    sums = np.zeros(len(found.grades))
    for out in range(FOLDS):
        inside = fold == out
        if inside.any():
            sums[inside] = grown(found.where(~inside), grade, recipe).sums(found.signals[inside])
    return sums


def calibrated(trees: Trees, sums: Shares, true: npt.NDArray[np.bool_]) -> Trees:
    """Trees whose logits are true for cross-validated sums."""
    model = _logistic(sums[:, None], true)
    return replace(trees, slope=float(model.weights[0]), shift=model.bias)


def joint(
    logits: Mapping[str, Shares], read: Shares, grades: npt.NDArray[np.int64], scorer: str = ""
) -> Joint:
    """Logistic models over the trees' logits and those of a cross-encoder; all unseen.

    `scorer` is the sha256 of the cross-encoder.
    """
    values = np.stack([*(logits[grade] for grade in GRADES), read], axis=1)
    models = {grade: _logistic(values, grades >= LEAST[grade]) for grade in GRADES}
    return Joint(models, scorer, float(read.mean()), float(read.std()))


def joint_unseen(logits: Mapping[str, Shares], read: Shares, found: Table) -> dict[str, Shares]:
    """The logits of joint models that have not seen the question of a row."""
    fold = folds(found.questions)
    unseen = {grade: np.zeros(len(read)) for grade in GRADES}
    for out in range(FOLDS):
        inside = fold == out
        if not inside.any():
            continue
        others = {grade: logits[grade][~inside] for grade in GRADES}
        model = joint(others, read[~inside], found.grades[~inside])
        own = {grade: logits[grade][inside] for grade in GRADES}
        for grade, values in model.logits(own, read[inside]).items():
            unseen[grade][inside] = values
    return unseen


def refusal(
    rows: Sequence[RefusalSigns], unanswerable: npt.NDArray[np.bool_], names: Sequence[str]
) -> tuple[RefusalModel, Shares]:
    """A model of refusal, and the probability of each question by models that have not seen it.

    `names` are what questions are dealt into folds by. The limit is what ANSWERED of the answerable
    ones stay under, unseen.
    """
    values = np.stack([row(signs) for signs in rows])
    spread = values.std(axis=0) + 1e-9
    fold = np.array([number(name) % FOLDS for name in names])
    unseen = np.zeros(len(values))
    for out in range(FOLDS):
        inside = fold == out
        if inside.any():
            model = _refusing(values[~inside], unanswerable[~inside], spread)
            unseen[inside] = probability(model.logits(values[inside]))
    limit = float(np.quantile(unseen[~unanswerable], ANSWERED))
    return RefusalModel(_refusing(values, unanswerable, spread), limit), unseen


def data(alone: Mapping[str, Trees], both: Joint | None) -> dict[str, Any]:
    """What the data file holds."""
    return {
        "format": FORMAT,
        "signals": list(SIGNALS),
        "alone": {grade: trees.entry() for grade, trees in alone.items()},
        "joint": both.entry() if both else None,
    }


def _refusing(values: Shares, true: npt.NDArray[np.bool_], spread: Shares) -> Logistic:
    model = _logistic(values / spread, true, class_weight="balanced")
    return Logistic(model.weights / spread, model.bias)


def _logistic(
    values: npt.NDArray[Any], true: npt.NDArray[np.bool_], class_weight: str | None = None
) -> Logistic:
    model = LogisticRegression(C=1.0, max_iter=1000, class_weight=class_weight).fit(values, true)
    return Logistic(model.coef_[0].astype(np.float64), float(model.intercept_[0]))
