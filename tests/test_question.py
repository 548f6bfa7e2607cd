"""What a question asks."""

import numpy as np
import pytest

from ragbot.errors import QuestionError
from ragbot.guide import Guide, parse
from ragbot.types import ObjectKind, Question, QuestionKind
from ragbot.understand.followup import Turn
from ragbot.understand.named import named_question
from ragbot.understand.names import NamedDocument
from ragbot.understand.question import NARROWING, QUESTION_ROW, QuestionReader
from ragbot.understand.resolver import Resolver
from ragbot.understand.vocabulary import Vocabulary
from ragbot.understand.words import SPECIFIC

from .sample import SUBJECTS


class FewNames:
    """The names of a few documents."""

    documents = (
        NamedDocument("d1", ("marmot.MarmotLoader",), ("marmot",)),
        NamedDocument("d2", ("ibex.ibex_open",), ("ibex",)),
        NamedDocument("d3", ("ibex.rows.Packer", "ibex.Packer"), ("ibex",)),
        NamedDocument("d4", ("hr.rows.packer",), ("heron",)),
        NamedDocument("d5", ("hr.open",), ("heron",)),
        NamedDocument("d6", ("ibex.open",), ("ibex",)),
    )
    lasts = frozenset({"marmotloader", "ibex_open", "packer", "open"})

    def ending(self, written):
        return tuple(one for one in self.documents if one.ending(written))

    def begins(self, written):
        return False


class Meanings:
    """Vectors that say nothing, and the aspects that it is told."""

    def __init__(self, similar):
        self.similar = similar

    def of_text(self, text):
        return np.zeros(4, dtype=np.float32)

    def similar_aspects(self, text):
        return self.similar


@pytest.fixture
def ask(guide, generation):
    """Understands a question with the guide and the word weights of the sample corpus."""

    def ask(text: str, *history: str, of: Guide = guide, similar: tuple[str, ...] = ()) -> Question:
        turns = [
            Turn(role, content)
            for asked in history
            for role, content in (("user", asked), ("assistant", "It depends on Marmot."))
        ]
        weights = generation.lexical.weights
        resolver = Resolver(lambda: FewNames.documents, of, weights)
        vocabulary = Vocabulary(of, weights, FewNames(), lambda _: True, resolver)
        meanings = Meanings([of.aspect(s) for s in similar])
        return QuestionReader(vocabulary, meanings, "none").read(text, turns)

    return ask


def columns(question: Question) -> list[str]:
    return [column.id for column in question.columns]


def rows(question: Question) -> list[str]:
    return [row.id for row in question.rows]


class TestOwners:
    def test_a_programming_name_set_against_a_subject_stands_for_its_own(self, ask):
        assert columns(ask("Heron vs MarmotLoader vs ibex_open on speed")) == [
            "heron",
            "marmot",
            "ibex",
        ]

    def test_alone_it_stands_for_the_one_it_can_mean(self, ask):
        assert columns(ask("Is MarmotLoader fast?")) == ["marmot"]
        assert columns(ask("Is Packer fast?")) == []  # two have one

    @pytest.mark.parametrize(
        "text",
        ["Does Heron have a MarmotLoader?", "Heron vs OtherLoader"],
        ids=["not set against it", "nobody's"],
    )
    def test_else_it_stands_for_none(self, ask, text):
        assert "marmot" not in columns(ask(text))


