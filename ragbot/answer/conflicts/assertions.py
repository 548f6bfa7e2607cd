"""What a statement asserts, in a form that two statements can be compared in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ragbot.guide import Guide
from ragbot.types import DisagreementKind

# A name: words that begin with a capital or a digit, or a programming name.
NAME = r"(?:[A-Z][\w+#/-]*(?:\.\w+)*|[a-z]\w*[._]\w[\w.]*)"
NAMES = rf"{NAME}(?: (?:{NAME}|\d+(?:\.\d+)*))*"
LIST = (
    rf"(?P<list>(?:either |both |the |a )*{NAMES}(?:(?:, (?:and |or |as well as )?| and | or |/)"
    rf"(?:the |even |with |on |on top of )?{NAMES})*)"
)
_PARTS = re.compile(r",? (?:and|or|as well as) |, |/")
_LEADING = re.compile(r"^(?:either|both|the|a|even|with|on top of|on|and|or) ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that a statement says of a subject.

    `about` is what is compared, in lower case: only assertions of one kind about the same are.
    `values` are names; `low` and `high` bound a number, a year or a range of versions; `sign` is
    -1 where it is denied or the worse, 1 else; `whole`: the list is said to be complete, not an
    example. `subject` is the id of the subject it is said of, None where that is the statement's
    own, "" where it is something else. `said` are all words around a range of versions, `words`
    those of a thing's name that tell it from others, or what a restriction is said of; `window` the
    name whose versions `low` to `high` it holds for.
    """

    kind: DisagreementKind
    about: str
    subject: str | None
    values: frozenset[str] = frozenset()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    sign: int = 1
    whole: bool = True
    said: str = ""
    words: tuple[str, ...] = ()
    window: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A statement's words, with the mentions of subjects in them: (start, end, subject id).

    `in_table`: it is a cell, which is about whom its column or row is about.
    """

    words: str
    mentions: tuple[tuple[int, int, str], ...]
    guide: Guide
    in_table: bool = False

    @classmethod
    def of(cls, words: str, guide: Guide) -> "Text":
        """Find the mentions."""
        return cls(words, tuple(guide.mentions(words)), guide)

    def speaker(self, at: int, within: int = 200) -> str | None:
        """What the sentence is about that a place stands in: the subject named first in it.

        None where it begins with "it": what that is, the statement's own subject tells. "" where
        no subject is named before the place, or more than `within` characters before it, or where
        the name is that of a part of a subject, or of something made with it.
        """
        begin = max((m.end() for m in _SENTENCE_END.finditer(self.words, 0, at)), default=0)
        for start, end, name in self.mentions:
            if begin <= start < at:
                return name if at - end <= within and self.whole(start, end, name) else ""
        if not _IT.match(self.words, begin):
            return ""
        if self.mentions and self.mentions[0][0] < begin:  # what "it" is stands before
            first = self.mentions[0]
            return first[2] if self.whole(*first) else ""
        return None

    def owner(self, at: int) -> str | None:
        """As `speaker`, where a statement that names no subject before a place speaks of its own.

        "" only where a part of a subject is named there.
        """
        if any(start < at for start, _, _ in self.mentions):
            return self.speaker(at)
        return None

    def whole(self, start: int, end: int, subject: str) -> bool:
        """Whether a mention means the subject as a whole, not a part of it or a product beside it.

        Its letters are those of the subject's name, or an abbreviation of them, whatever version
        is named; and no other name follows, as in "Name Mobile".
        """
        if self.of_a_part(start, end, subject) or "." in self.words[start:end]:
            return False
        return not _GOES_ON.match(self.words, end)

    def of_a_part(self, start: int, end: int, subject: str) -> bool:
        """Whether a mention is by the name of a part, which is no shorter form of the subject's."""
        known = self.guide.subject(subject)
        rest = iter(_letters(known.name if known else ""))
        return not all(letter in rest for letter in _letters(self.words[start:end]))

    def named(self, part: str) -> str:
        """The id of a subject that a name means, else the name in lower case."""
        found = self.guide.subject(part) if "." not in part else None
        return found.id if found else part.lower()

    def listed(self, words: str) -> frozenset[str]:
        """The names of an enumeration, subjects by their id."""
        return frozenset(self.named(part) for part in parts(words))


STEM = 7
_LONG = re.compile(r"[A-Za-z]{3,}")
_SENTENCE_END = re.compile(r"[.!?:;]\s+")
_IT = re.compile(r"(?:it|they)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:\s\d[\d.]*)?(?: [A-Z]\w|[-/]\w|\.\w)")


def _letters(words: str) -> str:
    return re.sub(r"[^a-z]", "", words.lower())


def content(words: str) -> frozenset[str]:
    """The longer words of a sentence, by their first letters: what it speaks of, roughly."""
    return frozenset(word[:STEM].lower() for word in _LONG.findall(words))


def parts(words: str) -> Iterable[str]:
    """The members of an enumeration ("A, B or C")."""
    for part in _PARTS.split(words):
        name = part.strip(" .,;:")
        while (short := _LEADING.sub("", name)) != name:
            name = short
        if name:
            yield name
