"""How a text names subjects."""

import pytest

from ragbot.answer.mentions import aside, in_rows


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Heron, Ibex, and Marmot are stores", {"heron", "ibex", "marmot"}),
        ("Heron vs Ibex", {"heron", "ibex"}),
        ("Heron/Ibex", {"heron", "ibex"}),
        ("Like Heron, Ibex is small", set()),
        ("Marmot runs on Heron or Ibex", {"heron", "ibex"}),
        ("Heron and Heron DB", set()),
        ("Heron is small and Ibex is not", set()),
        ("Heron and Ibex are small, but Heron is the faster", {"ibex"}),
    ],
)
def test_subjects_named_in_a_row(guide, text, subjects):
    assert in_rows(text, guide) == subjects


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Just like Heron, Ibex is small", {"heron"}),
        ("Ibex is faster than Heron", {"heron"}),
        ("Compared to the Heron, Ibex flies. Heron walks", set()),
        ("Heron likes Ibex", set()),
        ("Stores like Heron are small", set()),
        ("Some stores, like Heron, are small", set()),
        ("Many people like Heron", set()),
    ],
)
def test_subjects_named_only_for_comparison(guide, text, subjects):
    assert aside(text, guide) == subjects
