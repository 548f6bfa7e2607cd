"""`ragbot check`: a saved answer against an index, with everything that can be wrong with it."""

import json

import pytest
from click.testing import CliRunner

from api.answers import AnswerOut
from ragbot.answer.recheck import Outcome, recheck
from ragbot.answer.saved import read_saved
from ragbot.cli import cli
from ragbot.errors import AnswerError


@pytest.fixture(scope="module")
def given(assistant):
    """The JSON of an answer of the sample index, as a value."""
    question = "Should I choose Heron or Ibex for fast reads and fast bulk writes?"
    return json.loads(AnswerOut.from_answer(assistant.ask(question)).model_dump_json())


@pytest.fixture
def answer(given):
    """A copy of it that a test may spoil."""
    return json.loads(json.dumps(given))


@pytest.fixture
def check(generation):
    """Checks an answer against the sample index."""

    def check(answer, against=None):
        saved = read_saved(json.dumps(answer), "answer.json")
        return recheck(saved, generation.library, generation.guide, against or generation.name)

    return check


def outcomes(report):
    return [quote.outcome for quote in report.quotes if quote.outcome is not Outcome.SOUND]


def test_an_answer_holds_as_it_was_given(check, answer):
    report = check(answer)
    assert report.holds
    assert report.same_generation
    assert report.claims >= len(answer["lead"]) + 1
    assert len(report.quotes) == len(answer["citations"])


def test_a_refusals_passages_are_checked(check, assistant):
    refused = json.loads(AnswerOut.from_answer(assistant.ask("React vs Vue")).model_dump_json())
    assert len(check(refused).quotes) == len(refused["refusal"]["nearest"]) > 0
    refused["refusal"]["nearest"][0]["quote"] = "React is a bird."
    assert not check(refused).holds


def test_a_tampered_quote_is_shown_with_what_stands_there(check, answer):
    citation = answer["citations"][0]
    original = citation["quote"]
    citation["quote"] = original.replace(original.split()[1], "never", 1)
    report = check(answer)
    assert outcomes(report) == [Outcome.CHANGED]
    assert not report.holds
    changed = next(q for q in report.quotes if q.outcome is Outcome.CHANGED)
    assert original.split()[-1] in changed.detail


def test_a_shifted_offset_is_not_where_it_was(check, answer):
    answer["citations"][0]["start"] += 1
    answer["citations"][0]["end"] += 1
    report = check(answer)
    assert outcomes(report) == [Outcome.MOVED]
    assert not report.holds


def test_in_another_generation_a_quote_may_have_moved(check, answer):
    for citation in answer["citations"]:
        citation["start"] += 7
        citation["end"] += 7
        citation["passage_id"] = "of-another-generation"
    report = check(answer, against="000009-cafecafe")
    assert set(outcomes(report)) == {Outcome.MOVED}
    assert report.holds
    assert not report.same_generation


def test_a_missing_document_is_looked_for_by_its_words(check, answer):
    answer["citations"][0]["document_id"] = "gone"
    report = check(answer)
    assert outcomes(report) == [Outcome.MOVED]
    answer["citations"][0]["quote"] = "Gulls nest on cliffs in the north."
    assert outcomes(check(answer)) == [Outcome.GONE]


def test_a_number_without_a_citation_is_wrong(check, answer):
    answer["lead"][0]["citations"] = [99]
    report = check(answer)
    assert [fault.what for fault in report.faults] == ["there is no citation 99"]
    assert report.faults[0].where == "lead[0]"
    answer["lead"][0]["citations"] = []
    assert [fault.what for fault in check(answer).faults] == ["it cites nothing"]


def test_a_number_given_twice_is_wrong(check, answer):
    answer["citations"].append(answer["citations"][0])
    assert "same number" in check(answer).faults[0].what


def test_a_claim_says_what_it_quotes(check, answer):
    answer["lead"][0]["text"] = "Heron is the best."
    assert "none of the quotes" in check(answer).faults[0].what


