"""How well a statement answers a question, learnt.

A judge gives each candidate two calibrated probabilities: that it answers the question or a part of
it, and that it helps. It looks at cheap signals of question and statement, and where there is one
at the logit of a cross-encoder, both weighed by a learnt model in a data file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ragbot.judge.candidates import Candidate
from ragbot.retrieval import Vector
from ragbot.types import Form

# Candidates that a cross-encoder reads in a call, the best by signals: nDCG@5 is 0.569 with 12
# of them, 0.573 to 0.577 with 20 to 60 (docs/log.md, 2026-11-28).
READ = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """What statements are judged for: a question that stands by itself, or one side of it.

    `subject` and `aspect` are the ids that the statements are wanted for, None where any will do;
    `words` are the tokens of the text with their inverse document frequency, in 0..1, `names` the
    programming names in it; `forms` the probability of each form that the question may have, and
    `wants_code` that its answer is code.
    """

    text: str
    vector: Vector
    words: Mapping[str, float]
    subject: str | None = None
    aspect: str | None = None
    names: tuple[str, ...] = ()
    forms: Mapping[Form, float] = field(default_factory=dict)
    wants_code: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with the probability that it answers what is asked, and that it helps."""

    candidate: Candidate
    answers: float
    helps: float


class Judge(Protocol):
    """Judges statements; safe to share between threads."""

    @property
    def name(self) -> str:
        """What it is called, with a hash of what it has learnt."""
        ...

    def judge(
        self, asked: Asked, candidates: Sequence[Candidate], most: int = READ
    ) -> list[Judged]:
        """The candidates, in their order, each with its probabilities.

        At most `most` of them are read by what takes long.
        """
        ...
