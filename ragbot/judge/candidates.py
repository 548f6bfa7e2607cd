"""Statements that may be quoted, gathered out of the passages that were found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.index.generation import Generation
from ragbot.retrieval import Vector
from ragbot.retrieval.search import Ranked
from ragbot.types import BlockKind, Statement

Said = tuple[int, str]
"""The voice of a passage and the words of a statement in it."""

ALIKE = 0.84  # cosine from which two statements say the same
EXCHANGED = 0.25  # of its words, at most: with more it is put in other words


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
    rank: int = -1  # place of its passage among those found, from 0; -1: it was not searched for
    found: Ranked | None = None  # its passage as it was found

    @property
    def said(self) -> Said:
        """What it says: the same wherever the passage is repeated."""
        return self.voice, self.quote.casefold()

    def holds(self, other: "Candidate") -> bool:
        """Whether another statement stands within this one."""
        own, its = self.statement, other.statement
        return self.document == other.document and own.start <= its.start and its.end <= own.end


class Gatherer:
    """Gathers the statements of passages of one generation; safe to share between threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    def candidates(self, ranked: Sequence[Ranked]) -> list[Candidate]:
        """Every statement of some passages, which are given best first."""
        return self.of_passages([found.ordinal for found in ranked], ranked)

    def at(self, ordinals: Sequence[int]) -> list[Candidate]:
        """The statements with these ordinals, in the order of the index; none is ranked."""
        wanted = set(ordinals)
        passages = self._generation.library.passages_holding(sorted(wanted))
        return [one for one in self.of_passages(passages, ()) if one.ordinal in wanted]

    def of_document(self, document: str) -> list[Candidate]:
        """Every statement of the document with that id, in its order; none is ranked."""
        return self.of_passages(self._generation.library.passages_of(document), ())

    def of_passages(self, passages: Sequence[int], ranked: Sequence[Ranked]) -> list[Candidate]:
        """Every statement of some passages, by their ordinals, in the order of the index.

        Those of passages among `ranked`, which are given best first, know their place there.
        """
        places = {found.ordinal: place for place, found in enumerate(ranked)}
        generation = self._generation
        facts = generation.passages
        gathered = []
        for passage, ordinal, statement, quote, heading in generation.library.statements_of(
            passages
        ):
            rank = places.get(passage, -1)
            found = ranked[rank] if rank >= 0 else None
            gathered.append(
                Candidate(
                    ordinal=ordinal,
                    statement=statement,
                    quote=quote,
                    vector=generation.statement_vectors[ordinal].astype(np.float32),
                    document=facts[passage].document,
                    voice=facts[passage].voice,
                    heading=heading,
                    symbol=facts[passage].symbol,
                    comparing=len(facts[passage].document_subjects) > 1,
                    named=found is not None and found.named,
                    rank_share=1 - rank / len(ranked) if found else 0.0,
                    rank=rank,
                    found=found,
                )
            )
        return gathered


def clash(one: Candidate, other: Candidate) -> bool:
    """Whether two statements overlap, say the same, or are out of passages that repeat another."""
    if one.quote.casefold() == other.quote.casefold():
        return True
    if overlap(one, other) or (one.document != other.document and one.voice == other.voice):
        return True
    alike = float(one.vector @ other.vector) >= ALIKE
    return alike and not (in_two_states(one, other) or rows_of_one_table(one, other))


def rows_of_one_table(one: Candidate, other: Candidate) -> bool:
    """Whether two statements are rows under one header: a table says nothing twice."""
    a, b = one.statement, other.statement
    same = one.document == other.document and one.heading == other.heading and a.label == b.label
    return same and a.kind is b.kind is BlockKind.TABLE_ROW


def in_two_states(one: Candidate, other: Candidate) -> bool:
    """Whether one statement is the other with words exchanged, in another copy of its section.

    Then it is what the copies differ in, however near the two are.
    """
    apart = one.document != other.document and one.heading == other.heading
    return apart and exchanged(one.quote, other.quote)


def exchanged(one: str, other: str) -> bool:
    """Whether a text is another one with a few of its words exchanged."""
    words, others = one.casefold().split(), other.casefold().split()
    apart = sum(a != b for a, b in zip(words, others, strict=False))
    return len(words) == len(others) and 0 < apart <= EXCHANGED * len(words)


def overlap(one: Candidate, other: Candidate) -> bool:
    """Whether two statements share characters of a document."""
    a, b = one.statement, other.statement
    return one.document == other.document and a.start < b.end and b.start < a.end
