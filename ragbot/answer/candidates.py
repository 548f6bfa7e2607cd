"""Statements that may be quoted, and what they are wanted for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragbot.retrieval import Vector
from ragbot.statements import LABEL_JOIN
from ragbot.types import Evidence, Statement

Said = tuple[int, str]
"""The voice of a passage and the words of a statement in it."""

ALIKE = 0.84  # cosine from which two statements say the same


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that may be quoted, with its vector and what is known about its document."""

    ordinal: int
    statement: Statement
    quote: str
    vector: Vector
    document: str
    voice: int  # of its passage
    heading: str
    symbol: str  # the programming name that its document documents, "" for other documents
    comparing: bool  # its document is about several subjects
    named: bool  # its passage documents a programming name in the question
    rank_share: float  # 1 for the passage ranked first, falling to 0

    @property
    def said(self) -> Said:
        """What it says: the same wherever the passage is repeated."""
        return self.voice, self.quote.casefold()

    def holds(self, other: "Candidate") -> bool:
        """Whether another statement stands within this one."""
        own, its = self.statement, other.statement
        return self.document == other.document and own.start <= its.start and its.end <= own.end


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


def labelled(symbol: str, label: str) -> str:
    """What a reader must see beside a quote: its label, below the name that its page documents."""
    return LABEL_JOIN.join(filter(None, (symbol, label)))


def clash(one: Candidate, other: Candidate) -> bool:
    """Whether two statements overlap, say the same, or are out of passages that repeat another."""
    if one.quote.casefold() == other.quote.casefold():
        return True
    if overlap(one, other) or (one.document != other.document and one.voice == other.voice):
        return True
    return float(one.vector @ other.vector) >= ALIKE


def overlap(one: Candidate, other: Candidate) -> bool:
    """Whether two statements share characters of a document."""
    a, b = one.statement, other.statement
    return one.document == other.document and a.start < b.end and b.start < a.end
