"""Whom a sentence speaks of."""

import pytest

from ragbot.traits.speaking import Speaking, speaking

BEFORE = Speaking(("marmot",), subject="marmot")


@pytest.mark.parametrize(
    ("sentence", "subjects"),
    [
        ("Heron is small.", ("heron",)),
        ("The Heron server runs on top of Ibex.", ("heron",)),
        ("Heron, Ibex and Marmot are stores.", ("heron", "ibex", "marmot")),
        ("Heron/Ibex is slow.", ("heron", "ibex")),
        ("Unlike Heron, Ibex keeps a log.", ("ibex",)),
        ("Compared to the Heron, Ibex flies. Heron walks.", ("ibex", "heron")),
        ("Like Heron, Ibex is small.", ("ibex",)),
        ("Ibex is faster than Heron or Marmot.", ("ibex",)),
        ("Heron is small, while Ibex is large.", ("heron", "ibex")),
        ("Heron is small; with Ibex, files grow.", ("heron", "ibex")),
        ("Heron reads rows, and Ibex has a log.", ("heron", "ibex")),
        ("Heron, Ibex and Marmot, and more", ("heron", "ibex", "marmot")),
        ("And just like Heron and Ibex, Marmot is small.", ("marmot",)),
        ("In Heron, Ibex is a plugin.", ("heron", "ibex")),
        ("In Heron you open Ibex by name.", ("heron",)),
        ("Move your rows from Heron to Ibex.", ("heron", "ibex")),
        ("Many people like Heron.", ("heron",)),
        ("Nobody knows.", ()),
    ],
)
def test_whom_a_sentence_speaks_of(guide, sentence, subjects):
    assert speaking(sentence, guide).of == subjects


@pytest.mark.parametrize(
    ("sentence", "subjects"),
    [
        ("It beats Ibex.", ("marmot",)),
        ("Unlike Heron, it keeps a log.", ("marmot",)),
        ("It is small, but Ibex is large.", ("marmot", "ibex")),
        ("Its rows fit in Heron.", ("marmot",)),
        ("This makes Heron look slow.", ("marmot", "heron")),
        ("Heron is small.", ("heron",)),
        ("It is possible to run Heron.", ("heron",)),
        ("Nobody knows.", ()),
    ],
)
def test_what_it_is_stands_before(guide, sentence, subjects):
    assert speaking(sentence, guide, BEFORE).of == subjects


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("Heron has 20 users.", "heron"),
        ("It has 20 users.", "marmot"),
        ("Heron and Ibex have 20 users.", ""),
        ("In Heron there are 20 users.", ""),
        ("Users of Heron are 20.", ""),
        ("This has 20 users.", ""),
    ],
)
def test_the_one_that_is_its_grammatical_subject(guide, sentence, subject):
    assert speaking(sentence, guide, BEFORE).subject == subject


def test_what_something_is_only_likened_to(guide):
    assert speaking("Unlike Heron, it keeps a log.", guide).likened == ("heron",)
    assert speaking("Ibex is faster than Heron.", guide).likened == ("heron",)
    assert speaking("Ibex runs on Heron.", guide).likened == ()
    assert speaking("The cache is faster than hr.rows here.", guide).likened == ()
