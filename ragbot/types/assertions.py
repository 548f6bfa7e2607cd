"""What a sentence states that another could contradict."""

from dataclasses import dataclass
from enum import StrEnum


class AssertionKind(StrEnum):
    """What a sentence states: which names, in a row, or how many of something."""

    NAMES = "names"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a sentence states of a subject as a whole, comparable with others of its kind.

    `about` are the words before the names, or the noun that is counted; `values` the names, sorted,
    or the number; `version` the one of the subject that it is said of, "" where none is named.
    """

    kind: AssertionKind
    subject: str
    about: str
    values: tuple[str, ...]
    version: str = ""
