"""The service tells how a question was understood."""

from typing import Any

from api.questions import QuestionOut
from ragbot.types import Column, Form, Object, ObjectKind, Question, QuestionKind


def test_what_was_read_is_told() -> None:
    named = Object("hr.x", 0, 4, ObjectKind.SYMBOL, "hr.box.x", "d1", "heron", "hr.box.x")
    columns = (Column("heron", "Heron"),)
    question = Question(
        *("hr.x?", "hr.x?", QuestionKind.SINGLE, columns, ()),
        form=Form.WHAT_IS,
        form_probabilities=((Form.WHAT_IS, 0.9), (Form.WHY, 0.1)),
        objects=(named,),
        readings=("hr.x read as hr.box.x",),
    )
    told: dict[str, Any] = QuestionOut.from_question(question).model_dump(mode="json")
    assert (told["form"], told["sureness"]) == ("what_is", 0.9)
    (one,) = told["objects"]
    assert (one["text"], one["name"], one["document"]) == ("hr.x", "hr.box.x", "d1")
    assert told["readings"] == ["hr.x read as hr.box.x"]
    assert (told["facets"], told["wants_code"], told["wants_reasons"]) == ([], False, False)
