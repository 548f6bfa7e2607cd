"""The assistant as a whole: what it opens, what it refuses to be asked, threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ragbot.assistant import Assistant, Filters, Turn
from ragbot.errors import IndexDamagedError, IndexMissingError, QuestionError
from ragbot.settings import Settings
from ragbot.types import Authority

from .words import WORDS, WordEncoder


def test_an_index_built_with_another_encoder_is_refused(built):
    with pytest.raises(IndexDamagedError, match=r"built with the encoder.*ragbot build"):
        Assistant.open(built, WordEncoder(WORDS[::-1]))


def test_without_an_index_it_says_how_to_build_one(tmp_path):
    with pytest.raises(IndexMissingError, match="ragbot build"):
        Assistant.open(Settings(index=tmp_path / "gone"), WordEncoder())


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00", "\u202e"])
def test_an_empty_question_is_refused(assistant, text):
    for method in (assistant.ask, assistant.search):
        with pytest.raises(QuestionError, match="empty"):
            method(text)


def test_a_long_question_is_refused_with_the_limit(built):
    assistant = Assistant.open(built.model_copy(update={"max_question_chars": 20}), WordEncoder())
    for method in (assistant.ask, assistant.search):
        with pytest.raises(QuestionError, match=r"21.*20"):
            method("x" * 21)
    assert assistant.search("Is   Heron \n    fast?")  # white space does not count


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE passages; --", "(((", "a" * 999, "🪶", "% _ *", "ﬀ"]
)
def test_any_text_is_a_question(assistant, text):
    answer = assistant.ask(text)
    assert answer.question.text == text
    assert (answer.refusal is None) == bool(answer.findings or answer.cells or answer.lead)


@pytest.mark.parametrize("text", ["\x00", "\u202e", " \u200b "])
def test_what_nobody_can_see_is_no_question(assistant, text):
    with pytest.raises(QuestionError, match="empty"):
        assistant.ask(text)


class TestSearch:
    def test_the_best_passages_come_first(self, assistant):
        hits = assistant.search("Heron snapshot backup", limit=4)
        assert len(hits) == 4
        assert "Heron takes a snapshot" in hits[0].passage.text
        assert len({hit.passage.id for hit in hits}) == 4

    def test_a_filter_holds(self, assistant):
        hits = assistant.search("backup", 50, Filters(subjects=("ibex",)))
        assert hits
        assert all("ibex" in hit.passage.subjects for hit in hits)

    def test_one_subject_does_not_crowd_out_the_other(self, assistant):
        hits = assistant.search("Heron and Marmot on price", limit=8)
        assert {"heron", "marmot"} <= {s for hit in hits for s in hit.passage.subjects}

    def test_nothing_to_find_gives_nothing(self, assistant):
        nothing = Filters(sources=("course",), authorities=(Authority.OFFICIAL,))
        assert assistant.search("backup", 5, nothing) == ()

    def test_a_filter_that_names_nothing_is_an_error_that_tells_the_names(self, assistant):
        with pytest.raises(QuestionError, match=r"no source 'reviw'; perhaps 'review' is meant"):
            assistant.search("backup", 5, Filters(sources=("reviw",)))


def test_a_question_is_put_in_words_with_its_history(assistant):
    turns = [Turn("user", "Heron or Ibex?")]
    assert assistant.self_contained("Which is fast?", turns) == "Heron or Ibex: Which is fast?"


def test_it_knows_the_subjects_of_its_index(assistant):
    assert [subject.id for subject in assistant.guide.subjects] == ["heron", "ibex", "marmot"]


def test_many_threads_get_the_same_answers(assistant):
    questions = ["Compare Heron and Ibex", "Is Marmot hard?", "React vs Vue", "Heron backup"]
    right = [assistant.ask(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(assistant.ask, questions * 8))
    assert found == right * 8
