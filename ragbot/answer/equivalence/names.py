"""How alike two programming names are: words, abbreviations, initials, words run together."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from ragbot.lexical.tokens import stem

Words = tuple[str, ...]

PREFIX = 0.85  # worth of a word that begins another ("conv", "convolution")
INITIALS = 0.85  # of first letters ("mse", "mean squared error")
SHORTENED = 0.6  # of letters left out ("avg", "average")
LEAST_PREFIX, LEAST_SHORTENED, LEAST_STEMMED = 3, 3, 4  # letters

_WORD = re.compile(r"\d+[dD](?![a-zA-Z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_TELLING = re.compile(r"[a-z0-9]_[a-z0-9]|[a-z][A-Z]|[A-Z]{2}[a-z]|\d[a-zA-Z]$")


@lru_cache(maxsize=100_000)
def words(name: str) -> Words:
    """The stems of one part of a name: "BatchNorm2d" is batch, norm, 2d."""
    found = (word.lower() for word in _WORD.findall(name))
    return tuple(stem(word) if len(word) >= LEAST_STEMMED else word for word in found)


@lru_cache(maxsize=400_000)
def _alike(one: str, other: str) -> float:
    """How far two words are the same word, 0 to 1."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if not short.isalpha() or not long.isalpha() or short[0] != long[0]:
        return 0.0
    if len(short) >= LEAST_PREFIX and long.startswith(short):
        return PREFIX
    if len(short) >= LEAST_SHORTENED and len(long) > len(short) + 1:
        letters = iter(long)
        # The vowels of a word are left out first, so that its last consonant stays.
        if all(letter in letters for letter in short) and not set(short[1:]) & set("aeiou"):
            return SHORTENED
    return 0.0


def matched(one: Words, other: Words) -> list[float]:
    """For each word of `one` how well `other` holds it, 0 to 1, alone or with its neighbours."""
    found = [max((_alike(word, that) for that in other), default=0.0) for word in one]
    for index, word in enumerate(one):
        found[index] = max(found[index], _spelt(word, other))
    for word in other:
        for start in range(len(one)):
            for end in range(start + 2, len(one) + 1):
                worth = _joined(word, one[start:end])
                for index in range(start, end) if worth else ():
                    found[index] = max(found[index], worth)
    return found


def _spelt(word: str, other: Words) -> float:
    """What a word is worth that stands for several words of `other`."""
    spans = (other[a:b] for a in range(len(other)) for b in range(a + 2, len(other) + 1))
    return max((_joined(word, span) for span in spans), default=0.0)


def _joined(word: str, span: Sequence[str]) -> float:
    if word == "".join(span):
        return 1.0
    return INITIALS if word == "".join(part[0] for part in span) else 0.0


def similarity(one: Words, other: Words, weight: Callable[[str], float]) -> float:
    """The weighted share of the words of both that the other holds, 0 to 1."""
    total = sum(map(weight, one)) + sum(map(weight, other))
    if not total:
        return 0.0
    held = 0.0
    for words_here, there in ((one, other), (other, one)):
        shares = matched(words_here, there)
        held += sum(weight(word) * share for word, share in zip(words_here, shares, strict=True))
    return held / total


def dimensions(name: Words) -> frozenset[str]:
    """The numbers in a name ("2d", "3")."""
    return frozenset(word.rstrip("d") for word in name if word[0].isdigit())


def written_in(name: str, text: str) -> bool:
    """Whether a text writes a name: its last two parts, or the last alone if no plain word is."""
    above, _, last = name.rpartition(".")
    ending = last if _TELLING.search(last) else f"{above.rpartition('.')[2]}.{last}"
    return bool(re.search(rf"(?<!\w){re.escape(ending)}(?!\w)", text))
