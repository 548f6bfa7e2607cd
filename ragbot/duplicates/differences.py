"""The words that stand in one of two documents only, and where they stand.

Paragraphs are aligned first and the words of what is left then, both in order: that a phrase comes
somewhere else in the other document does not make it shared.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from ragbot.duplicates.wording import Wording
from ragbot.types import BlockKind

RUN = 3  # words in a row; a single "the" in common says nothing


@dataclass(frozen=True, slots=True)
class Own:
    """A word that only one document has.

    `edited`: most of its block is in both; `between`: it stands between the first and the last
    block, headings apart, of which most is in both; outside are the frames of two sites.
    """

    word: str
    block: int
    named: bool
    code: bool
    edited: bool
    between: bool


def differences(one: Wording, other: Wording) -> tuple[list[Own], list[Own]]:
    """The words that only `one` has, and those that only `other` has."""
    shared = [False] * len(one.words), [False] * len(other.words)
    for a, b, size in _runs(one, other):
        shared[0][a : a + size] = [True] * size
        shared[1][b : b + size] = [True] * size
    return _own(one, shared[0]), _own(other, shared[1])


def _runs(one: Wording, other: Wording) -> Iterator[tuple[int, int, int]]:
    """(start in one, start in other, length) of the words that both have in order."""
    at_one, at_other = _starts(one), _starts(other)
    blocks = [one.words[a:b] for a, b in pairwise(at_one)]
    others = [other.words[a:b] for a, b in pairwise(at_other)]
    aligned = SequenceMatcher(None, blocks, others, autojunk=False)
    for tag, a1, a2, b1, b2 in aligned.get_opcodes():
        a, b = at_one[a1], at_other[b1]
        if tag == "equal":
            yield a, b, at_one[a2] - a
        elif tag == "replace":
            left, right = one.words[a : at_one[a2]], other.words[b : at_other[b2]]
            for run in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
                if run.size >= RUN:
                    yield a + run.a, b + run.b, run.size


def _starts(wording: Wording) -> list[int]:
    """Where the blocks begin among the words, and where the last one ends."""
    blocks = wording.blocks
    begins = [i for i in range(len(blocks)) if not i or blocks[i] != blocks[i - 1]]
    return [*begins, len(blocks)]


def _own(wording: Wording, shared: list[bool]) -> list[Own]:
    sizes, common = Counter(wording.blocks), Counter[int]()
    for block, known in zip(wording.blocks, shared, strict=True):
        common[block] += known
    of_both = {block for block in sizes if 2 * common[block] > sizes[block]}
    told = [block for block in of_both if wording.kinds[block] is not BlockKind.HEADING]
    first, last = min(told, default=0), max(told, default=0)
    return [
        Own(
            word=word,
            block=block,
            named=wording.named[i],
            code=wording.kinds[block] is BlockKind.CODE,
            edited=block in of_both,
            between=first <= block <= last,
        )
        for i, (word, block) in enumerate(zip(wording.words, wording.blocks, strict=True))
        if not shared[i]
    ]
