"""BM25 against the formula written out, and the words it compares by."""

import logging
import math
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ragbot.errors import IndexDamagedError
from ragbot.lexical import K1, B, LexicalIndex
from ragbot.lexical.tokens import stem, tokens

TEXTS = (
    "Heron reads rows fast and fast again",
    "Ibex reads slowly",
    "the and of",
    "Marmot has a snapshot; Heron has snapshots, restored by hr.restore_all",
    "C++ and hr.openFile in one line",
)


def reference(texts: tuple[str, ...], query: str) -> list[float]:
    """BM25 as Lucene scores it: idf = ln(1 + (N - n + 0.5) / (n + 0.5)), tf without (k1 + 1)."""
    rows = [Counter(tokens(text)) for text in texts]
    lengths = [sum(row.values()) for row in rows]
    mean = sum(lengths) / len(rows)
    scores = []
    for row, length in zip(rows, lengths, strict=True):
        score = 0.0
        for token in tokens(query):
            held = sum(token in other for other in rows)
            idf = math.log(1 + (len(rows) - held + 0.5) / (held + 0.5))
            saturation = row[token] + K1 * (1 - B + B * length / mean)
            score += idf * row[token] / saturation
        scores.append(score)
    return scores


@pytest.mark.parametrize(
    "query",
    ["heron", "fast fast heron", "snapshot of ibex", "hr.restore_all", "reading rows", "C++"],
)
def test_scores_are_those_of_the_formula(query):
    found = LexicalIndex.build(TEXTS).scores(query)
    assert found == pytest.approx(reference(TEXTS, query), rel=1e-5)
    assert found.max() > 0


def test_scores_of_random_texts_are_those_of_the_formula():
    chance = random.Random(7)
    names = [f"{chance.choice('abcdefgh')}{number}" for number in range(40)]
    texts = tuple(" ".join(chance.choices(names, k=chance.randint(1, 30))) for _ in range(100))
    index = LexicalIndex.build(texts)
    for _ in range(20):
        query = " ".join(chance.sample(names, 4))
        assert index.scores(query) == pytest.approx(reference(texts, query), rel=1e-4, abs=1e-6)


def test_a_query_of_unknown_words_or_of_none_scores_nothing():
    index = LexicalIndex.build(TEXTS)
    for query in ("gull", "", "the of and", "?!"):
        scores = index.scores(query)
        assert scores.shape == (len(TEXTS),)
        assert not scores.any()


def test_unknown_words_change_no_score():
    index = LexicalIndex.build(TEXTS)
    assert np.array_equal(index.scores("heron gull"), index.scores("heron"))


@pytest.mark.filterwarnings("ignore:invalid value")
def test_texts_without_any_word_can_be_indexed():
    index = LexicalIndex.build(["the", "...", ""])
    assert index.scores("the heron").tolist() == [0, 0, 0]
    assert index.weights("heron") == {"heron": 1.0}


def test_building_and_asking_say_nothing(caplog):
    caplog.set_level(logging.DEBUG)
    LexicalIndex.build(TEXTS).scores("heron")
    assert not caplog.records


def test_an_index_comes_back_as_it_was_saved(tmp_path):
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path / "words")
    again = LexicalIndex.open(tmp_path / "words", len(TEXTS))
    for query in ("heron snapshot", "fast", "gull"):
        assert np.array_equal(again.scores(query), index.scores(query))
        assert again.weights(query) == index.weights(query)


def test_nothing_pickled_is_written(tmp_path):
    LexicalIndex.build(TEXTS).save(tmp_path / "words")
    for path in (tmp_path / "words").glob("*.npy"):
        np.load(path, allow_pickle=False)


def test_a_folder_with_something_else_is_refused(tmp_path):
    with pytest.raises(IndexDamagedError, match="ragbot build"):
        LexicalIndex.open(tmp_path / "gone", 3)
    LexicalIndex.build(TEXTS).save(tmp_path / "words")
    for path in (tmp_path / "words").iterdir():
        path.write_bytes(b"\x00 not this")
    with pytest.raises(IndexDamagedError, match="ragbot build"):
        LexicalIndex.open(tmp_path / "words", 3)


def test_weights_are_shares_of_the_largest_that_a_word_may_have():
    weights = LexicalIndex.build(TEXTS).weights("heron ibex gull reads reads the")
    assert list(weights) == ["heron", "ibex", "gull", "read"]
    assert weights["gull"] == pytest.approx(1)
    assert 0 < weights["heron"] == weights["read"] < weights["ibex"] < 1


def test_a_word_that_every_text_holds_weighs_next_to_nothing():
    weights = LexicalIndex.build(["heron a1"] * 50).weights("heron")
    assert 0 <= weights["heron"] < 0.01


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Heron reads rows", ["heron", "read", "row"]),
        ("The rows and the reading", ["row", "read"]),
        ("", []),
        ("?! --", []),
        ("hr.open_file", ["hr.open_file", "hr", "open", "file"]),
        ("SnapShot", ["snapshot", "snap", "shot"]),
        ("openFile", ["openfile", "open", "file"]),
        ("hr.SnapShot", ["hr.snapshot", "hr", "snapshot", "snap", "shot"]),
        ("C++ or C#", ["c++", "c", "c#", "c"]),
        ("End of line.", ["end", "line"]),
        ("conv2d", ["conv2d"]),
        ("Zürich", ["zürich"]),
        ("データ", ["データ"]),
        ("x = y", ["x", "y"]),
        ("he\u034fron\u180es", ["heron"]),
        ("he\u200dron\u200cs", ["heron"]),
    ],
)
def test_tokens(text, found):
    assert tokens(text) == found


def test_threads_do_not_mix_up_their_words():
    beginnings = ("running", "nation", "happi", "connect", "general", "relat", "organiz")
    endings = ("", "al", "iz", "ation", "ness", "ful", "s", "ing", "ed", "ly", "er")
    words = [f"{a}{b}{c}" for a in beginnings for b in endings for c in endings]
    stem.cache_clear()
    alone = [stem(word) for word in words]
    for _ in range(5):
        stem.cache_clear()
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(stem, words)) == alone
