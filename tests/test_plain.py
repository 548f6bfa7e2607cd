"""An answer as plain text."""

import re
from dataclasses import replace

import pytest

from ragbot.answer.plain import NEAR_MISS, NO_SOURCE, as_text, dated
from ragbot.assistant import Turn


def test_a_table_is_written_row_by_row(assistant):
    answer = assistant.ask("Compare Heron, Ibex and Marmot on speed and backup")
    text = as_text(answer)
    lines = text.splitlines()
    assert lines.index("Speed") < lines.index("Backup")
    assert "Point reads | Heron: “fast, 4 microseconds” [" in text
    for column in ("Heron", "Ibex", "Marmot"):
        assert sum(line.startswith(f"  {column}: ") for line in lines) == 2


def test_a_cell_without_evidence_says_so(assistant):
    answer = assistant.ask("Which database is easy for a beginner?")
    assert f"  Ibex: {NO_SOURCE}" in as_text(answer).splitlines()


@pytest.mark.parametrize(
    "question", ["Compare Heron, Ibex and Marmot on speed and backup", "Is Heron fast?"]
)
def test_every_number_has_its_source_and_every_source_its_number(assistant, question):
    answer = assistant.ask(question)
    body, _, sources = as_text(answer).rpartition("\n\n")
    listed = re.findall(r"^\[(\d+)\]", sources, re.MULTILINE)
    assert listed == [str(c.number) for c in answer.citations]
    assert set(re.findall(r" \[(\d+)\]", body)) == set(listed)
    for citation in answer.citations:
        assert f"“{citation.evidence.quote}” [{citation.number}]" in body
        assert citation.place in sources


def test_a_digest_is_called_one(assistant):
    text = as_text(assistant.ask("Is Marmot hard for a beginner?"))
    assert "(Summit School, tutorial, digest, undated) https://school.example/course" in text


def test_a_refusal_gives_its_reason_and_what_came_nearest(assistant):
    answer = assistant.ask("What is the weather in Paris?")
    lines = as_text(answer).splitlines()
    assert answer.refusal.reason in lines
    nearest = [line for line in lines if line.startswith("Nearest: ")]
    assert len(nearest) == len(answer.refusal.nearest)


def test_a_near_miss_is_named_as_one(assistant):
    answer = assistant.ask("Is Gull better than Heron?")
    assert as_text(answer).splitlines()[:2] == [answer.refusal.reason, NEAR_MISS]
    assert NEAR_MISS not in as_text(assistant.ask("What is the weather in Paris?"))


def test_what_was_understood_and_what_is_unknown_is_said(assistant):
    answer = assistant.ask("Is it fast?", [Turn("user", "Tell me of Heron")])
    assert as_text(answer).startswith("Understood as: Is Heron fast?\n")
    assert "React" in as_text(assistant.ask("React vs Vue")).splitlines()[0]


def test_every_quote_has_its_number(assistant):
    answer = assistant.ask("Is Heron fast?")
    found = answer.cited()
    assert [c.number for c in found.values()] == [c.number for c in answer.citations]


def test_dates_are_told_with_what_they_mean(assistant):
    answer = assistant.ask("Compare Heron, Ibex and Marmot on speed and backup")
    said = {c.source_id: dated(c) for c in answer.citations}
    assert said["heron-manual"] == "updated 2025-03-02, version 4.1"
    assert said["review"] == "2022-07"
    assert said["ibex-manual"] == "undated"


def test_what_was_read_into_the_words_is_told(assistant):
    answer = assistant.ask("Is Heron fast?")
    assert "read as" not in as_text(answer)
    question = replace(answer.question, readings=("Heorn read as Heron", "x.y read as hr.x.y"))
    told = as_text(replace(answer, question=question)).splitlines()
    assert "Heorn read as Heron; x.y read as hr.x.y." in told
