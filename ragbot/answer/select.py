"""Picks the statements that say most about a subject and an aspect, out of ranked passages."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ragbot.index.generation import Generation
from ragbot.retrieval.search import Ranked
from ragbot.types import BlockKind, Evidence, Statement

Vector = npt.NDArray[np.float32]
Said = tuple[int, str]  # the voice of a passage and the words of a statement in it

# What is added to the cosine of a statement and a query (docs/log.md, 2026-11-20).
IN_QUOTE, IN_LABEL, IN_HEADING = 0.10, 0.08, 0.04  # words of the aspect, by where they stand
NAMED = 0.03  # the quote itself names the subject
CROWDED = -0.03  # for each subject past the second that the quote names
SYMBOL = 0.15  # its passage documents a programming name in the question
RANK = 0.15  # for the passage ranked first, falling to 0 with its rank
ASKING = -0.25  # a quote that asks instead of telling
LISTING = -0.30  # code, where prose was asked for
SCRAP = -0.15  # too few words to stand alone, or it begins in mid-sentence
SCRAP_WORDS = 5
POINTER = -0.20  # it says where to read on, not what is so
REPEATED = -0.15  # it is quoted in another cell already
SAME_DOCUMENT = -0.02  # for a document that the cell quotes already

_POINTER = re.compile(
    r"^(?:see|refer|check out|visit|read|learn more|for more|to learn|take a look|as mentioned|"
    r"as (?:we )?(?:saw|seen)|(?:in )?(?:the )?(?:previous|following|next)|"
    r"(?:in )?this (?:guide|tutorial|page|section|document|example|notebook|recipe|blog)|"
    r"guide:|tutorial:|author:|also known as:|here (?:is|are)|now,? |let'?s|we will|first, we)|"
    r"\b(?:learn (?:more|how)|quick-?start|talk from|more (?:details|information)|"
    r"(?:guide|tutorial|documentation|docs)\.?$|"
    r"(?:see|refer to|check out|read|visit) (?:the|our|this|also)\b)",
    re.IGNORECASE,
)
_ENDED = (".", "!", "?", ":", ";", ")", '"', "\u201d", "…")

ALIKE = 0.88  # cosine from which two statements say the same


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a cell is to be filled with; `subject` and `aspect` are None where any will do."""

    subject: str | None
    aspect: str | None
    vector: Vector
    code: bool  # whether listings are welcome


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score for one cell; `on_aspect`: a word of the aspect is in or by it."""

    candidate: Candidate
    score: float
    on_aspect: bool


class Selector:
    """Scores statements of one generation."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    def candidates(self, ranked: Sequence[Ranked]) -> list[Candidate]:
        """Every statement of some passages, which are given best first."""
        generation = self._generation
        facts = generation.passages
        named = {r.ordinal for r in ranked if r.named}
        place = {r.ordinal: 1 - i / max(1, len(ranked)) for i, r in enumerate(ranked)}
        found = []
        for passage, ordinal, statement, quote, heading in generation.library.statements_of(
            list(place)
        ):
            found.append(
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
                    named=passage in named,
                    rank_share=place[passage],
                )
            )
        return found

    def score(self, candidate: Candidate, wanted: Wanted) -> Scored:
        """How well a candidate fills a cell."""
        guide = self._generation.guide
        statement = candidate.statement
        cosine = float(candidate.vector @ wanted.vector)
        score = cosine + RANK * candidate.rank_share + (SYMBOL if candidate.named else 0)
        on_aspect = False
        if wanted.aspect is not None:
            for text, weight in (
                (candidate.quote, IN_QUOTE),
                (statement.label, IN_LABEL),
                (candidate.heading, IN_HEADING),
            ):
                if guide.aspect_words(wanted.aspect, text):
                    score += weight
                    on_aspect = True
        if wanted.subject is not None:
            named = guide.subjects_in(candidate.quote)
            score += NAMED if wanted.subject in named else 0
            score += CROWDED * max(0, len(named or statement.subjects) - 2)
        score += _manner(candidate, wanted)
        return Scored(candidate, score, on_aspect)

    def best(
        self,
        candidates: Iterable[Candidate],
        wanted: Wanted,
        limit: int,
        least: float,
        drop: float,
        used: Set[Said],
    ) -> list[Scored]:
        """Up to `limit` statements for a cell, best first, no two alike or overlapping.

        None scores under `least`, nor more than `drop` under the first. Those of another document
        than the ones chosen go first; what is quoted elsewhere (`used`) comes last.
        """
        scored = [
            self.score(candidate, wanted)
            for candidate in candidates
            if wanted.subject is None or wanted.subject in candidate.statement.subjects
        ]
        chosen: list[Scored] = []
        while len(chosen) < limit:
            documents = {s.candidate.document for s in chosen}
            rest = [
                (
                    s.score
                    + (SAME_DOCUMENT if s.candidate.document in documents else 0)
                    + (REPEATED if s.candidate.said in used else 0),
                    -s.candidate.ordinal,
                    s,
                )
                for s in scored
                if s.score >= least and not any(_clash(s.candidate, c.candidate) for c in chosen)
            ]
            if not rest:
                break
            value, _, winner = max(rest, key=lambda entry: entry[:2])
            if chosen and value < chosen[0].score - drop:
                break
            chosen.append(winner)
        return chosen


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
        label=" | ".join(filter(None, (candidate.symbol, statement.label))),
        subjects=statement.subjects,
        score=round(scored.score, 4),
    )


def _manner(candidate: Candidate, wanted: Wanted) -> float:
    """What is added for how a statement speaks, whatever it speaks of."""
    statement, quote = candidate.statement, candidate.quote
    value = 0.0
    if quote.rstrip().endswith("?"):
        value += ASKING
    if statement.kind is BlockKind.CODE and not wanted.code:
        value += LISTING
    elif statement.kind is not BlockKind.CODE:
        few = not statement.label and len(quote.split()) < SCRAP_WORDS
        prose = statement.kind is BlockKind.PROSE
        torn = prose and (not quote.endswith(_ENDED) or _begins_low(quote))
        value += SCRAP if few or torn else 0
        value += POINTER if _POINTER.search(quote) or _POINTER.search(statement.label) else 0
    return value


def _begins_low(quote: str) -> bool:
    """Whether a quote begins in mid-sentence: in lower case, though not with a programming name."""
    first = quote.split(maxsplit=1)[0]
    return first[:1].islower() and not set("._()") & set(first)


def _clash(one: Candidate, other: Candidate) -> bool:
    """Whether two statements overlap, say the same, or are out of passages that repeat another."""
    if one.quote.casefold() == other.quote.casefold():
        return True
    if one.document == other.document:
        a, b = one.statement, other.statement
        if a.start < b.end and b.start < a.end:
            return True
    elif one.voice == other.voice:
        return True
    return float(one.vector @ other.vector) >= ALIKE
