"""Whether the corpus can answer at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.index.manifest import Nearness
from ragbot.judge.refusal import RefusalModel, RefusalSigns
from ragbot.types import Question
from ragbot.understand.rephrase import in_a_row


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


def judge(
    question: Question, found: Signals, model: RefusalModel, here: Nearness | None = None
) -> Refused | None:
    """Why the corpus cannot answer; None where it can. `here` is what is near in the corpus.

    A side of a comparison that nothing is about is never passed over; all else is weighed.
    """
    known = in_a_row([column.name for column in question.columns], "and")
    if found.strange and len(question.columns) < 2:
        return _one_side(found.strange, known)
    signs = RefusalSigns(
        cosine=found.cosine,
        covered=found.covered,
        apart=len(found.apart),
        strange=len(found.strange),
        subjects=len(question.columns),
    )
    if model.cannot_answer(signs, here) <= model.limit:
        return None
    if found.apart:
        names = in_a_row(found.apart, "or")
        beside = f"of {names} together with {known}" if known else f"of {names}"
        return Refused(f"Nothing was found here that says this {beside}.", bool(known), found.apart)
    if known:
        return Refused(f"Nothing was found here that says this of {known}.", near_miss=True)
    return Refused("Nothing was found here that comes near to this question.", near_miss=False)


def _one_side(names: Sequence[str], known: str) -> Refused:
    strange = in_a_row(names, "or")
    if known:
        why = f"No source here is about {strange} as a subject, so none sets it against {known}."
        return Refused(why, True, tuple(names))
    return Refused(f"No source here is about {strange}.", False, tuple(names))
