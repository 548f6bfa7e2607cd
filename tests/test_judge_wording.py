"""What the cross-encoder is given of a statement."""

import pytest

from ragbot.judge.wording import PART, QUOTE, statement_text


@pytest.mark.parametrize(
    ("heading", "symbol", "label", "quote", "expected"),
    [
        ("", "", "", "It is fast.", "It is fast."),
        ("Guide", "", "", "It is fast.", "Guide: It is fast."),
        ("Guide > Use > Speed", "", "", "It is fast.", "Guide > Speed: It is fast."),
        ("Guide > Speed", "", "Cost | Yew", "None.", "Guide > Speed | Cost | Yew: None."),
        ("", "", "Cost | Yew", "None.", "Cost | Yew: None."),
        ("yew.cut", "yew.cut", "Args", "x: a tree.", "yew.cut | Args: x: a tree."),
        ("yew.cut > Notes", "yew.cut", "", "It cuts.", "yew.cut > Notes: It cuts."),
        ("yew", "yew.cut", "", "It cuts.", "yew.cut > yew: It cuts."),
        ("Guide", "", "", "a = 1\n\n    b =  2\n", "Guide: a = 1 b = 2"),
    ],
)
def test_a_statement_is_one_line_with_its_place_before_it(
    heading: str, symbol: str, label: str, quote: str, expected: str
) -> None:
    assert statement_text(heading, symbol, label, quote) == expected


def test_no_part_crowds_out_another() -> None:
    long = "word " * 500
    text = statement_text(f"{long}> {long}last", "", long, long)
    assert len(text) <= 3 * (PART + 3) + QUOTE + 3 + len(" >  | : ")
    place, _, said = text.partition(": ")
    assert said.startswith("word word")
    assert said.endswith("word...")
    assert place.count("...") == 3


def test_a_word_without_end_is_cut_too() -> None:
    text = statement_text("", "", "", "x" * 5000)
    assert text == "x" * QUOTE + "..."
