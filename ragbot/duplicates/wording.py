"""The words of a text as they are compared: without case, layout, list numbers and punctuation.

Signs that carry a meaning stay: the minus of a number, a decimal point, and the operators that
compare and reckon.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from ragbot.types import Block, BlockKind, Document, Passage

SHINGLE = 5  # words; one changed word changes that many shingles
_WORD = re.compile(r"(?:(?<!\w)[-\u2212](?=\d))?\w+(?:[.,]\d+)*(?:['\u2019]\w+)*|!=|[<>=+/%]+")
_NUMBERING = re.compile(r"\d+(?:\.\d+)*[.)]\s+")  # of a list or heading: layout that one site keeps
_PLAIN = str.maketrans({"\u2019": "'", "\u2212": "-"})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a document in order; `blocks` tells the block of each, as an index.

    `named`: the word begins with a capital though it does not begin its block; `kinds` are those
    of all blocks.
    """

    words: tuple[str, ...]
    blocks: tuple[int, ...]
    named: tuple[bool, ...]
    kinds: tuple[BlockKind, ...]


def wording_of(document: Document) -> Wording:
    """The words of all blocks of a document; list markers stand outside of blocks."""
    words: list[str] = []
    blocks: list[int] = []
    named: list[bool] = []
    for index, block in enumerate(document.blocks):
        for place, word in enumerate(_found(document.text[block.start : block.end])):
            words.append(_plain(word))
            blocks.append(index)
            named.append(place > 0 and word[0].isupper())
    kinds = tuple(block.kind for block in document.blocks)
    return Wording(tuple(words), tuple(blocks), tuple(named), kinds)


def body_of(document: Document, passage: Passage) -> tuple[str, ...]:
    """The words of a passage without its headings, which tell where it stands, not what it says."""
    words: list[str] = []
    for block in _between(document.blocks, passage.start, passage.end):
        if block.kind is not BlockKind.HEADING:
            text = document.text[max(block.start, passage.start) : min(block.end, passage.end)]
            words += map(_plain, _found(text))
    return tuple(words)


def shingles(words: tuple[str, ...]) -> frozenset[str]:
    """Every run of SHINGLE words; of fewer words the only run there is, of none no run."""
    if not words:
        return frozenset()
    last = max(1, len(words) - SHINGLE + 1)
    return frozenset(" ".join(words[i : i + SHINGLE]) for i in range(last))


def _found(text: str) -> list[str]:
    numbering = _NUMBERING.match(text)
    return _WORD.findall(text, numbering.end() if numbering else 0)


def _plain(word: str) -> str:
    return word.translate(_PLAIN).casefold()


def _between(blocks: tuple[Block, ...], start: int, end: int) -> Iterator[Block]:
    first = bisect_right(blocks, start, key=lambda block: block.end)
    return takewhile(lambda block: block.start < end, islice(blocks, first, None))
