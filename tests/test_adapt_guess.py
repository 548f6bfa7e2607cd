"""Grades guessed from the passage that answers a question, and what is learnt from them."""

import gzip
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from ragbot.adapt import guess
from ragbot.adapt.finding import Asking
from ragbot.adapt.guess import guesses
from ragbot.adapt.judge.learn import JudgeRequest, learn_judge
from ragbot.judge import Judged
from ragbot.judge.judgements import read

from .test_adapt import Stops
from .test_adapt_judge import QUICK, judgements, settings  # noqa: F401

PASSAGE = "The heron reads rows fast. It closes the disk, after the last of its rows."


def judged(quote: str, helps: float) -> Judged:
    return Judged(SimpleNamespace(quote=quote), answers=helps / 2, helps=helps)


def graded(found) -> dict[str, int]:
    return {one.judged.candidate.quote: one.grade for one in found}


def test_the_best_of_the_passage_is_taken_for_the_answer():
    found = guesses(
        PASSAGE,
        [
            judged("It closes the disk, after the last", 0.10),
            judged("The heron  reads ROWS fast.", 0.32),
            judged("Ibexes climb rocks, and never rows", 0.10),
        ],
    )
    assert graded(found) == {
        "The heron  reads ROWS fast.": 3,
        "It closes the disk, after the last": 1,
        "Ibexes climb rocks, and never rows": 0,
    }


def test_where_the_signals_hardly_see_it_it_helps():
    assert graded(guesses(PASSAGE, [judged("The heron reads rows fast.", 0.2)])) == {
        "The heron reads rows fast.": 2
    }


def test_what_may_help_elsewhere_is_left_out_and_what_is_near_is_no_miss():
    found = guesses(
        PASSAGE,
        [
            judged("The heron reads rows fast.", 0.5),
            judged("A heron is quick with its rows.", 0.4),
            judged("A heron has a row of feathers.", 0.2),
        ],
    )
    assert graded(found) == {
        "The heron reads rows fast.": 3,
        "A heron has a row of feathers.": 1,
    }


@pytest.mark.parametrize("quote", ["Ibexes climb rocks.", "rows"])
def test_without_a_statement_of_the_passage_nothing_is_guessed(quote):
    assert guesses(PASSAGE, [judged(quote, 0.9)]) == []


@pytest.fixture(scope="module")
def guessed(judgements, tmp_path_factory):  # noqa: F811
    """The judgements without their splits, as if their grades had been guessed."""
    path = tmp_path_factory.mktemp("guessed") / "guessed.jsonl"
    with gzip.open(judgements, "rt") as stream:
        lines = [json.loads(line) for line in stream]
    path.write_text("".join(json.dumps({**one, "split": ""}) + "\n" for one in lines))
    return path


class TestFirst:
    def test_what_was_learnt_before_is_kept_and_told(self, settings, judgements, guessed, tmp_path):  # noqa: F811
        few = replace(QUICK, epochs=1, rate=1e-9, head_rate=1e-9)
        plain, after = (
            JudgeRequest(judgements, tmp_path / name, recipe=few, first=first)
            for name, first in (("plain", None), ("after", guessed))
        )
        before, outcome = (learn_judge(settings, one) for one in (plain, after))
        assert outcome.learnt.history[0] > before.learnt.history[0] + 0.02
        card = (outcome.folder / "README.md").read_text()
        assert "guessed.jsonl" in card
        assert "Before that" not in (before.folder / "README.md").read_text()

    def test_stopped_while_it_learns_before_it_goes_on(
        self,
        settings,  # noqa: F811
        judgements,  # noqa: F811
        guessed,
        tmp_path,
    ):
        few = replace(QUICK, epochs=1)
        whole = learn_judge(
            settings, JudgeRequest(judgements, tmp_path / "whole", recipe=few, first=guessed)
        )
        request = JudgeRequest(judgements, tmp_path / "judge", recipe=few, first=guessed)
        with pytest.raises(KeyboardInterrupt):
            learn_judge(settings, request, Stops(3))
        assert request.first_state_file.exists()
        outcome = learn_judge(settings, replace(request, resume=True))
        assert not request.working.exists()
        graphs = [(one.folder / "model.onnx").read_bytes() for one in (outcome, whole)]
        assert graphs[0] == graphs[1]


def test_it_finds_what_an_answer_would_be_made_of(asking):
    quotes = [one.candidate.quote for one in asking.judged("Is Heron fast?")]
    assert "Heron reads rows fast when they lie in one page." in quotes


def test_the_command_writes_what_a_judge_learns_from(tmp_path, capsys, monkeypatch):
    questions = tmp_path / "questions.jsonl"
    lines = [{"question": f"how fast is heron {n}", "text": PASSAGE} for n in range(30)]
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines))
    known = tmp_path / "judgements.jsonl"
    known.write_text(json.dumps({"question": "How fast is heron 7?", "quotes": []}) + "\n")
    statement = SimpleNamespace(
        quote="The heron reads rows fast.",
        heading="Herons",
        symbol="",
        statement=SimpleNamespace(label="speed"),
    )
    asked = SimpleNamespace(judged=lambda question: (Judged(statement, 0.4, 0.5),))
    monkeypatch.setattr(Asking, "open", lambda *_: asked)
    output = tmp_path / "guessed.jsonl.gz"
    files = ["--questions", str(questions), "--judgements", str(known), "--output", str(output)]
    assert guess.main(files) == 0
    found = read(output)
    assert len(found) == 29  # one is known
    assert found[0].quotes[0].grade == 3
    assert "29 of 29 questions, 29 kept" in capsys.readouterr().err
    assert guess.main([*files[:-1], str(tmp_path / "no" / "where.gz")]) == 1
