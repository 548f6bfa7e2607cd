"""Whether the corpus can answer at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.answer.question import QUESTION_ROW
from ragbot.retrieval.search import Ranked
from ragbot.types import Question, QuestionKind

# Below these the corpus does not speak of what is asked (docs/log.md, 2026-11-20).
LEAST_COSINE = 0.45  # of the best passage
SURE_COSINE = 0.60  # from here on, words that nobody shares do not matter
LEAST_COVERED = 0.55  # share of the question's weight of words that one passage holds


@dataclass(frozen=True, slots=True)
class Signals:
    """What refusal is decided on: the best cosine, and the best share of the question's words.

    `named`: a programming name of the question has a document of its own.
    """

    cosine: float
    covered: float
    named: bool = False


def signals(ranked: Sequence[Ranked], covered: Sequence[float]) -> Signals:
    """Signals of the ranked passages of a question and the share of its words each holds."""
    cosine = max((r.dense_score for r in ranked), default=0.0)
    named = any(r.named for r in ranked)
    return Signals(float(cosine), float(np.max(covered, initial=0.0)), named)


def reason(question: Question, found: Signals) -> str | None:
    """Why the corpus cannot answer, in words; None where it can."""
    asks_more = any(row.id == QUESTION_ROW for row in question.rows)
    if question.unknown and len(question.columns) == 0:
        names = " and ".join(question.unknown)
        return f"The sources do not speak of {names}."
    if question.kind is QuestionKind.COMPARISON and not asks_more:
        return None  # known subjects on known aspects: each cell says for itself what it has
    if found.named or found.cosine >= SURE_COSINE:
        return None
    if found.cosine < LEAST_COSINE:
        return "No source speaks of anything near to this question."
    if found.covered < LEAST_COVERED:
        return "The sources come near to this question but do not speak of all that it asks."
    return None
