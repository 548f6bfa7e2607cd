# ruff: noqa: RUF001 - full stops and commas of other scripts are what this is about
"""Scripts without spaces have words and sentences as others do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbot import statements
from ragbot.guide import Guide
from ragbot.lexical import LexicalIndex
from ragbot.lexical.tokens import tokens
from ragbot.passages import cut
from ragbot.readers import read
from ragbot.sentences import split
from ragbot.unspaced import count_words
from tests.readers.conftest import make_raw

CHINESE = "铃铛每天早上六点敲响，一共三次。雨天不敲铃铛！为什么？因为绳子会湿。"
JAPANESE = "鐘は毎朝六時に鳴ります。雨の日は鳴りません。"
THAI = "ระฆังดังทุกเช้าเวลาหกโมง วันฝนตกระฆังไม่ดัง"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            CHINESE,
            ["铃铛每天早上六点敲响，一共三次。", "雨天不敲铃铛！", "为什么？", "因为绳子会湿。"],
        ),
        ("他说：“钟坏了。”然后走了。", ["他说：“钟坏了。”", "然后走了。"]),
        ("版本 3.5 的 bell.toml 🔔 已改。好。", ["版本 3.5 的 bell.toml 🔔 已改。", "好。"]),
        (JAPANESE, ["鐘は毎朝六時に鳴ります。", "雨の日は鳴りません。"]),
        (THAI, ["ระฆังดังทุกเช้าเวลาหกโมง", "วันฝนตกระฆังไม่ดัง"]),
    ],
)
def test_sentences(text, sentences) -> None:
    assert [text[start:end] for start, end in split(text)] == sentences


@given(st.text(alphabet="钟。！？.! ab🔔ก ข“”「」（)3は\u0301", max_size=40))
def test_sentences_leave_out_nothing_but_space(text) -> None:
    text = " ".join(text.split())
    at = 0
    for start, end in split(text):
        assert at <= start < end
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("绳子什么时候会湿？", CHINESE),
        ("Bell铃铛怎么用", "请用 Bell 敲响铃铛"),
        ("鐘は何時に鳴りますか", JAPANESE),
        ("ระฆังดังกี่โมง", THAI),
        ("cafe\u0301", "Das Café"),
        ("soft\u00adware", "software"),
    ],
)
def test_words_are_found(question, passage) -> None:
    scores = LexicalIndex.build(["食堂提供面条", passage, "unrelated words"]).scores(question)
    assert scores[1] > 0
    assert scores.argmax() == 1


def test_words_are_counted() -> None:
    assert count_words("one two  three") == 3
    assert 10 < count_words(CHINESE) < 30
    assert count_words(f"{CHINESE} and two") == count_words(CHINESE) + 2


def test_a_long_paragraph_is_quoted_by_the_sentence() -> None:
    text = CHINESE * 20
    document = read(make_raw(text, "text/markdown"))
    count = lambda texts: [len(tokens(text)) for text in texts]  # noqa: E731
    found = statements.find(document, cut(document, count, 200), Guide())
    quotes = [document.text[one.start : one.end] for one in found]
    assert "雨天不敲铃铛！" in quotes
    assert max(map(len, quotes)) < 40
