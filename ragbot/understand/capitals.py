"""Whether a word is written like a name, in a language that begins sentences with a capital."""

import re

from ragbot.understand.language import pattern
from ragbot.understand.versus import set_against
from ragbot.understand.vocabulary import Vocabulary

_OPENS = re.compile(r"(?:^|[.?!:]\s+)$")
_BEFORE = re.compile(r"(?<![\w.])([A-Z][a-z]+) $")
_AFTER = re.compile(r" ([A-Z][a-z]+)\b")


def has_capitals(text: str, word: str, start: int, vocabulary: Vocabulary) -> bool:
    """Whether a word at `start` of a text has the capitals of a name.

    At the start of a sentence all words have one: there it is a name if it is no word of the
    language, is set against another, or is said to be of a subject ("Name in A").
    """
    end = start + len(word)
    if any(c.isupper() or c.isdigit() for c in word[1:]):
        return True
    if not word[0].isupper() or _in_phrase(text, start, end, vocabulary):
        return False
    if not _OPENS.search(text[:start]):
        return True
    if not vocabulary.is_word(word.lower()) or word in set_against(text):
        return True
    after = [a for a, _, _ in vocabulary.guide.mentions(text) if a >= end]
    return bool(after and pattern("of_subjects").fullmatch(text, end, after[0]))


def _in_phrase(text: str, start: int, end: int, vocabulary: Vocabulary) -> bool:
    """Whether the word beside one has a capital as well, and names no subject."""
    names = [(a, b) for a, b, _ in vocabulary.guide.mentions(text)]
    beside = (_BEFORE.search(text, 0, start), _AFTER.match(text, end))
    return any(
        one is not None and not any(a < one.end(1) and one.start(1) < b for a, b in names)
        for one in beside
    )
