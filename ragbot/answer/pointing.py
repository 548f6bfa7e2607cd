"""Words that point to what was said before: "it", "both", "which of them", "the second one"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.answer.rephrase import in_a_row
from ragbot.guide import Guide

EARLY = 5  # words: a pronoun further on stands for something within the question
SHORT = 9  # words of a question in which a pronoun anywhere points out of it

_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_ORDINAL = re.compile(
    r"\b(?:the|that|this)\s+(first|second|third|fourth|fifth|1st|2nd|3rd|former|latter|last|other)"
    r"(?:\s+(?:one|option|of (?:them|these|those|the (?:two|three)))\b"
    r"|(?=[\s,?.!]*$|'s|\s+(?:is|has|do|on|for|in|with)\b))",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|both|same|"
    r"either|neither|all (?:two|three|four|of)|the (?:two|three|former|latter|others?)|"
    r"which (?:one|of|is|are|has|have|should|would|does|do|can|to)|each|one another|each other|"
    r"instead|too|as well)\b",
    re.IGNORECASE,
)
_CHOOSES = re.compile(
    r"\b(?:which|who|whose|better|best|faster|choose|pick|prefer)\b", re.IGNORECASE
)
_WHICH = re.compile(
    r"^(?:and |but |so |then |or )*(?:which|what(?:'s| is) (?:better|best|faster))\b", re.IGNORECASE
)
_SUBJECT_PLACE = re.compile(
    r"^((?:(?:and|but|so|then|or),?\s+)*(?:(?:how|why|when|where|what)\s+)?"
    r"(?:is|was|does|do|did|can|could|will|would|has|should|about|can i use|do i use)\s+)"
    r"(this one|that one|this|that|it)\b",
    re.IGNORECASE,
)
_IT = re.compile(r"\b(it|itself)\b", re.IGNORECASE)
_ITS = re.compile(r"\b(?:its)\b", re.IGNORECASE)
_NO_NAME = re.compile(
    r"\bit(?:'s| is| be|)\s+(?:\w+\s+)?(?:possible|true that|necessary|better to|ok(?:ay)? to|"
    r"safe to|recommended to|a good idea|common to|makes? sense|matter|takes?|worth it)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(?:they|them|(?:these|those|the) (?:two|three|four)|all (?:two|three|four)(?: of them)?)\b",
    re.IGNORECASE,
)
_LIGHT = frozenset(
    """a an and as about also but can case could do does for from here how i if in instead is it
    just me my now of ok okay on one only or please plus question same should so that the then this
    to too true use using versus vs was we well what when with would you yes no compared against
    than add alone there example examples show give tell code sample some any something anything
    similar equivalent counterpart like""".split()  # noqa: SIM905
)
_WORD = re.compile(r"[^\W_]+(?:'\w+)?")


def points(text: str) -> bool:
    """Whether a question points out of itself."""
    words = text.split()
    near = text if len(words) <= SHORT else " ".join(words[:EARLY])
    return bool(_POINTS.search(near))


def light(text: str) -> bool:
    """Whether a text has no word that means something by itself."""
    return all(word.lower() in _LIGHT for word in _WORD.findall(text))


@dataclass(frozen=True, slots=True)
class Pointing:
    """What such words can point to: subjects before, those compared last, those named last."""

    guide: Guide
    subjects: Sequence[str]
    listed: Sequence[str]
    latest: Sequence[str]
    setting: bool = False  # the subject is where something is done: "it" is likely that thing

    def counted(self, text: str) -> tuple[str, bool]:
        """The text with "the second one" by name, and whether there was such a word."""
        found = _ORDINAL.search(text)
        subject = self._at(found[1].lower()) if found else None
        if not found or subject is None:
            return text, False
        return f"{text[: found.start()]}{self._name(subject)}{text[found.end() :]}", True

    def named(self, text: str) -> str:
        """The text with names in place of the words that point to them, where that is sure."""
        one = "" if self.setting else self._one()
        if one and not _NO_NAME.search(text):
            place = _SUBJECT_PLACE.match(text)
            if place:
                return f"{place[1]}{one}{text[place.end() :]}"
            if points(text) and (_IT.search(text) or _ITS.search(text)):
                return _IT.sub(one, _ITS.sub(f"{one}'s", text), count=1)
            return self._noun(text, one, r"(?:this|that|the)", 1)
        if not one and len(self.subjects) > 1 and points(text):
            names = in_a_row([self._name(s) for s in self.subjects], "and")
            said = self._noun(text, names, r"(?:these|those|the) (?:\w+ )?", 2)
            return said if said != text else _MANY.sub(names, text, count=1)
        return text

    def meant(self, text: str) -> Sequence[str]:
        """The subjects that a question without one is about; a choice needs two."""
        if _WHICH.match(text) or re.search(r"\bwhich (?:one|of)\b", text, re.IGNORECASE):
            return self.subjects if len(self.subjects) > 1 else self.listed
        return self.subjects

    def chooses(self, text: str) -> bool:
        """Whether a question asks for one of several."""
        return bool(_CHOOSES.search(text))

    def _one(self) -> str:
        if len(self.subjects) == 1:
            return self._name(self.subjects[0])
        return self._name(self.latest[0]) if len(self.latest) == 1 else ""

    def _noun(self, text: str, names: str, before: str, number: int) -> str:
        """The text with names in place of "these frameworks", by the words for all subjects."""
        for noun in self.guide.all_words:
            plural = noun.endswith("s")
            if plural == (number > 1) and re.fullmatch(r"[\w-]+", noun):
                pattern = rf"\b{before}\s*\b{re.escape(noun)}\b"
                changed = re.sub(pattern, names, text, count=1, flags=re.IGNORECASE)
                if changed != text:
                    return changed
        return text

    def _at(self, word: str) -> str | None:
        listed = self.listed
        if not listed:
            return None
        if word == "other":
            others = [name for name in listed if name not in self.subjects]
            return others[0] if len(others) == 1 else None
        if word in ("former", "latter"):
            return listed[word == "latter"] if len(listed) == 2 else None
        if word == "last":
            return listed[-1]
        digits = {"1st": "first", "2nd": "second", "3rd": "third"}
        place = _ORDINALS.index(digits.get(word, word))
        return listed[place] if place < len(listed) else None

    def _name(self, subject: str) -> str:
        return self.guide.name_of(subject)
