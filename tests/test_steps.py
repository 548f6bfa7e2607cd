"""How-to answers: the steps of a section stay together and in order, code stays code."""

import pytest

from ragbot.answer.citations import Numbering
from ragbot.answer.pick import LEAST, NEAR, Picker
from ragbot.answer.plain import as_text
from ragbot.answer.prove import Prover
from ragbot.answer.steps import Procedures
from ragbot.judge import Judged
from ragbot.judge.candidates import Gatherer
from ragbot.retrieval import Filters
from ragbot.types import BlockKind, Question

from .symbol_sample import open_references


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return open_references(tmp_path_factory.mktemp("references"))


def test_steps_stay_in_order_with_their_code(assistant):
    answer = assistant.ask("How do I restore a snapshot in Heron?")
    assert [claim.text for claim in answer.steps][:5] == [
        "To restore a snapshot of Heron, go through these steps.",
        "Stop the server.",
        "Copy the snapshot to the disk.",
        "Open it:",
        'link = heron.open("birds.db",\n                  restore=True)',
    ]
    assert answer.steps[4].evidence[0].kind is BlockKind.CODE
    starts = [claim.evidence[0].start for claim in answer.steps]
    assert starts == sorted(starts)
    told = {claim.text for claim in answer.steps} & {claim.text for claim in answer.findings}
    assert not told


def test_plain_text_shows_code_as_it_is(assistant):
    text = as_text(assistant.ask("How do I restore a snapshot in Heron?"))
    assert "In order, from Moving to Heron > Restore a snapshot" in text
    assert '    link = heron.open("birds.db",\n                      restore=True)\n' in text


def test_steps_under_a_heading_about_something_else_are_none(assistant):
    assert assistant.ask("How do I open birds with a copy of the server disk in Heron?").steps == ()


def test_what_asks_for_no_steps_gets_none(assistant):
    assert assistant.ask("Where does Heron keep rows?").steps == ()


class TestProcedures:
    """Over a section whose statements help as a test says."""

    @pytest.fixture
    def steps(self, assistant):
        generation = assistant.generation
        (document,) = [d for d in generation.library.documents() if d.title == "Moving to Heron"]
        statements = Gatherer(generation).of_document(document.id)

        class Finder:
            judged: tuple[Judged, ...] = ()

            def of_document(self, *_) -> tuple[Judged, ...]:
                return self.judged

        def told(helps: dict[str, float], words: int = 200) -> list[str]:
            finder = Finder()
            finder.judged = tuple(
                Judged(c, 0.0, next((v for k, v in helps.items() if k in c.quote), 0.0))
                for c in statements
            )
            best = sorted(finder.judged, key=lambda one: -one.helps)
            prover = Prover(assistant.guide, Numbering(generation.library))
            question: Question = assistant.signals("How do I restore a snapshot in Heron?")[0]
            picker = Picker(prover, words=words)
            claims = Procedures(generation, finder).steps(question, best, picker, Filters())
            return [claim.text for claim in claims]

        return told

    def test_only_what_helps_is_told_in_the_order_of_the_document(self, steps):
        found = steps({"Copy the snapshot": 0.9, "Stop the server": 0.4, "Open it": LEAST - 0.01})
        assert found == ["Stop the server.", "Copy the snapshot to the disk."]

    def test_code_comes_with_the_words_that_it_belongs_to(self, steps):
        told = {"Open it": 0.9, "link = heron.open": NEAR}
        assert [text[:4] for text in steps(told)] == ["Open", "link"]
        assert steps(told | {"Open it": LEAST - 0.01}) == []
        assert steps(told | {"link = heron.open": NEAR - 0.01}) == []

    def test_the_likeliest_are_kept_where_there_is_room_for_few(self, steps):
        told = {"Stop the server": 0.4, "Copy the snapshot": 0.9, "Open it": 0.5}
        assert steps(told, words=7) == ["Copy the snapshot to the disk.", "Open it:"]
