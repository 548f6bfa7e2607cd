"""Names side by side: found without a table of pairs, quoted exactly, honest where none fits."""

from dataclasses import replace

import numpy as np
import pytest

from ragbot.answer.equivalence.arguments import corresponding
from ragbot.answer.equivalence.names import written_in
from ragbot.answer.equivalence.pairs import Search
from ragbot.answer.equivalence.parameters import parameters
from ragbot.answer.find import PoolFinder
from ragbot.answer.plain import as_text
from ragbot.judge.candidates import Candidate
from ragbot.lexical.name_words import likeness, number, words
from ragbot.retrieval import Filters
from ragbot.types import BlockKind, QuestionKind, Statement

from .symbol_sample import open_references


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return open_references(tmp_path_factory.mktemp("references"))


def alike(one: str, other: str) -> float:
    return likeness(words(one), words(other))


@pytest.mark.parametrize(
    ("one", "other", "stranger"),
    [
        ("SealNorm2d", "SealNormalization", "SealCount2d"),  # a word that begins another
        ("RSELoss", "RowSealError", "RowCountLoss"),  # first letters
        ("AvgSeal", "AverageSealing", "AngleSeal"),  # letters left out, an ending
        ("CrossSeal", "crossseal", "cross_row"),  # words run together
    ],
)
def test_names_are_alike_as_people_shorten_them(one, other, stranger):
    assert alike(one, other) > alike(one, stranger)
    assert alike(one, one) == 1


def test_numbers_of_names():
    assert [number(word) for word in words("Seal2d")] == ["", "2"]
    assert [number(word) for word in words("seal_3D")] == ["", "3"]


def test_a_plain_word_is_no_mention_of_a_name():
    assert written_in("ibex.box.Seal2d", "Use Seal2d here.")
    assert not written_in("ibex.close", "They close the box.")
    assert written_in("ibex.close", "Call ibex.close here.")


def test_parameters_stand_where_they_say():
    signature = (
        "ibex.seal(\n    a: dict[str, int] = {'x': 1, 'y, z': 2},\n    *rest,\n    b=(1, 2)\n) -> c"
    )
    found = parameters(signature)
    assert [p.name for p in found] == ["a", "b"]
    assert [p.default for p in found] == ["{'x': 1, 'y, z': 2}", "(1, 2)"]
    for parameter in found:
        assert signature[parameter.start : parameter.end] == parameter.text
    assert parameters("ibex.LIMIT") == ()


def test_defaults_are_compared_by_value():
    one = parameters("f(a=1e-3, b='x', c, d=2)")
    other = parameters('g(a=0.001, b="y", c=3, d=2)')
    told = {pair.one.name: pair.is_other_default for pair in corresponding(one, other, {}, {})}
    assert told == {"a": False, "b": True, "c": False, "d": False}
    assert corresponding(one, other, {}, {})[0].one.name == "b"  # what tells most comes first


@pytest.mark.parametrize(
    ("one", "other"), [("eps=0.1", "epsilon=0.2"), ("lr=1", "learning_rate=2")]
)
def test_parameters_correspond_by_shortened_names(one, other):
    (pair,) = corresponding(parameters(f"f({one})"), parameters(f"g({other})"), {}, {})
    assert pair.is_other_default


def says(quote: str, cosine: float = 1.0) -> Candidate:
    """What is said of a parameter."""
    statement = Statement("p", 0, len(quote), BlockKind.LIST_ITEM, "", ("heron",))
    vector = np.float32([cosine, (1 - cosine**2) ** 0.5])
    return Candidate(0, statement, quote, vector, "d", 0, "", "", False, False, 1.0)


@pytest.mark.parametrize(
    ("told", "differs"),
    [
        ("turns: how often; defaults to 1.", False),
        ("turns: how often. Default: `1`", False),
        ("turns: how often; the default value is 1.", False),
        ("turns: how often (default 1)", True),
        ("turns: how often; defaults to 2.", True),
        ("turns: how often.", True),
    ],
)
def test_none_is_what_the_text_beside_it_says(told, differs):
    one, other = parameters("f(turns=None)"), parameters("g(turns=1)")
    (pair,) = corresponding(one, other, {"turns": says(told)}, {})
    assert pair.is_other_default == differs