class TestKind:
    @pytest.mark.parametrize(
        ("text", "kind", "subjects"),
        [
            ("Heron or Ibex?", QuestionKind.COMPARISON, ["heron", "ibex"]),
            ("Ibex vs heron db", QuestionKind.COMPARISON, ["ibex", "heron"]),
            ("Is hr.open like ibex.open?", QuestionKind.EQUIVALENCE, ["heron", "ibex"]),
            ("Is Heron fast?", QuestionKind.SINGLE, ["heron"]),
            ("What is fast?", QuestionKind.SINGLE, []),
            (
                "Which database is easy?",
                QuestionKind.COMPARISON,
                ["heron", "ibex", "marmot"],
            ),
            ("Which database is Heron?", QuestionKind.SINGLE, ["heron"]),
        ],
    )
    def test_two_subjects_make_a_comparison(self, ask, text, kind, subjects):
        question = ask(text)
        assert (question.kind, columns(question)) == (kind, subjects)
        assert question.text == question.standalone == text

    @pytest.mark.parametrize(
        "text",
        [
            "How do I use Heron with Ibex?",
            "Can I move rows from Heron to Ibex?",
            "Is Heron still tied to Ibex?",
            "How is Ibex related to Heron?",
            "How do I save or load a Heron file in Ibex?",
            "Could I move to Ibex what Heron keeps on a server?",
            "Does Heron use Ibex?",
            "How do I back up in Heron and Ibex?",
            "Heron keeps snapshots; does Ibex?",
        ],
    )
    def test_one_thing_about_two_subjects_is_no_comparison(self, ask, text):
        question = ask(text)
        assert question.kind is QuestionKind.SINGLE
        assert sorted(columns(question)) == ["heron", "ibex"]
        assert question.rows == ()

    @pytest.mark.parametrize(
        "text",
        [
            "heron ibex speed",
            "What is the difference between Heron and Ibex?",
            "Is Heron cheaper than Ibex?",
            "Heron vs Ibex backup",
            "Should I use Heron or Ibex?",
            "What should all databases do?",
            "Could Heron be easier to learn, or Ibex?",
        ],
    )
    def test_what_compares_makes_one(self, ask, text):
        assert ask(text).kind is QuestionKind.COMPARISON

    def test_marks_of_emphasis_are_no_part_of_a_name(self, ask):
        question = ask("Is _Heron_ as **fast** as `Ibex` with *hr.read_all*?")
        assert question.standalone == "Is Heron as fast as Ibex with hr.read_all?"
        assert columns(question) == ["heron", "ibex"]
        for text in ("What does hr._read_ do?", "What does __call__ do in Heron?", "Is 2 * 3 * 4?"):
            assert ask(text).standalone == text

    def test_columns_have_the_names_as_shown(self, ask):
        assert [c.name for c in ask("ibex vs HERONDB").columns] == ["Ibex", "Heron"]

    def test_without_subjects_every_question_is_single(self, ask):
        question = ask("Is Heron fast?", of=parse(""))
        assert (question.kind, question.columns, question.rows) == (QuestionKind.SINGLE, (), ())


class TestRows:
    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("Heron or Ibex: which is fast?", ["speed"]),
            ("Compare Heron and Ibex on backup and price", ["backup", "cost"]),
            ("Compare Heron and Ibex", []),
            ("What is the difference between Heron and Ibex?", []),
        ],
    )
    def test_those_that_are_named(self, ask, text, named):
        assert rows(ask(text)) == named

    def test_something_narrower_gets_a_row_of_its_own(self, ask):
        question = ask("Heron or Ibex for typography in Klingon?")
        assert rows(question) == [QUESTION_ROW]
        assert rows(ask("Heron or Ibex for a Klingon backup?")) == [QUESTION_ROW, "backup"]

    def test_without_an_aspect_a_less_rare_word_narrows_it_too(self, ask, generation):
        weight = max(generation.lexical.weights("bulk").values())
        assert NARROWING <= weight < SPECIFIC, "the word is no example any more"
        assert rows(ask("Heron or Ibex in bulk?")) == [QUESTION_ROW]
        assert rows(ask("Heron or Ibex in bulk, which is fast?")) == ["speed"]

    def test_a_word_of_the_whole_field_does_not(self, ask):
        text = SUBJECTS.replace("[all]", '[all]\ngeneral = ["klingon*"]')
        assert rows(ask("Heron or Ibex for Klingons?", of=parse(text))) == []

    def test_an_aspect_near_in_meaning_joins_where_none_is_named(self, ask):
        assert "cost" in rows(ask("Heron or Ibex for misers?", similar=("cost",)))
        assert "cost" not in rows(ask("Heron or Ibex for fast misers?", similar=("cost",)))

    def test_without_aspects_the_question_is_the_row(self, ask):
        guide = parse(
            '[[subject]]\nid = "a"\nname = "Heron"\n[[subject]]\nid = "b"\nname = "Ibex"\n'
        )
        assert rows(ask("Heron or Ibex?", of=guide)) == [QUESTION_ROW]


class TestUnknown:
    @pytest.mark.parametrize(
        ("text", "subjects", "unknown"),
        [
            ("React vs Vue", [], ("React", "Vue")),
            ("React vs Heron", ["heron"], ("React",)),
            ("Heron versus React?", ["heron"], ("React",)),
            ("Is Heron better than react?", ["heron"], ("react",)),
            ("Heron vs Ibex vs React", ["heron", "ibex"], ("React",)),
            ("Heron or Ibex?", ["heron", "ibex"], ()),
            ("Is Heron fast or slow?", ["heron"], ()),
            ("Compare Heron and Vue", ["heron"], ("Vue",)),
            ("Is hr.open better than ibex.open?", ["heron", "ibex"], ()),
        ],
    )
    def test_names_set_against_another_that_are_no_subject(self, ask, text, subjects, unknown):
        question = ask(text)
        assert (columns(question), question.unknown) == (subjects, unknown)

    def test_they_keep_a_question_from_meaning_all(self, ask):
        assert columns(ask("Which database: React vs Vue?")) == []


