"""What is refused, why in words, and what is shown with it."""

import numpy as np
import pytest

from ragbot.answer.refuse import Signals, judge
from ragbot.guide import parse
from ragbot.index.manifest import Nearness
from ragbot.judge.refusal import RefusalModel, Scale
from ragbot.types import Column, Question, QuestionKind, Row
from ragbot.understand.foreign import foreign_names

from .sample import SUBJECTS

HERON, IBEX = Column("heron", "Heron"), Column("ibex", "Ibex")


def question(*columns: Column, rows: tuple[str, ...] = (), unknown: tuple[str, ...] = ()):
    kind = QuestionKind.COMPARISON if len(columns) > 1 else QuestionKind.SINGLE
    return Question("?", "?", kind, columns, tuple(Row(r, r) for r in rows), unknown)


@pytest.fixture(scope="module")
def model() -> RefusalModel:
    return RefusalModel.read()


class TestScale:
    """The two marks of a corpus say what a cosine is worth there."""

    LEARNT = Nearness(foreign=0.3, own=0.7, headings=200)

    def test_the_marks_of_one_corpus_are_read_as_those_of_the_other(self):
        here = Nearness(foreign=0.1, own=0.3, headings=10**9)
        scale = Scale(self.LEARNT, here)
        assert scale.read(0.1) == pytest.approx(0.3)
        assert scale.read(0.2) == pytest.approx(0.5)
        assert scale.read(0.3) == pytest.approx(0.7)

    def test_the_corpus_that_was_learnt_on_is_its_own_measure(self):
        assert Scale(self.LEARNT, self.LEARNT).read(0.44) == pytest.approx(0.44)

    def test_one_heading_says_little(self):
        scale = Scale(self.LEARNT, Nearness(foreign=0.1, own=0.9, headings=1))
        assert scale.read(0.1) == pytest.approx(0.3)
        assert scale.read(0.5) == pytest.approx(0.7, abs=0.03)

    def test_marks_that_lie_on_one_another_measure_nothing(self):
        scale = Scale(self.LEARNT, Nearness(foreign=0.5, own=0.4, headings=10**9))
        assert scale.read(0.6) == pytest.approx(0.5)

    def test_it_decides_what_is_refused(self, model):
        """The same cosine is near in a small corpus and far in the large one."""
        far, small = Signals(0.44, 0.6), Nearness(foreign=0.05, own=0.45, headings=100)
        assert judge(question(), far, model, model.learnt_on)
        assert judge(question(), far, model, small) is None
        assert judge(question(), Signals(0.1, 0.2), model, small)


class TestJudge:
    @pytest.mark.parametrize(
        ("columns", "signals", "near_miss"),
        [
            ((HERON,), Signals(0.1, 0.1), True),
            ((), Signals(0.1, 0.1), False),
            ((HERON,), Signals(0.1, 0.1, apart=("Gull",)), True),
            ((), Signals(0.1, 0.1, apart=("Gull",)), False),
        ],
    )
    def test_what_is_far_from_everything_is_refused(self, model, columns, signals, near_miss):
        refused = judge(question(*columns), signals, model)
        assert refused
        assert refused.near_miss is near_miss
        assert all(name in refused.reason for name in signals.apart)

    def test_what_is_near_is_answered(self, model):
        for columns in ((HERON,), (HERON, IBEX)):
            assert judge(question(*columns), Signals(0.8, 0.9), model) is None

    def test_a_name_that_nothing_near_holds_counts_against_an_answer(self, model):
        """Somewhere between near and far it decides."""
        decided = [
            cosine
            for cosine in np.linspace(0.1, 0.9, 81)
            if judge(question(HERON), Signals(cosine, 0.5), model) is None
            and judge(question(HERON), Signals(cosine, 0.5, apart=("Gull",)), model)
        ]
        assert decided

    def test_it_says_which_side_is_missing(self, model):
        refused = judge(
            question(HERON, unknown=("Gull",)), Signals(1.0, 1.0, strange=("Gull",)), model
        )
        assert refused
        assert "Gull as a subject" in refused.reason
        assert "Heron" in refused.reason
        assert refused.near_miss

    def test_two_known_sides_are_compared_without_the_third(self, model):
        signals = Signals(1.0, 1.0, strange=("Gull",))
        assert judge(question(HERON, IBEX, unknown=("Gull",)), signals, model) is None


class TestNames:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("Can I run Heron in Kubernetes?", ("Kubernetes",)),
            ("Does gull use Heron?", ("gull",)),
            ("Why does Gull need Heron", ("Gull",)),
            ("Kubernetes and Heron", ()),  # every sentence begins with a capital
            ("How To Force Heron To Run Under Big Loads", ()),  # a title says nothing by capitals
            ("Does it use Heron?", ()),
            ("Is Heron fast?", ()),
            ("Is Heron.Net dead?", ("Heron.Net",)),
        ],
    )
    def test_those_that_are_no_subject(self, guide, generation, text, names):
        assert foreign_names(text, guide, generation.lexical.weights) == names

    def test_a_product_is_none(self, generation):
        guide = parse(f'{SUBJECTS}\n[[product]]\nid = "gull"\nname = "Gull"\n')
        for text in ("Does Gull use Heron?", "Can I run Heron in Gull?", "Why was Gull given up?"):
            assert foreign_names(text, guide, generation.lexical.weights) == ()


class TestShown:
    def test_one_side_of_a_comparison_is_not_passed_off_as_an_answer(self, assistant):
        answer = assistant.ask("Is Gull better than Heron?")
        assert answer.refusal
        assert answer.refusal.near_miss
        assert "Gull" in answer.refusal.reason
        assert answer.refusal.nearest
        assert all("heron" in c.evidence.subjects for c in answer.refusal.nearest)
        assert not answer.citations

    def test_what_holds_the_name_comes_first(self, assistant):
        answer = assistant.ask("Is Weekly faster than Heron for logs?")
        assert answer.refusal
        strange = assistant.ask("Is Logs better than Heron?")
        assert strange.refusal
        assert "logs" in strange.refusal.nearest[0].evidence.quote.lower()

    def test_nothing_near_is_no_near_miss(self, assistant):
        answer = assistant.ask("Who wrote Hamlet?")
        assert answer.refusal
        assert not answer.refusal.near_miss

    def test_the_signals_are_those_that_it_answers_by(self, assistant, model):
        for text in ("Is Heron fast?", "Who wrote Hamlet?", "Is Gull better than Heron?"):
            asked, signals = assistant.signals(text)
            assert bool(judge(asked, signals, model)) == bool(assistant.ask(text).refusal)
