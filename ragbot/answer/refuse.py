"""Whether the corpus can answer at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.types import Question, QuestionKind
from ragbot.understand.question import QUESTION_ROW
from ragbot.understand.rephrase import in_a_row


@dataclass(frozen=True, slots=True)
class Limits:
    """Below these the corpus does not speak of what is asked; `bare`: no subject is named.

    `python -m ragbot.evaluation.refusals` prints what each costs (docs/log.md, 2026-11-20).
    """

    least: float = 0.40  # cosine of the best passage
    least_bare: float = 0.46
    sure: float = 0.47  # cosine from which words that no passage shares do not matter
    sure_bare: float = 0.54
    covered: float = 0.48  # share of the question's weight of words that one passage holds
    covered_bare: float = 0.60
    foreign: float = 0.59  # cosine, where no statement near holds a proper name in the question


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Signals:
    """What refusal is decided on.

    `cosine` is that of the best passage, `covered` the best share of the question's words in one
    passage; `apart` are proper names that none of the nearest statements holds, `strange` the names
    to be compared that the passages found are not about.
    """

    cosine: float
    covered: float
    apart: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a question is refused, in words.

    `near_miss`: the sources speak of its subject, so that what they say is shown as the nearest;
    `names` are those that it failed on.
    """

    reason: str
    near_miss: bool
    names: tuple[str, ...] = ()


NOTHING_SAID = Refused(
    "The sources come near to this question, but no statement in them answers it.", near_miss=True
)


def judge(question: Question, found: Signals, limits: Limits = LIMITS) -> Refused | None:
    """Why the corpus cannot answer; None where it can."""
    known = in_a_row([column.name for column in question.columns], "and")
    if found.strange and len(question.columns) < 2:
        return _one_side(found.strange, known)
    asks_more = any(row.id == QUESTION_ROW for row in question.rows)
    if question.kind is QuestionKind.COMPARISON and not asks_more:
        return None  # known subjects on known aspects: each cell says for itself what it has
    if found.apart and found.cosine < limits.foreign:
        names = in_a_row(found.apart, "or")
        beside = f"of {names} together with {known}" if known else f"of {names}"
        return Refused(f"No source says anything {beside}.", bool(known), found.apart)
    return _by_scores(known, found, limits)


def _by_scores(known: str, found: Signals, limits: Limits) -> Refused | None:
    if found.cosine >= (limits.sure if known else limits.sure_bare):
        return None
    if found.cosine < (limits.least if known else limits.least_bare):
        if known:
            return Refused(f"No source says this of {known}.", near_miss=True)
        return Refused("No source speaks of anything near to this question.", near_miss=False)
    if found.covered < (limits.covered if known else limits.covered_bare):
        return Refused("No source says all that this question asks.", near_miss=True)
    return None


def _one_side(names: Sequence[str], known: str) -> Refused:
    strange = in_a_row(names, "or")
    if known:
        why = f"No source here is about {strange} as a subject, so none sets it against {known}."
        return Refused(why, True, tuple(names))
    return Refused(f"No source here is about {strange}.", False, tuple(names))