@pytest.mark.parametrize("value", ["1e-5", "0.5", "-2", "False"])
def test_a_default_is_read_whole(value):
    one, other = parameters("f(turns=None)"), parameters(f"g(turns={value})")
    (pair,) = corresponding(one, other, {"turns": says(f"turns: defaults to {value}.")}, {})
    assert not pair.is_other_default


def test_what_is_on_or_off_corresponds_to_nothing_else_by_its_meaning():
    one = parameters("f(first=None)")
    said = {"first": says("first: what it begins with")}
    for default, found in (("False", 0), ("0", 1)):
        other = parameters(f"g(keeps={default})")
        pairs = corresponding(one, other, said, {"keeps": says("keeps: what it begins with")})
        assert len(pairs) == found


def test_one_value_for_every_dimension_is_that_value():
    (pair,) = corresponding(parameters("f(step=1)"), parameters("g(steps=(1, 1))"), {}, {})
    assert not pair.is_other_default


def test_the_counterpart_is_found_by_name_meaning_and_numbers(assistant):
    answer = assistant.ask("What is the Heron equivalent of ibex.box.Seal2d?")
    assert answer.question.kind is QuestionKind.EQUIVALENCE
    (beside,) = answer.side_by_side
    assert beside.asked.name == "ibex.box.Seal2d"
    first = beside.counterparts[0]
    assert first.name == "heron.SealLayer2d"  # not 1d, not v1, though that has the same name
    assert first.is_direct
    assert beside.note == ""
    assert [claim.text for claim in first.signature] == [
        "heron.SealLayer2d(width: int, margin: float = 0.1, *, turns=1.0)"
    ]
    assert first.summary.text == "Seal rows on disk with a lid."
    assert [c.text for c in beside.told] == [
        "The seal of Ibex, ibex.box.Seal2d, is heron.SealLayer2d in Heron."
    ]
    assert beside.asked.caveats == ()  # nothing of what is warned of is asked
    spans = [e.span for symbol in (beside.asked, first) for c in symbol.caveats for e in c.evidence]
    assert not any(
        one != other and one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
        for one in spans
        for other in spans
    )


def test_a_caveat_stands_there_where_it_helps_with_the_question(assistant):
    asked = "What is the Heron equivalent of ibex.box.Seal2d, a seal closed when rows are read?"
    (beside,) = assistant.ask(asked).side_by_side
    caveat = "unlike a plain lid this seal is closed when rows are read."
    assert any(caveat in claim.text for claim in beside.asked.caveats)


def test_arguments_that_correspond_stand_beside_each_other(assistant):
    (beside,) = assistant.ask("Heron equivalent of ibex.box.Seal2d").side_by_side
    pairs = {pair.asked.text: pair for pair in beside.arguments}
    assert beside.arguments[0].asked.text == "margin=0.5"  # its default differs
    assert pairs["margin=0.5"].counterpart.text == "margin: float = 0.1"
    assert pairs["margin=0.5"].is_other_default
    assert "turns=1" not in pairs  # 1 is 1.0


def test_every_quote_is_in_its_document_and_cited(assistant):
    answer = assistant.ask("Heron equivalent of ibex.box.Seal2d")
    cited = {(c.evidence.document_id, c.evidence.start, c.evidence.end) for c in answer.citations}
    found = [e for one in answer.side_by_side for c in one.claims() for e in c.evidence]
    assert len(found) > 6
    for evidence in found:
        document = assistant.generation.library.document(evidence.document_id)
        assert document.text[evidence.start : evidence.end] == evidence.quote
        assert (evidence.document_id, evidence.start, evidence.end) in cited


def test_two_names_are_set_beside_each_other(assistant):
    answer = assistant.ask("Difference between Ibex' Seal3d and Heron's SealLayer1d?")
    (beside,) = answer.side_by_side
    assert beside.asked.name == "ibex.box.Seal3d"
    assert [(s.name, s.is_asked) for s in beside.counterparts] == [("heron.SealLayer1d", True)]


def test_a_library_inside_another_answers_for_it_and_is_named(assistant):
    (beside,) = assistant.ask("Heron equivalent of ibex.count_query: count a query").side_by_side
    found = {symbol.name: symbol for symbol in beside.counterparts}
    assert found["wren.query_count"].subject == "heron"
    assert found["wren.query_count"].reference == "Wren"
    assert "in the reference of Wren" in as_text(
        assistant.ask("Heron equivalent of count_query: count a query")
    )


