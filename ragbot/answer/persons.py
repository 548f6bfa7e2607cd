"""Puts the person that the answer before names in place of "she" and "he"."""

import re

from ragbot.types import Answer
from ragbot.understand.language import pattern

# Two words or more with capitals beside each other, as persons are called.
_PERSON = re.compile(r"\b[A-Z][\w'\u2019-]+(?: (?:[A-Z]\.|[A-Z][\w'\u2019-]+))+")


def points_to_person(text: str) -> bool:
    """Whether a question leaves open of whom it is."""
    return bool(pattern("person").search(text))


def with_person(text: str, before: Answer) -> str:
    """The question with the name of the first person that the lead before names, if any."""
    asked = before.question.standalone.lower()
    for claim in before.lead:
        for match in _PERSON.finditer(claim.text):
            if match[0].lower() not in asked:
                return _named(text, match[0])
    return text


def _named(text: str, name: str) -> str:
    """The question with a name in place of the words for a person."""
    text = pattern("of_person").sub(f"{name}'s", text)
    return pattern("person").sub(name, text)
