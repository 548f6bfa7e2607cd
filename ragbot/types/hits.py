"""What a search finds, and why."""

from dataclasses import dataclass
from enum import StrEnum

from ragbot.types.documents import Passage


class Reason(StrEnum):
    """What can give a passage a part of its score."""

    PASSAGE = "passage"
    STATEMENT = "statement"
    WORDS = "words"
    NAME = "name"
    ASPECT = "aspect"


@dataclass(frozen=True, slots=True)
class Contribution:
    """A part of a score, and what gave it."""

    reason: Reason
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. Ranks count from 1; None: not found by that retriever.

    `parts` add up to the score. Where subjects share the first places, `ahead` says how many places
    the passage gained by that, or lost where it is negative. `said` is its statement
    nearest to the query, "" where it has none.
    """

    passage: Passage
    score: float
    dense_rank: int | None
    dense_score: float | None
    lexical_rank: int | None
    lexical_score: float | None
    parts: tuple[Contribution, ...] = ()
    ahead: int = 0
    said: str = ""
