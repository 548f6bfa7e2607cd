"""Where sentences begin and end."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbot.sentences import split


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One is here. Two is there.", ["One is here.", "Two is there."]),
        ("Is it? It is! Good.", ["Is it?", "It is!", "Good."]),
        ("It costs 3.5 units. It is new.", ["It costs 3.5 units.", "It is new."]),
        (
            "Use e.g. a list. Then call hr.open now.",
            ["Use e.g. a list.", "Then call hr.open now."],
        ),
        ("no end at all", ["no end at all"]),
        ("  spaces around.  ", ["spaces around."]),
        ("", []),
        ("   ", []),
    ],
)
def test_sentences(text, sentences):
    assert cut(text) == sentences


@given(st.text(alphabet="aB1 .!?(),\"'-é🪶", max_size=120))
def test_whatever_the_text_the_sentences_tile_it(text):
    at = 0
    for start, end in split(text):
        assert start >= at
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip() != ""
        at = end
    assert text[at:].strip() == ""


def test_a_very_long_line_is_left_whole_in_no_time():
    text = "Data goes on. " * 20_000
    began = time.monotonic()
    assert split(text) == [(0, len(text) - 1)]
    assert time.monotonic() - began < 1


def test_threads_do_not_mix_up_their_texts():
    texts = [
        " ".join(
            f"Heron reads {'rows ' * (i % 7 + n)}at dawn. It rests for long." for n in range(5)
        )
        for i in range(60)
    ]
    texts = [f"{text} Row {i} is the last." for i, text in enumerate(texts)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(cut, texts))
    for text, parts in zip(texts, together, strict=True):
        assert parts == [f"{part.strip()}." for part in text.split(".")[:-1]]
