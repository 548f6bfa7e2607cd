"""How a statement speaks: what asks, points elsewhere, or says nothing."""

import pytest

from ragbot.answer.manner import (
    ASKING,
    LISTING,
    POINTER,
    SHOWING,
    defines,
    manner,
    says_nothing,
)
from ragbot.types import BlockKind, Statement


def statement(kind: BlockKind = BlockKind.PROSE, label: str = "") -> Statement:
    return Statement("p", 0, 9, kind, label, ())


@pytest.mark.parametrize(
    "quote",
    [
        "See the manual of Heron for all of its rows.",
        "Here's a longer comparison of these two stores.",
        "The long rows guide describes all that there is to know.",
        "What you will learn about Heron in a day.",
        "You can explore the source of Heron from this link.",
        "Complete guide to rows in Heron and in Ibex.",
        "Explore the rows of Heron on its own page.",
        "If you are new to Heron you can skip this section.",
        "Heron can read each of the following kinds of rows:",
    ],
)
def test_what_points_elsewhere(quote):
    assert manner(statement(), quote, code=False) == POINTER


def test_what_tells_is_left_as_it_is():
    assert manner(statement(), "Heron describes its rows in one file.", code=False) == 0
    assert manner(statement(), "Watch out: Heron drops its rows.", code=False) == 0
    assert manner(statement(), "Heron keeps all of its rows.[1]", code=False) == 0
    assert manner(statement(), "Is Heron fast for all of us?", code=False) == ASKING


def test_code_is_welcome_or_not_but_never_before_what_tells():
    code = statement(BlockKind.CODE)
    assert manner(code, "hr.open(1)", code=True) == SHOWING < 0
    assert manner(code, "hr.open(1)", code=False) == LISTING < SHOWING


@pytest.mark.parametrize(
    ("kind", "quote", "label"),
    [
        (BlockKind.PROSE, "Key Differences between Heron and Ibex", ""),
        (BlockKind.PROSE, "https://heron.example/rows", ""),
        (BlockKind.LIST_ITEM, "Rows", ""),
        (BlockKind.PROSE, "How can Heron be so fast with all of its rows?", ""),
        (BlockKind.PROSE, "Heron can read each of the following kinds of rows:", ""),
        (BlockKind.CODE, "f(x)", ""),
        (BlockKind.TABLE_ROW, "Heron", "Backend | Heron"),
    ],
    ids=[
        "a heading",
        "an address",
        "a word",
        "a question",
        "an announcement",
        "a scrap of code",
        "its own column",
    ],
)
def test_what_says_nothing(kind, quote, label):
    assert says_nothing(statement(kind, label), quote)


@pytest.mark.parametrize(
    ("kind", "quote", "label"),
    [
        (BlockKind.PROSE, "Heron is fast.", ""),
        (BlockKind.PROSE, "a line without its end that is long enough to have been a sentence", ""),
        (BlockKind.LIST_ITEM, "no server at all", ""),
        (BlockKind.LIST_ITEM, "Rows", "What Heron keeps"),
        (BlockKind.CODE, "link = hr.open(1)", ""),
        (BlockKind.TABLE_ROW, "fast", "Speed | Heron"),
        (BlockKind.TABLE_ROW, "No", "Known issues | Heron"),
        (BlockKind.CODE, "hr.seed(0)", ""),
        (BlockKind.PROSE, "Heron Lite is on its way out, use Heron instead", ""),
        (BlockKind.PROSE, "They call it \u2018Heron The Fast\u2019", ""),
        (BlockKind.PROSE, "Others Prefer Marmot.[1]", ""),
        (BlockKind.PROSE, "Heron Lite is on its way out so use Heron instead", ""),
    ],
)
def test_what_says_something(kind, quote, label):
    assert not says_nothing(statement(kind, label), quote)


@pytest.mark.parametrize(
    ("quote", "thing", "expected"),
    [
        ("Heron is a store for rows.", "Heron", True),
        ("The HeronFile format is one of two.", "heron file", True),
        ("Ibex is a store for rows.", "Heron", False),
        ("Rows are kept by Heron.", "Heron", False),
        ("In Heron there is a store.", "Heron", False),
        ("The weakness of Heron is the speed.", "Heron", False),
        ("Heron is a store for rows.", "price", False),
    ],
)
def test_what_says_what_a_thing_is(quote, thing, expected):
    assert defines(quote, thing) == expected
