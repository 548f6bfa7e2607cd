"""Puts the disagreements found into an answer: beside the cells, and into their order."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ragbot.answer import verify
from ragbot.answer.citations import Numbering
from ragbot.answer.conflicts import siding, weigh
from ragbot.answer.conflicts.finder import Finder, Found, Near
from ragbot.answer.conflicts.looking import Looker
from ragbot.answer.find import PoolFinder
from ragbot.answer.parts import Parts
from ragbot.answer.pick import LEAST
from ragbot.index.generation import Generation
from ragbot.judge.candidates import labelled
from ragbot.retrieval import Vector
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import (
    Age,
    BlockKind,
    Cell,
    CellStatus,
    Claim,
    Conflict,
    DisagreementKind,
    Evidence,
    Mark,
    Question,
    Side,
    Span,
    nested,
)

MOST = 3  # disagreements shown with an answer
MOST_IN_A_TABLE = 4

_STATEMENT = (
    "SELECT s.passage, s.kind, s.label, s.subjects, p.id FROM statements s "
    "JOIN passages p ON p.ordinal = s.passage WHERE s.ordinal = ?"
)


@dataclass(frozen=True, slots=True)
class _Dispute:
    """A disagreement, the row it was found for, and what the answer quotes of its losing side."""

    found: Found
    subject: str
    aspect: str | None
    lost: frozenset[Span]


class Disputes:
    """Finds the disagreements of answers of one generation; safe to share between threads."""

    def __init__(self, generation: Generation, vectors: QueryVectors, finder: PoolFinder) -> None:
        self._generation = generation
        self._guide = generation.guide
        self._looker = Looker(generation, vectors)
        self._finder = Finder(generation)
        self._pools = finder

    def settle(
        self, question: Question, vector: Vector, parts: Parts, numbering: Numbering
    ) -> Parts:
        """The parts with what disagrees: the side followed leads, never the other.

        `vector` is that of the question; the cells of an aspect are looked at with their own.
        """
        disputes = self._disputes(question, vector, parts)
        tried = [(self._conflict(dispute, numbering), dispute) for dispute in disputes]
        made = [(c, dispute) for c, dispute in tried if c]
        most = MOST_IN_A_TABLE if parts.cells else MOST
        conflicts = tuple(siding.distinct(c for c, _ in made)[:most])
        shown = [(c, dispute) for c, dispute in made if c in conflicts]
        against: dict[Span, Mark] = {}
        for c, dispute in shown:
            for span in (*siding.losing([c]), *dispute.lost):
                if span not in against or c.kind is not DisagreementKind.STATUS:
                    against[span] = siding.mark_of(c)
        # Who asks of a thing is told first that it goes.
        named = [c for c, dispute in shown if dispute.found.named]
        decisive = () if parts.cells else named
        first = self._with_followed(parts.lead, conflicts, None, numbering, decisive)
        led = siding.ordered(first, against)
        beaten = [claim for claim in led if siding.is_disputed(claim)]
        leading = {evidence.span for claim in led for evidence in claim.evidence}
        told = [*led, *(c for c in parts.findings if not siding.rests_on(c, leading))]
        all_told = self._with_followed(told, conflicts, None, numbering)
        added = all_told[: len(all_told) - len(told)]
        findings = [*added, *told[len(led) :], *beaten]
        return Parts(
            lead=tuple(claim for claim in led if claim not in beaten),
            cells=tuple(self._cell(c, conflicts, against, numbering) for c in parts.cells),
            findings=siding.ordered(findings, against),
            conflicts=conflicts,
        )

    def _disputes(self, question: Question, vector: Vector, parts: Parts) -> list[_Dispute]:
        """What is disputed, first that of which a losing side is quoted, then the nearest.

        Both sides help with the question, or with what is asked of the aspect that it was found
        for: else it changes nothing in the answer.
        """
        nearest: dict[tuple[str, str], tuple[Found, str, str | None]] = {}
        told = (*parts.lead, *parts.findings)
        for aspect, asked in self._looker.looked_at(question, vector, parts.cells, told):
            for one in self._finder.find(asked):
                by_version = one.kind is DisagreementKind.BY_VERSION
                key = ("" if by_version else asked.subject, one.about)
                known = nearest.get(key)
                if known is None or sum(known[0].cosines) < sum(one.cosines):
                    nearest[key] = (one, asked.subject, aspect)
        quotes = parts.quotes()
        found = [
            _Dispute(one, subject, aspect, self._lost(one, quotes))
            for one, subject, aspect in nearest.values()
            if self._matters(question, one, aspect)
        ]
        return sorted(found, key=lambda d: (not d.lost, -sum(d.found.cosines)))

    def _matters(self, question: Question, found: Found, aspect: str | None) -> bool:
        """Whether each side of a disagreement has a statement that helps."""
        ordinals = [near.told.ordinal for side in found.sides for near in side]
        helps = self._pools.helping(question, ordinals, aspect)
        return all(max(helps[n.told.ordinal] for n in side) >= LEAST for side in found.sides)

    def _conflict(self, dispute: _Dispute, numbering: Numbering) -> Conflict | None:
        """A disagreement with its evidence; None where a side keeps no quote that is checked."""
        found, subject = dispute.found, dispute.subject
        first, second = (self._checked(side, subject, numbering) for side in found.sides)
        if not first or not second:
            return None
        voices = [max((near.told.voice for near in side), key=weigh.trust) for side in found.sides]
        later = weigh.order(voices[0].date, voices[1].date)
        ages = (_age(later, voices[0].dated), _age(-later, voices[1].dated))
        if voices[0].dated and voices[1].dated and not later:
            ages = (Age.SAME, Age.SAME)
        sides = tuple(
            Side(evidence, voice.authority, voice.date, age)
            for evidence, voice, age in zip((first, second), voices, ages, strict=True)
        )
        return Conflict(
            subject=subject,
            name=self._guide.name_of(subject),
            aspect=dispute.aspect,
            kind=found.kind,
            about=found.about,
            sides=(sides[0], sides[1]),
            follows=found.follows,
            why=found.why,
        )

    def _checked(
        self, side: Sequence[Near], subject: str, numbering: Numbering
    ) -> tuple[Evidence, ...]:
        kept = []
        for near in side:
            evidence = self._evidence(near)
            document = numbering.document(evidence.document_id)
            checks = verify.check(evidence, document, subject, self._guide)
            if all(check.passed for check in checks):
                kept.append(evidence)
        return tuple(kept)

    def _evidence(self, near: Near) -> Evidence:
        told = near.told
        row = self._generation.library.read(_STATEMENT, told.ordinal)[0]
        symbol = self._generation.passages[row["passage"]].symbol
        document, start, end = told.span
        return Evidence(
            quote=told.quote,
            start=start,
            end=end,
            document_id=document,
            passage_id=row["id"],
            kind=BlockKind(row["kind"]),
            label=labelled(symbol, row["label"]),
            subjects=tuple(json.loads(row["subjects"])),
            score=round(near.cosine, 4),
        )

    def _lost(self, found: Found, quotes: Collection[Evidence]) -> frozenset[Span]:
        """Where the statements of the side that is not followed stand, of those that are quoted."""
        return frozenset(
            told.span
            for told in found.losers
            if any(nested(told.span, quote.span) for quote in quotes)
        )

    def _cell(
        self,
        cell: Cell,
        conflicts: Sequence[Conflict],
        against: Mapping[Span, Mark],
        numbering: Numbering,
    ) -> Cell:
        """A cell with the side that is followed first where it quotes the other."""
        own = [c for c in conflicts if _concerns(c, cell)]
        if not own:
            return replace(cell, claims=siding.ordered(cell.claims, against))
        claims = self._with_followed(cell.claims, own, cell.aspect, numbering)
        return replace(cell, status=CellStatus.DISAGREE, claims=siding.ordered(claims, against))

    def _with_followed(
        self,
        claims: Sequence[Claim],
        conflicts: Sequence[Conflict],
        aspect: str | None,
        numbering: Numbering,
        decisive: Collection[Conflict] = (),
    ) -> list[Claim]:
        return siding.with_followed(
            claims,
            conflicts,
            lambda evidence, subject: self._claim(evidence, subject, aspect, numbering),
            decisive,
        )

    def _claim(
        self, evidence: Evidence, subject: str, aspect: str | None, numbering: Numbering
    ) -> Claim:
        document = numbering.document(evidence.document_id)
        checks = verify.check(evidence, document, subject, self._guide)
        return Claim(evidence.quote, subject, aspect, (evidence,), checks)


def _concerns(conflict: Conflict, cell: Cell) -> bool:
    """Whether a disagreement was found for a cell, or the cell quotes its losing side."""
    if conflict.subject != cell.subject:
        return False
    return conflict.aspect == cell.aspect or siding.quotes_losing(cell.claims, conflict)


def _age(later: int, dated: bool) -> Age:
    if not dated:
        return Age.UNDATED
    return {1: Age.NEWER, -1: Age.OLDER}.get(later, Age.DATED)
