"""The words that programming names are made of, and how alike two such words are."""

import re
from functools import lru_cache

from ragbot.lexical.tokens import stem

Words = tuple[str, ...]

EXACT = 1.0
PREFIX = 0.85  # worth of a word that begins another ("conv", "convolution")
INITIALS = 0.85  # of first letters ("mse", "mean squared error")
MISSPELT = 0.7  # of a word with one letter wrong, which no name holds
SHORTENED = 0.6  # of letters left out ("avg", "average")
LEAST_PREFIX, LEAST_SHORTENED, LEAST_STEMMED, LEAST_MISSPELT = 3, 3, 4, 5  # letters

WORD = re.compile(r"\d+[dD](?![a-zA-Z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@lru_cache(maxsize=100_000)
def words(name: str) -> Words:
    """The words of one part of a name, in lower case: "BatchNorm2d" is batch, norm, 2d."""
    return tuple(word.lower() for word in WORD.findall(name))


def stemmed(word: str) -> str:
    """The stem of a word of a name."""
    return stem(word) if len(word) >= LEAST_STEMMED else word


def last(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]


def joined(name: str) -> str:
    """A name in letters and digits alone, in lower case."""
    return "".join(words(name))


def number(word: str) -> str:
    """The number that a word of a name is ("2d" is "2"), "" where it is none."""
    return word.rstrip("d") if word[0].isdigit() else ""


@lru_cache(maxsize=400_000)
def alike(one: str, other: str) -> float:
    """How far two stems are the same word, 0 to 1."""
    if one == other:
        return EXACT
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


def is_misspelt(written: str, word: str) -> bool:
    """Whether a word is another with one letter more, less or wrong, or two of them swapped."""
    if abs(len(written) - len(word)) > 1 or written == word:
        return False
    shorter = min(len(written), len(word))
    begin = next((at for at in range(shorter) if written[at] != word[at]), shorter)
    end = next(
        (at for at in range(shorter - begin) if written[-1 - at] != word[-1 - at]), shorter - begin
    )
    one, other = written[begin : len(written) - end], word[begin : len(word) - end]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def likeness(one: Words, other: Words) -> float:
    """The share of the words of both that the other holds, 0 to 1, alone or with its neighbours."""
    total = len(one) + len(other)
    return (sum(_held(one, other)) + sum(_held(other, one))) / total if total else 0.0


def _held(one: Words, other: Words) -> list[float]:
    """For each word of `one` how well `other` holds it."""
    stems = [stemmed(word) for word in other]
    found = [max((alike(stemmed(word), that) for that in stems), default=0.0) for word in one]
    for at, word in enumerate(one):
        found[at] = max(found[at], *(_spelt(word, span) for _, span in _spans(other)), 0.0)
    for word in other:
        for start, span in _spans(one):
            worth = _spelt(word, span)
            for at in range(start, start + len(span)) if worth else ():
                found[at] = max(found[at], worth)
    return found


def _spans(name: Words) -> list[tuple[int, Words]]:
    """Runs of two words and more, each with where it begins."""
    return [(a, name[a:b]) for a in range(len(name)) for b in range(a + 2, len(name) + 1)]


def _spelt(word: str, span: Words) -> float:
    """What a word is worth that may be several run together, or their first letters."""
    if word == "".join(span):
        return EXACT
    return INITIALS if word == "".join(part[0] for part in span) else 0.0
