"""The form of a question: learnt, packaged, and told for subjects it never saw."""

import json
import shutil

import numpy as np
import pytest

from ragbot.adapt.forms import FormTeacher, read_lessons
from ragbot.errors import AdaptError, EncoderError
from ragbot.learnt_file import SUMS_FILE
from ragbot.types import Form, Question, QuestionKind
from ragbot.understand.features import NAME, SUBJECT, features
from ragbot.understand.form import FORMS_FILE, PACKAGED, open_forms

FORMS = [
    ("Is Heron faster than Ibex?", Form.YES_NO),
    ("Does Ibex have replicas?", Form.YES_NO),
    ("Should I learn Heron or Ibex first?", Form.CHOICE),
    ("What is the difference between Heron and Ibex?", Form.DIFFERENCE),
    ("What is the equivalent of hr.open in Ibex?", Form.EQUIVALENT),
    ("How do I restore a snapshot in Heron?", Form.HOW_TO),
    ("What is a replica?", Form.WHAT_IS),
    ("Why is Heron so slow?", Form.WHY),
]


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_the_form_is_told_of_subjects_that_were_not_learnt(guide, text, form):
    read = open_forms().read(text, np.zeros(384, dtype=np.float32), guide, "another encoder")
    assert read.form is form
    assert sum(share for _, share in read.forms) == pytest.approx(1, abs=0.01)
    assert {one for one, _ in read.forms} == set(Form)


def test_what_a_question_names_is_no_feature_but_that_it_names_something(guide):
    found = features("How do I call ibexlib.open_all() in Heron?", guide)
    assert {f"in {SUBJECT} ?", f"call {NAME} in", "^ how do i"} <= set(found.runs)
    assert not [run for run in found.runs if "heron" in run or "open" in run]
    again = features("How do I call x.y_z() in Ibex?", guide)
    assert again == found


def test_a_title_in_front_is_not_the_opening(guide):
    assert "^ how do i" in features("Heron: how do I restore it?", guide).runs


def test_the_assistant_tells_the_form(assistant):
    question = assistant.ask("How do I restore a snapshot in Heron?").question
    assert (question.form, question.wants_steps) == (Form.HOW_TO, True)
    assert question.sureness > 0.5
    assert assistant.compare(["heron", "ibex"]).question.form is Form.COMPARISON


def test_a_question_without_a_reading_is_sure():
    assert Question("?", "?", QuestionKind.SINGLE, (), ()).sureness == 1


def test_damaged_weights_are_not_used(tmp_path):
    for name in (FORMS_FILE, SUMS_FILE):
        shutil.copy(PACKAGED / name, tmp_path / name)
    open_forms(tmp_path)
    text = (tmp_path / FORMS_FILE).read_text(encoding="utf-8")
    (tmp_path / FORMS_FILE).write_text(text.replace("0.1", "0.2", 1), encoding="utf-8")
    open_forms.cache_clear()
    with pytest.raises(EncoderError, match="reinstall"):
        open_forms(tmp_path)
    (tmp_path / SUMS_FILE).unlink()
    with pytest.raises(EncoderError, match="cannot be read"):
        open_forms(tmp_path)


class TestLearning:
    def test_forms_are_learnt_from_a_file(self, tmp_path, guide):
        path = tmp_path / "readings.jsonl"
        lines = [
            {"question": f"{words} {at}?", "type": kind, "code": kind == "how_to", "split": split}
            for at in range(10)
            for words, kind in (("How to open", "how_to"), ("Why is it", "own_bug"))
            for split in ("learn", "check")
        ]
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        lessons = read_lessons(path)
        assert {one.form for one in lessons} == {Form.HOW_TO, Form.WHY}
        teacher = FormTeacher(lessons, guide, np.zeros((len(lessons), 4), dtype=np.float32))
        outcome = teacher.outcome(with_vector=True)
        assert outcome.right(checks=True) == (20, 20, 20)
        assert outcome.right(checks=False) == (20, 20, 20)
        assert teacher.learnt("x")["classes"] == ["how_to", "why"]

    def test_a_wrong_line_is_named(self, tmp_path):
        path = tmp_path / "readings.jsonl"
        path.write_text('{"question": "?", "type": "riddle", "code": true}', encoding="utf-8")
        with pytest.raises(AdaptError, match="line 1"):
            read_lessons(path)
