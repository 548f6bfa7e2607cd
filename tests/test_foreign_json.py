"""JSON that others wrote comes in bounded and whole, or is an error in words."""

import json
import sys

import pytest

from ragbot.foreign_json import JsonError, foreign_json


@pytest.mark.parametrize(
    "value", [None, 7, "a", [], {"a": [1, {"b": "\u00e9\U0001f600\\ud800"}]}, [[]] * 500]
)
def test_sound_json_is_what_it_says(value):
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)
        assert foreign_json(text) == value
        assert foreign_json(text.encode()) == value
        assert foreign_json(b"\xef\xbb\xbf" + text.encode()) == value


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("closed", [True, False])
def test_depth_is_bounded_below_and_above_what_python_bears(opening, closed):
    for depth in (80, sys.getrecursionlimit() - 200, 100_000):
        closing = "".join({"[": "]", "{": "}"}[c] for c in reversed(opening) if c in "[{")
        text = opening * depth + "1" + closing * depth * closed
        with pytest.raises(JsonError, match="deep" if closed or depth > 2000 else "deep|no JSON"):
            foreign_json(text)


def test_the_deepest_that_is_allowed_is_read():
    assert foreign_json("[" * 64 + "]" * 64)
    assert foreign_json("[[1]]", deepest=2) == [[1]]
    with pytest.raises(JsonError, match="2 levels"):
        foreign_json("[[[1]]]", deepest=2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("{", "line 1"),
        ('{"a": 1,\n x}', "line 2, column 2"),
        (b'"\xff"', "not UTF-8"),
        ("9" * 5000, "digits"),
        ('"' + "x" * 101 + '"', "larger than"),
    ],
)
def test_what_is_wrong_is_said_in_words(text, said):
    with pytest.raises(JsonError, match=said):
        foreign_json(text, largest=100 if said == "larger than" else 10_000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\ud800b"', "a\ufffdb"),
        (r'"\udc00\ud800"', "\ufffd\ufffd"),
        (r'"\uD83D\uDE00"', "\U0001f600"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (r'"\\ud800"', r"\ud800"),
        (r'{"\\\ud800": 1}', {"\\\ufffd": 1}),
        ('"a\udcffb"', "a?b"),
    ],
)
def test_halves_of_characters_are_made_whole(text, value):
    assert foreign_json(text) == value
