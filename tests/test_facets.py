"""The parts of a question that asks for several things."""

import pytest

from ragbot.types import Form, Object, ObjectKind
from ragbot.understand.facets import facets


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "What is a snapshot in Heron and how do I restore one?",
            ("What is a snapshot in Heron", "Heron: how do I restore one"),
        ),
        (
            "What are the page size and default timeout of Heron?",
            ("page size of Heron", "default timeout of Heron"),
        ),
        (
            "page size, cache and timeout of Heron",
            ("page size of Heron", "cache of Heron", "timeout of Heron"),
        ),
        ("the price and the licence of Ibex", ("price of Ibex", "licence of Ibex")),
        ("Is Heron fast and free? [solved]", ()),
        ("differences of Heron and Ibex in speed", ()),  # they are compared
        ("What is a snapshot of Heron?", ()),
    ],
)
def test_the_parts_of_a_question(guide, text, parts):
    assert facets(text, Form.WHAT_IS, (), guide) == parts


def test_names_in_a_row_are_not_asked_for_one_by_one(guide):
    text = "default of hr.x and hr.y in Heron"
    named = Object("hr.y", 20, 24, ObjectKind.SYMBOL)
    assert facets(text, Form.DIFFERENCE, (named,), guide) == ()


def test_what_is_done_in_one_go_is_one_thing(guide):
    assert facets("save and load a row in Heron", Form.HOW_TO, (), guide) == ()
