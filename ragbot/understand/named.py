"""A comparison by names, that nobody put into words."""

from collections.abc import Sequence

from ragbot.errors import QuestionError
from ragbot.guide import Guide
from ragbot.limits import distinct, shown, those_known
from ragbot.types import Column, Form, Question, QuestionKind, Row
from ragbot.understand.rephrase import in_a_row


def named_question(guide: Guide, subjects: Sequence[str], aspects: Sequence[str]) -> Question:
    """The question that compares subjects on aspects, each given by id, name or alias.

    Raises:
        QuestionError: there are fewer than two different subjects, a list is too long, or a name
            is not known.
    """
    columns, rows = [], []
    for name in distinct("subjects", subjects):
        subject = guide.subject(name)
        if subject is None:
            known = those_known(name, (s.id for s in guide.subjects))
            raise QuestionError(f"the index knows no subject {shown(name)!r}; {known}")
        columns.append(Column(subject.id, subject.name))
    for name in distinct("aspects", aspects):
        aspect = guide.aspect(name)
        if aspect is None:
            known = those_known(name, (a.id for a in guide.aspects))
            raise QuestionError(f"the index knows no aspect {shown(name)!r}; {known}")
        rows.append(Row(aspect.id, aspect.name))
    columns, rows = list(dict.fromkeys(columns)), list(dict.fromkeys(rows))
    if len(columns) < 2:
        raise QuestionError("a comparison needs two different subjects or more")
    text = f"Compare {in_a_row([column.name for column in columns], 'and')}"
    if rows:
        text += f" on {in_a_row([row.name.lower() for row in rows], 'and')}"
    kind, form = QuestionKind.COMPARISON, Form.COMPARISON
    return Question(text, text, kind, tuple(columns), tuple(rows), form=form)
