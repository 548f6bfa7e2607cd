"""What a conversation is about, and what a question can be to the one before it."""

from dataclasses import dataclass
from enum import StrEnum

from ragbot.understand.language import pattern
from ragbot.understand.rephrase import without_end


@dataclass(frozen=True, slots=True)
class Topic:
    """What is talked about: the last question, self-contained, and its subjects.

    `listed` are the subjects compared last, in their order; `latest` those that the last question
    named itself; `own`: the last question is a topic of its own, without a subject.
    """

    question: str
    subjects: tuple[str, ...]
    listed: tuple[str, ...]
    latest: tuple[str, ...]
    own: bool


def is_talk(text: str) -> bool:
    """Whether a turn only keeps the conversation going ("Thanks!")."""
    return bool(pattern("talk").fullmatch(text))


def asks_why(text: str) -> bool:
    """Whether a turn only asks for the evidence behind what was answered ("Why?")."""
    return bool(pattern("why").fullmatch(without_end(text)))


class FollowUp(StrEnum):
    """What a question is to the one before it."""

    NEW = "new"  # it says all by itself
    REPLACE = "replace"  # the same, of something else
    ADD = "add"  # the same, of one more
    NARROW = "narrow"  # more about the same
    WHY = "why"  # the evidence behind the answer
