"""Whether the corpus can answer at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.answer.question import QUESTION_ROW
from ragbot.retrieval.search import Ranked
from ragbot.types import Question, QuestionKind

# Below these the corpus does not speak of what is asked (docs/log.md, 2026-11-20).
LEAST_COSINE = 0.42  # of the best passage
LEAST_COSINE_NO_SUBJECT = 0.47  # where the question names none
SURE_COSINE = 0.50  # from here on, words that nobody shares do not matter
SURE_COSINE_NO_SUBJECT = 0.60
LEAST_COVERED = 0.48  # share of the question's weight of words that one passage holds
LEAST_COVERED_NO_SUBJECT = 0.55


@dataclass(frozen=True, slots=True)
class Signals:
    """What refusal is decided on: the best cosine, and the best share of the question's words."""

    cosine: float
    covered: float


def signals(ranked: Sequence[Ranked], covered: Sequence[float]) -> Signals:
    """Signals of the ranked passages of a question and the share of its words each holds."""
    cosine = max((r.dense_score for r in ranked), default=0.0)
    return Signals(float(cosine), float(np.max(covered, initial=0.0)))


def reason(question: Question, found: Signals) -> str | None:
    """Why the corpus cannot answer, in words; None where it can."""
    asks_more = any(row.id == QUESTION_ROW for row in question.rows)
    if question.unknown and len(question.columns) == 0:
        names = " and ".join(question.unknown)
        return f"The sources do not speak of {names}."
    if question.kind is QuestionKind.COMPARISON and not asks_more:
        return None  # known subjects on known aspects: each cell says for itself what it has
    if found.cosine >= (SURE_COSINE if question.columns else SURE_COSINE_NO_SUBJECT):
        return None
    if found.cosine < (LEAST_COSINE if question.columns else LEAST_COSINE_NO_SUBJECT):
        return "No source speaks of anything near to this question."
    if found.covered < (LEAST_COVERED if question.columns else LEAST_COVERED_NO_SUBJECT):
        return "The sources come near to this question but do not speak of all that it asks."
    return None
