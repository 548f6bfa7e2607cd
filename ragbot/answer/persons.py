"""Puts the person that the answer before names in place of "she" and "he"."""

import re

from ragbot.guide import Guide
from ragbot.lexical.tokens import STOP_WORDS
from ragbot.types import Answer
from ragbot.understand.language import pattern

# Two words or more with capitals beside each other, as persons are called.
_PERSON = re.compile(r"\b[A-Z][\w'\u2019-]+(?: (?:[A-Z]\.|[A-Z][\w'\u2019-]+))+")


def points_to_person(text: str) -> bool:
    """Whether a question leaves open of whom it is."""
    return bool(pattern("person").search(text))


def with_person(text: str, before: Answer, guide: Guide) -> str:
    """The question with the name of the first person that the lead before names, if any.

    A name that holds one of the guide's is that of a thing, and so is what "The" stands before.
    """
    asked = before.question.standalone.lower()
    for claim in before.lead:
        for match in _PERSON.finditer(claim.text):
            name = match[0]
            is_thing = guide.mentions(name) or name.split()[0].lower() in STOP_WORDS
            if not is_thing and name.lower() not in asked:
                return _named(text, name)
    return text


def _named(text: str, name: str) -> str:
    """The question with a name in place of the words for a person."""
    text = pattern("of_person").sub(f"{name}'s", text)
    return pattern("person").sub(name, text)