def test_the_checks_of_a_claim_are_made_anew(check, answer):
    named = answer["lead"][0]["subject"]
    answer["lead"][0]["subject"] = "marmot"
    faults = check(answer).faults
    assert named != "marmot"
    assert [f.where for f in faults] == ["lead[0]"]
    assert "marmot" in faults[0].what


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Heron reads fast.", ""),
        ("Heron reads in 4,711 seconds.", "4,711"),
        ("Marmot reads fast.", "marmot"),
    ],
)
def test_a_sentence_in_other_words_says_no_more_than_its_quotes(check, answer, text, wrong):
    cited = answer["lead"][0]["citations"]
    answer["summary"] = {"sentences": [{"text": text, "subject": "heron", "citations": cited}]}
    faults = check(answer).faults
    assert bool(faults) == bool(wrong)
    assert not wrong or wrong in faults[0].what


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ('{"question": {"te', "cut short"),
        ("[1, 2]", "no saved answer"),
        ('{"id": "q1", "answer": "text"}', "no citations"),
        ('{"question": {}, "generation": "g", "citations": [{"number": 1}]}', "quote"),
        ('{"question": {}, "generation": "g", "citations": 3}', "citations: .*list"),
        ('{"question": {}, "generation": 7, "citations": []}', "generation: .*string"),
        ('{"question": {}, "generation": "g", "citations": [], "refusal": "x"}', "refusal"),
        (
            '{"question": 1, "generation": "g", "citations": [], "refusal": {"nearest": 5}}',
            r"refusal\.nearest",
        ),
        (
            '{"question": 1, "generation": "g", "citations": [], "lead": [{"citations": [true]}]}',
            r"lead\[0\]\.citations\.0",
        ),
        (
            '{"question": 1, "generation": "g", "citations": [],'
            ' "lead": [{"text": "x", "citations": [], "subject": [1]}]}',
            r"lead\[0\]\.subject",
        ),
        (
            '{"question": 1, "generation": "g", "citations": [],'
            ' "lead": [{"text": "x", "citations": [], "checks": [{"name": {}}]}]}',
            r"lead\[0\]\.checks\.0\.name",
        ),
        (
            '{"question": 1, "generation": "g", "citations": [{"number": 1, "quote": "x",'
            ' "start": 99999999999999999999, "end": 3, "document_id": "d", "passage_id": "p"}]}',
            "start",
        ),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(text, said):
    with pytest.raises(AnswerError, match=said):
        read_saved(text, "answer.json")


class TestCommand:
    def test_a_sound_answer(self, built, answer, tmp_path):
        path = tmp_path / "answer.json"
        path.write_text(json.dumps(answer))
        result = CliRunner().invoke(cli, ["check", str(path), "--index", str(built.index)])
        assert (result.exit_code, "The answer holds" in result.stdout) == (0, True)

    def test_a_spoilt_answer_from_stdin(self, built, answer):
        answer["citations"][0]["quote"] += " Or not."
        arguments = ["check", "-", "--index", str(built.index), "--json"]
        result = CliRunner().invoke(cli, arguments, input=json.dumps(answer))
        assert result.exit_code == 1
        report = json.loads(result.stdout)
        assert report["holds"] is False
        assert [q["outcome"] for q in report["quotes"]].count("changed") == 1

    @pytest.mark.parametrize("name", ["gone.json", "."])
    def test_a_file_that_cannot_be_read(self, built, tmp_path, name):
        arguments = ["check", str(tmp_path / name), "--index", str(built.index)]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 2
        assert "cannot be read" in result.stderr

    def test_a_file_that_is_no_answer(self, built):
        arguments = ["check", "-", "--index", str(built.index)]
        result = CliRunner().invoke(cli, arguments, input='{"question"')
        assert (result.exit_code, "cut short" in result.stderr) == (2, True)