class TestFollowUp:
    def test_it_is_read_with_its_history(self, ask):
        question = ask("Which one is fast?", "Heron or Ibex?")
        assert columns(question) == ["heron", "ibex"]
        assert rows(question) == ["speed"]
        assert question.text == "Which one is fast?"
        assert question.standalone == "Heron or Ibex: Which one is fast?"

    def test_a_further_subject_is_a_column(self, ask):
        question = ask("And Marmot?", "Which is faster, Heron or Ibex?")
        assert (columns(question), rows(question)) == (["heron", "ibex", "marmot"], ["speed"])

    def test_a_further_name_that_is_no_subject_is_told(self, ask):
        question = ask("How about React?", "Heron or Ibex?")
        assert (columns(question), question.unknown) == (["heron", "ibex"], ("React",))

    def test_another_aspect_is_the_row(self, ask):
        question = ask("and for beginners?", "Heron or Ibex on speed?")
        assert (columns(question), rows(question)) == (["heron", "ibex"], ["learning"])

    def test_also_keeps_the_row_before(self, ask):
        question = ask("also on price", "Heron or Ibex on speed?")
        assert rows(question) == ["speed", "cost"]


class TestNamed:
    def test_by_id_name_or_alias(self, guide):
        question = named_question(guide, ["heron", "IBEX", "marmot 2"], ["Speed", "easy"])
        assert columns(question) == ["heron", "ibex", "marmot"]
        assert rows(question) == ["speed", "learning"]
        assert question.kind is QuestionKind.COMPARISON
        assert question.text == "Compare Heron, Ibex and Marmot on speed and learning curve"

    def test_named_twice_counts_once(self, guide):
        question = named_question(guide, ["heron", "ibex", "herondb"], ["speed", "speed"])
        assert (columns(question), rows(question)) == (["heron", "ibex"], ["speed"])

    @pytest.mark.parametrize("subjects", [[], ["heron"], ["heron", "herondb"]])
    def test_fewer_than_two_are_no_comparison(self, guide, subjects):
        with pytest.raises(QuestionError, match="two different subjects"):
            named_question(guide, subjects, [])

    def test_an_unknown_subject_is_named_with_those_that_are_known(self, guide):
        with pytest.raises(QuestionError, match=r"'gull'.*heron, ibex, marmot"):
            named_question(guide, ["heron", "gull"], [])

    def test_an_unknown_aspect_is_named_with_those_that_are_known(self, guide):
        with pytest.raises(QuestionError, match=r"'colour'.*backup, cost, learning, speed"):
            named_question(guide, ["heron", "ibex"], ["colour"])

    def test_an_index_without_subjects_says_so(self):
        with pytest.raises(QuestionError, match="none"):
            named_question(parse(""), ["heron", "ibex"], [])


class TestReadings:
    def test_what_was_read_into_names_is_told(self, ask):
        question = ask("Does Heron have heron.rows.packer?")
        (one,) = question.objects
        assert (one.name, one.document, one.subject) == ("hr.rows.packer", "d4", "heron")
        assert question.readings == ("heron.rows.packer read as hr.rows.packer",)

    def test_a_name_that_nothing_holds_is_told_and_unknown(self, ask):
        question = ask("What does heron.shut do?")
        assert question.unknown == ("heron.shut",)
        assert question.readings == ()  # told once is enough
        assert ask("Is hr.open like heron.shut?").unknown == ()  # the other is found

    def test_the_parts_of_a_question_are_facets(self, ask):
        assert ask("What is a snapshot in Heron and how do I restore one?").facets == (
            "What is a snapshot in Heron",
            "Heron: how do I restore one",
        )
        assert ask("Is Heron fast and free? [solved]").facets == ()

    def test_what_is_to_be_explained_is_an_object(self, ask):
        (one,) = ask("What is a snapshot?").objects
        assert (one.text, one.kind) == ("snapshot", ObjectKind.CONCEPT)

    def test_what_later_stages_need_of_the_words_is_read_here(self, ask):
        question = ask("Does Gull use Heron?")
        assert (question.strangers, question.actor) == (("Gull",), "Gull")
        assert not question.asks_about_orders
        assert ask("Does the prompt tell a model to ignore Heron?").asks_about_orders
