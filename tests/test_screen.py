"""Answers drawn for a terminal: nothing that the plain text says of trust is left out."""

import re
from dataclasses import replace

import pytest

from ragbot.answer.plain import as_text, notes
from ragbot.cli.screen import draw

from .test_conflicts import MANUAL, REVIEW, told


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """A comparison with a disagreement, findings with one, and a refusal."""
    assistant = told(tmp_path_factory.mktemp("drawn"), MANUAL, REVIEW)
    return [
        assistant.ask(question)
        for question in (
            "Compare Heron and Ibex on speed",
            "How many users does Heron serve when it reads fast?",
            "What is the price of whales in Norway?",
        )
    ]


@pytest.fixture(params=[200, 60], ids=["wide", "narrow"])
def drawn(request, monkeypatch, capsys):
    """Draws an answer on a terminal of that width; the words on it."""
    monkeypatch.setenv("COLUMNS", str(request.param))

    def drawn(answer) -> str:
        draw(answer)
        return " ".join(re.sub(r"[│┃─━┏┓┗┛┡┩├┤┼╇╈]", " ", capsys.readouterr().out).split())

    return drawn


def test_each_quote_stands_there_with_its_notes(answers, drawn):
    cells = (claim for cell in answers[0].cells for claim in cell.claims)
    (ibex,) = (claim for claim in (*answers[0].lead, *cells) if "Ibex is slow" in claim.text)
    assert notes(ibex, answers[0].cited()) == "of 2017"
    assert "(of 2017)" in drawn(answers[0])


@pytest.mark.parametrize("place", [0, 1], ids=["a table", "findings"])
def test_disagreements_stand_there_with_both_sides(answers, drawn, place):
    answer = answers[place]
    assert answer.conflicts, "the example has no disagreement any more"
    words = drawn(answer)
    assert "Sources disagree on Heron: the number of users" in words
    for side in answer.conflicts[0].sides:
        assert side.date in words
        for evidence in side.evidence:
            assert " ".join(evidence.quote.split()) in words


def test_what_no_source_compares_stands_there(answers, drawn):
    missing = replace(answers[0], gaps=("No source quoted here compares them.",))
    assert "No source quoted here compares them." in drawn(missing)


def test_a_refusal_says_why(answers, drawn):
    refused = answers[2]
    assert refused.refusal.reason in as_text(refused)
    assert refused.refusal.reason in drawn(refused)
