"""What statements are wanted for, and how well they serve it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragbot.judge.candidates import Candidate, Said, clash, labelled, overlap
from ragbot.retrieval import Vector
from ragbot.types import Evidence

__all__ = ["Candidate", "Said", "Scored", "Wanted", "clash", "evidence", "labelled", "overlap"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a cell is to be filled with; `subject` and `aspect` are None where any will do."""

    subject: str | None
    aspect: str | None
    vector: Vector
    code: bool  # whether listings are welcome
    words: Mapping[str, float] = field(default_factory=dict)  # weight of each token asked for


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score for one cell; `on_aspect`: a word of the aspect is in or by it."""

    candidate: Candidate
    score: float
    on_aspect: bool


def evidence(scored: Scored) -> Evidence:
    """A chosen candidate as evidence."""
    candidate, statement = scored.candidate, scored.candidate.statement
    return Evidence(
        quote=candidate.quote,
        start=statement.start,
        end=statement.end,
        document_id=candidate.document,
        passage_id=statement.passage_id,
        kind=statement.kind,
        label=labelled(candidate.symbol, statement.label),
        subjects=statement.subjects,
        score=round(scored.score, 4),
    )