def test_where_nothing_fits_the_nearest_are_told_as_such(assistant):
    (beside,) = assistant.ask("What is the Ibex equivalent of heron.close?").side_by_side
    assert not beside.counterparts[0].is_direct
    assert (beside.counterparts[0].caveats, beside.arguments) == ((), ())
    assert beside.counterparts[0].signature
    assert beside.note.startswith(
        "No name was found in Ibex that surely does the same as heron.close; the nearest"
    )


def test_a_question_without_a_documented_name_is_a_comparison(assistant):
    answer = assistant.ask("Is anything in Ibex equivalent to the rows of Heron?")
    assert answer.side_by_side == ()
    assert answer.question.kind is QuestionKind.COMPARISON


class TestTwoNamesOfOne:
    def test_each_is_told_of_by_a_quote_of_its_own_page(self, assistant):
        answer = assistant.ask("difference between ibex.Seal2d and ibex.count_query")
        assert [one.evidence[0].label for one in answer.lead] == [
            "ibex.box.Seal2d",
            "ibex.count_query",
        ]
        assert answer.lead[1].text == "Count a query."

    def test_code_does_not_tell_what_a_name_is(self, assistant, monkeypatch):
        real = PoolFinder.of_document

        def code_first(*asked):
            return [
                replace(one, helps=0.9 if one.candidate.statement.kind is BlockKind.CODE else 0.4)
                for one in real(*asked)
            ]

        monkeypatch.setattr(PoolFinder, "of_document", code_first)
        answer = assistant.ask("difference between ibex.Seal2d and ibex.count_query")
        assert len(answer.lead) == 2
        assert not any(one.evidence[0].kind is BlockKind.CODE for one in answer.lead)

    def test_the_names_that_a_page_has_beside_are_not_what_it_is(self, assistant):
        answer = assistant.ask("ibex.count_query vs ibex.Seal2d")
        assert not any("Also known as" in one.text for one in answer.lead)


@pytest.mark.parametrize("asked", ["`ibex.Seal2d` in Heron?", "ibex.Seal2d in Heron ?"])
def test_marks_do_not_change_the_counterpart(assistant, asked, monkeypatch):
    meant = []
    real = Search.of

    def of(one, subjects, vector, *rest):
        meant.append(vector)
        return real(one, subjects, vector, *rest)

    monkeypatch.setattr(Search, "of", of)
    for text in (asked, "ibex.Seal2d in Heron"):
        assistant.ask(text)
    assert (meant[0] == meant[1]).all()


def test_a_page_of_a_source_that_was_left_out_tells_of_no_name(assistant):
    guide = Filters(sources=("guide",))
    answer = assistant.ask("difference between ibex.Seal2d and ibex.count_query", (), guide)
    assert {one.source_id for one in answer.citations} <= {"guide"}


@pytest.mark.parametrize(
    "asked",
    ["Heron equivalent of ibex.Seal2d", "Difference between Ibex' Seal3d and Heron's SealLayer1d?"],
)
def test_a_counterpart_of_a_source_that_was_left_out_is_not_shown(assistant, asked):
    answer = assistant.ask(asked, (), Filters(sources=("ibex-api",)))
    assert answer.side_by_side == ()
    assert {one.source_id for one in answer.citations} <= {"ibex-api"}


def test_a_subject_that_was_left_out_has_no_counterpart(assistant):
    left = Filters(subjects=("ibex", "wren"))  # a page of one of these may name the other too
    assert assistant.ask("Heron equivalent of ibex.count_query", (), left).side_by_side == ()


@pytest.mark.parametrize("left", [Filters(sources=("heron-api",)), Filters(subjects=("heron",))])
def test_of_a_name_whose_page_was_left_out_only_the_counterpart_is_quoted(assistant, left):
    answer = assistant.ask("Heron equivalent of ibex.Seal2d", (), left)
    (beside,) = answer.side_by_side
    assert (beside.asked.signature, beside.asked.summary, beside.asked.caveats) == ((), None, ())
    assert beside.counterparts[0].name == "heron.SealLayer2d"
    assert beside.counterparts[0].signature
    assert beside.note.endswith(
        "The page of ibex.box.Seal2d is not quoted: the filters leave it out."
    )
    assert beside.arguments == ()  # they would show how the other is called
    assert "ibex-api" not in {one.source_id for one in answer.citations}
    assert "ibex.box.Seal2d" in as_text(answer)
