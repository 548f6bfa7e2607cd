"""The cards of what was learnt of names and of counterparts."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.adapt.counterparts import FOLDS as PAIR_FOLDS
from ragbot.adapt.counterparts import PairOutcome
from ragbot.adapt.pair_lessons import PairLesson
from ragbot.answer.equivalence.pair_model import PAIR_SIGNS, SURE_SIGNS
from ragbot.understand.naming import SIGNS

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Files:
    """The names of the files that were learnt from."""

    counterparts: str
    readings: str
    questions: str


def names_card(files: Files, right: int, total: int, named: int, read: int) -> str:
    """What names were learnt from, and how well they are told.

    `right` of `total` questions for a counterpart, and `read` others, `named` of them with a symbol
    that the index holds.
    """
    return f"""# Which name is meant

Boosted trees over {len(SIGNS)} signs of how a text writes a name: how likely each document of an
API reference is meant. Beside them two logistic regressions: in which subject a counterpart is
asked for, over the words around the mentions of subjects; and whether one is asked for at all.
Learnt with `python -P -m ragbot.adapt.names` on {_today()}.

- **Data**: {files.counterparts} ({total} questions for the counterpart of a name),
  {files.readings} ({read} questions, {named} of them with a symbol that the index
  holds), and for the subject the equivalent questions of {files.questions}.
- **Licence**: Apache-2.0; of the questions no more is kept than pairs of words around a subject
  that four of them hold.
- **Told right**, learnt from other names, {FOLDS}-fold: the likeliest document is the one asked
  about or another form of it for {right} of {total}.
"""


def pairs_card(files: Files, outcome: PairOutcome, lessons: Sequence[PairLesson]) -> str:
    """What counterparts were learnt from, and how well they are told."""
    known = sum(one.is_known for one in lessons)
    return f"""# Which symbol is the counterpart of another

A linear score over {len(PAIR_SIGNS)} signs of two symbols and a question, each also by how much the
question tells beside the name; words of names that corresponded in the pairs learnt from; and a
logistic regression over {len(SURE_SIGNS)} signs of the best one: whether it surely does the same.
Learnt with `python -P -m ragbot.adapt.names` on {_today()}.

- **Data**: {files.counterparts} ({known} questions in which a name is read) and
  {len(lessons) - known} questions of {files.questions} whose answer is the document of a symbol.
- **Licence**: Apache-2.0; of the questions no more is kept than single words of API names.
- **Told right**, learnt from the counterparts of names of other words, {PAIR_FOLDS}-fold: an
  accepted one is first for {outcome.first}, among the first three for {outcome.three} of
  {outcome.of} whose shortlist holds one; {outcome.direct} accepted ones and {outcome.rejected}
  rejected ones are called direct. Of training questions the one document of the answer is first for
  {outcome.asked_first}, among three for {outcome.asked_three} of {outcome.asked}.
"""


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
