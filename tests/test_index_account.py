"""A build says what became of the documents of each reader."""

import pytest

from ragbot import statements
from ragbot.guide import Guide
from ragbot.index.account import Account, has_markup
from ragbot.index.manifest import ReaderCounts
from ragbot.passages import cut
from ragbot.readers import read
from ragbot.readers.dropped import MOST_NAMED, in_order
from tests.readers.conftest import make_raw


def counted(text: str, media_type: str) -> ReaderCounts:
    account = Account()
    document = read(make_raw(text, media_type))
    cuts = cut(document, lambda texts: [len(text.split()) for text in texts], 200)
    account.add(media_type, document, statements.find(document, cuts, Guide()))
    return account.counts()[media_type]


def test_what_became_of_a_document() -> None:
    text = "# Bells\n\nBells ring.\n\n- 17\n- <!-- no --> see &amp;lt;x\n\n```\nring\n```\n"
    made = counted(text, "text/markdown")
    assert (made.documents, made.statements, made.listings) == (1, 4, 1)
    assert (made.without_letters, made.with_markup) == (1, 1)
    assert made.dropped == {"comment": 1}
    assert 0.5 < made.characters_in_statements / made.characters < 1


@pytest.mark.parametrize(
    "words",
    [
        "See :ref:`bells`.",
        "..",
        ".. note:: ring",
        "use ``ring``",
        "a [bell](https://x.test)",
        "the [bell][bells.Bell]",
        "Bells { #bells }",
        "::: bells.Bell",
        '=== "Bronze"',
        '--8<-- "bell.md"',
        "**Bells** ring",
        ":material-bell: rings",
        "{{< note >}} ring",
        "====",
        "a&nbsp;b",
        "x</div>",
    ],
)
def test_markup_is_seen(words) -> None:
    assert has_markup(words)


@pytest.mark.parametrize(
    "words",
    [
        "Bells ring: twice.",
        "x = a[1][0] ** 2",
        "a || b",
        "C++ and C#",
        "f(**kwargs) or *args",
        "5 < 6",
    ],
)
def test_words_are_no_markup(words) -> None:
    assert not has_markup(words)


def test_of_many_files_that_are_not_there_few_are_named() -> None:
    many = {f"include of {n}.md, which is not there": 1 for n in range(50)} | {"image": 2}
    told = in_order(many)
    assert len(told) == MOST_NAMED + 2
    assert sum(told.values()) == 52
    assert told["includes of other files, which are not there"] == 30
