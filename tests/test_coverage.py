"""What an answer about several subjects says of what no quote does."""

from dataclasses import replace

import pytest

from ragbot.answer.coverage import gaps
from ragbot.answer.plain import as_text
from ragbot.types import BlockKind, Claim, Column, Evidence, Question, QuestionKind

from .sample import make_document
from .test_conflicts import told

COLUMNS = (Column("heron", "Heron"), Column("ibex", "Ibex"))


@pytest.fixture
def left_open(guide):
    """The gaps of an answer with these quotes; its documents are about Heron, or as said."""

    def left_open(kind: QuestionKind, *quotes: str, about=("heron",), columns=COLUMNS):
        document = make_document(lambda writer: writer.prose("Rows."), subjects=about)
        claims = [
            Claim(text, None, None, (said(text, document.id, about[:1]),), ()) for text in quotes
        ]
        question = Question("?", "?", kind, columns, ())
        return gaps(question, claims, guide, {document.id: document}.__getitem__)

    return left_open


def said(quote: str, document: str, subjects: tuple[str, ...]) -> Evidence:
    return Evidence(quote, 0, len(quote), document, "p", BlockKind.PROSE, "", subjects, 0.5)


def test_a_comparison_without_a_source_that_compares(left_open):
    told = left_open(QuestionKind.COMPARISON, "Heron is fast.", "Ibex is slow.")
    assert told == ("No source quoted here compares Heron and Ibex.",)


@pytest.mark.parametrize(
    ("quote", "about"),
    [("Heron is faster than Ibex.", ("heron",)), ("Ibex is slow.", ("heron", "ibex"))],
    ids=["the quote names both", "its document is about both"],
)
def test_one_that_compares_is_enough(left_open, quote, about):
    assert left_open(QuestionKind.COMPARISON, "Heron is fast.", quote, about=about) == ()


def test_two_of_which_nothing_is_said_of_one(left_open):
    for kind in (QuestionKind.SINGLE, QuestionKind.COMPARISON):
        assert left_open(kind, "Heron is fast.") == ("No quote here speaks of Ibex.",)
    assert left_open(QuestionKind.SINGLE, "Heron is fast.", "Ibex is slow.") == ()


def test_nothing_is_missing_of_one_subject_or_of_names_side_by_side(left_open):
    assert left_open(QuestionKind.SINGLE, "Rows.", columns=COLUMNS[:1]) == ()
    assert left_open(QuestionKind.EQUIVALENCE, "Heron is fast.") == ()
    assert left_open(QuestionKind.COMPARISON) == ()


def test_one_thing_about_two_subjects_has_a_quote_of_each(tmp_path, guide):
    manual = "# Heron\n\n" + "\n\n".join(
        f"Heron can restore a snapshot {more}."
        for more in ("at once", "by query", "in bulk", "on a server", "for a beginner", "with rows")
    )
    answer = told(tmp_path, manual, "# Ibex\n\nIbex opens a file in a snapshot.\n").ask(
        "Can I restore a snapshot of Heron in Ibex?"
    )
    assert (answer.question.kind, answer.cells) == (QuestionKind.SINGLE, ())
    spoken = [guide.subjects_in(claim.text) for claim in (*answer.lead, *answer.findings)]
    assert ("heron",) in spoken
    assert spoken.count(("ibex",)) == 1
    assert answer.gaps == ()


def test_it_is_told_below_the_lead(assistant):
    answer = assistant.ask("Compare Heron and Ibex on speed")
    missing = replace(answer, gaps=("No source quoted here compares them.",))
    told_at = as_text(missing).splitlines().index("No source quoted here compares them.")
    assert told_at == len(answer.lead)
