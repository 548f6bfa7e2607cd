"""Words that point to what was said before: "it", "both", "which of them", "the second one"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.guide import Guide
from ragbot.understand.language import pattern, source, words
from ragbot.understand.rephrase import in_a_row
from ragbot.understand.things import called

EARLY = 5  # words: a pronoun further on stands for something within the question
SHORT = 9  # words of a question in which a pronoun anywhere points out of it

_WORD = re.compile(r"[^\W_]+(?:'\w+)?")


def points(text: str) -> bool:
    """Whether a question points out of itself."""
    said = text.split()
    near = text if len(said) <= SHORT else " ".join(said[:EARLY])
    return bool(pattern("points").search(near))


def light(text: str) -> bool:
    """Whether a text has no word that means something by itself."""
    return all(word.lower() in words("light") for word in _WORD.findall(text))


@dataclass(frozen=True, slots=True)
class Pointing:
    """What such words can point to: subjects before, those compared last, those named last."""

    guide: Guide
    question: str  # the one before
    subjects: Sequence[str]
    listed: Sequence[str]
    latest: Sequence[str]
    setting: bool = False  # the subject is where something is done: "it" is likely that thing
    thing: str = ""  # what was asked to be explained, where it has a name of its own

    def counted(self, text: str) -> tuple[str, bool]:
        """The text with "the second one" by name, and whether there was such a word."""
        found = pattern("ordinal").search(text)
        subject = self._at(found[1].lower()) if found else None
        if not found or subject is None:
            return text, False
        return f"{text[: found.start()]}{self._name(subject)}{text[found.end() :]}", True

    def named(self, text: str) -> str:
        """The text with names in place of the words that point to them, where that is sure."""
        one = "" if self.setting else self._one()
        if one and not pattern("no_name").search(text):
            place = pattern("subject_place").match(text)
            if place:
                return f"{place[1]}{one}{text[place.end() :]}"
            if points(text) and (pattern("it").search(text) or pattern("its").search(text)):
                return pattern("it").sub(one, pattern("its").sub(f"{one}'s", text), count=1)
            return self._noun(text, one, source("this_one"), 1)
        if not one and len(self.subjects) > 1 and points(text):
            names = in_a_row([self._name(s) for s in self.subjects], "and")
            said = self._noun(text, names, source("these"), 2)
            return said if said != text else pattern("many").sub(names, text, count=1)
        return text

    def meant(self, text: str) -> Sequence[str]:
        """The subjects that a question without one is about; a choice needs two."""
        if pattern("which").match(text) or pattern("which_one").search(text):
            return self.subjects if len(self.subjects) > 1 else self.listed
        return self.subjects

    def chooses(self, text: str) -> bool:
        """Whether a question asks for one of several."""
        return bool(pattern("chooses").search(text))

    def _one(self) -> str:
        if self.thing:
            return self.thing
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
        if word in words("other"):
            others = [name for name in listed if name not in self.subjects]
            return others[0] if len(others) == 1 else None
        if word in words("two"):
            return listed[words("two").index(word)] if len(listed) == 2 else None
        if word in words("last"):
            return listed[-1]
        ordinals = words("ordinals")
        place = int(word[0]) - 1 if word[0].isdigit() else ordinals.index(word)
        return listed[place] if place < len(listed) else None

    def _name(self, subject: str) -> str:
        return called(subject, self.question, self.guide)
