"""Reads a misspelt word by the names and the words of the corpus, and says so."""

import re
from collections.abc import Iterator
from string import ascii_lowercase

from ragbot.guide import Guide
from ragbot.understand.vocabulary import Vocabulary

# A word is misspelt only where hardly any passage holds it and the encoder, which knows some tens
# of thousands of words whole, does not know it as one: a name that the corpus lacks is left alone.
UNSEEN = 0.88  # share of the largest idf; of 37,872 passages two or three hold such a word
COMMONER = 0.4  # how far the share of the word meant lies below that
LEAST_NAME, LEAST_FAR, LEAST_WORD = 5, 8, 7  # letters: of a name one edit off, two, of a word
LEAST_SLIP = 4  # letters, where two neighbours are swapped, or one is doubled or is not

_WORD = re.compile(r"(?<![\w.`/\\-])[A-Za-z]{4,}(?![\w`(]|\.\w)")


class Spelling:
    """Corrects questions by the vocabulary of one corpus."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        guide = vocabulary.guide
        self._weights = vocabulary.weights
        self._names = vocabulary.names
        self._is_word = vocabulary.is_word
        self._holds = vocabulary.holds
        self._known = {name: _shown(name, guide) for name in sorted(guide.names) if name.isalpha()}
        self._parts = {part for name in guide.names for part in name.split()}

    def corrected(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A text with its misspelt words read, and what was read, in words."""
        said: dict[str, None] = {}

        def read(match: re.Match[str]) -> str:
            meant = self._meant(match[0])
            if meant:
                said[f"{match[0]} read as {meant}"] = None
            return meant or match[0]

        return _WORD.sub(read, text), tuple(said)

    def _meant(self, written: str) -> str:
        """The word that is meant, "" where it is taken as written."""
        word = written.lower()
        if word in self._parts or min(self._weights(word).values(), default=0.0) < UNSEEN:
            return ""
        is_camel = any(letter.isupper() for letter in written[1:]) and not written.isupper()
        if is_camel or word in self._names.lasts or self._is_word(word):
            return ""
        for name in self._known:
            if len(word) >= LEAST_NAME and len(name) >= LEAST_NAME and _distance(word, name) == 1:
                return self._known[name]
        if len(word) >= LEAST_FAR:
            for name in self._known:
                if len(name) >= LEAST_FAR - 1 and _distance(word, name) == 2:
                    return self._known[name]
        common = self._common(word) if len(word) >= LEAST_WORD else ""
        return common or self._held(written)

    def _held(self, written: str) -> str:
        """A word of the corpus for one that it lacks, as a hand slips; "" where there is none.

        In a corpus of few passages no word is common. Such slips make hardly ever another name.
        """
        word = written.lower()
        if self._holds(word):
            return ""
        near = [other for other in dict.fromkeys(_slips(word)) if self._holds(other)]
        if not near and len(word) >= LEAST_WORD:
            near = [o for o in dict.fromkeys(_edits(word)) if self._holds(o) and self._is_word(o)]
        meant = min(near, key=self._weight, default="")
        return meant.capitalize() if meant and written[0].isupper() else meant

    def _common(self, word: str) -> str:
        """A word of the language, common here, or a name's last part, one letter off."""
        names = self._names.lasts
        best, best_weight = "", self._weight(word) - COMMONER
        for other in dict.fromkeys(_edits(word)):
            weight = self._weight(other)
            if weight < best_weight and (other in names or self._is_word(other)):
                best, best_weight = other, weight
        return best

    def _weight(self, word: str) -> float:
        """The share of the largest idf of a word; 1 where the corpus lacks it."""
        return min(self._weights(word).values(), default=1.0)


def _shown(name: str, guide: Guide) -> str:
    """How a name is written that was meant: a subject's or product's name, or an alias."""
    shown = {s.name.lower(): s.name for s in (*guide.subjects, *guide.products)}
    return shown.get(name, name)


def _slips(word: str) -> Iterator[str]:
    """Words that two swapped letters, or one that is doubled or should be, make of a word."""
    if len(word) >= LEAST_SLIP:
        for at in range(len(word) - 1):
            yield f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}"
            if word[at] == word[at + 1]:
                yield f"{word[:at]}{word[at + 1 :]}"
        for at, letter in enumerate(word):
            yield f"{word[:at]}{letter}{word[at:]}"


def _edits(word: str) -> Iterator[str]:
    """Words one letter off: a letter too few, two swapped, one too many, one for another."""
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for head, tail in splits:
        yield from (f"{head}{letter}{tail}" for letter in ascii_lowercase)
    for head, tail in splits:
        if len(tail) > 1:
            yield f"{head}{tail[1]}{tail[0]}{tail[2:]}"
    for head, tail in splits:
        if tail:
            yield f"{head}{tail[1:]}"
    for head, tail in splits:
        if tail:
            yield from (f"{head}{x}{tail[1:]}" for x in ascii_lowercase if x != tail[0])


def _distance(one: str, other: str) -> int:
    """Edits between two words (Damerau, adjacent letters swapped count one); 3 for 3 and more."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        new = [i]
        for j, b in enumerate(other, 1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        before, row = row, new
    return min(row[-1], 3)
