"""Puts what disagrees into an answer: what is followed first, the other side marked and last."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from ragbot.answer import verify
from ragbot.answer.citations import Numbering
from ragbot.answer.conflicts import siding, voices
from ragbot.answer.conflicts.contrary import Dispute, Rivals
from ragbot.answer.conflicts.outdated import OutdatedThings
from ragbot.answer.conflicts.sides import conflict
from ragbot.answer.conflicts.voices import Voice
from ragbot.answer.find import PoolFinder
from ragbot.answer.parts import Parts
from ragbot.answer.pick import LEAST
from ragbot.index.generation import Generation
from ragbot.index.traits import Quoted
from ragbot.retrieval.selection import Selection
from ragbot.types import (
    Cell,
    CellStatus,
    Claim,
    Conflict,
    DisagreementKind,
    Evidence,
    Mark,
    MarkKind,
    Question,
    Span,
)

MOST = 2  # disagreements shown with an answer

_Key = tuple[DisagreementKind, str, str]
_Placed = tuple[Dispute, str | None]
"""A disagreement with the id of the row of the cell that quotes it, None outside of a table."""


class Disputes:
    """Finds the disagreements of answers of one generation; safe to share between threads."""

    def __init__(self, generation: Generation, finder: PoolFinder) -> None:
        self._guide = generation.guide
        self._rivals = Rivals(generation)
        self._things = OutdatedThings(generation)
        self._authorities = {s.id: s.authority for s in generation.library.sources()}
        self._pools = finder

    def settle(
        self, question: Question, parts: Parts, numbering: Numbering, left: Selection
    ) -> Parts:
        """The parts with what disagrees with them: the side followed leads, never the other.

        Out of what is left: nothing else is quoted or told of.
        """
        asked = self._things.named_in(question.standalone)
        found = self._found(parts, numbering, left)
        helping = self._helping(question, asked, found)
        shown = list({_key(one): (one, aspect) for one, aspect in reversed(helping)}.values())
        shown = shown[::-1][:MOST]
        conflicts = [conflict(one, aspect, self._guide) for one, aspect in shown]
        marks = _marks(found, {_key(one) for one, _ in shown})
        lead = self._with_followed(parts.lead, conflicts, numbering)
        told = self._deprecating(question, asked, left)
        lead = [*self._warnings(told, lead, numbering), *lead]
        new = {e.span for claim in lead if claim not in parts.lead for e in claim.evidence}
        below = tuple(c for c in parts.findings if not siding.rests_on(c, new))
        weak = {one.sides[0].evidence.span for one, _ in helping if _is_weak(one, asked)}
        settled = siding.led(replace(parts, lead=tuple(lead), findings=below), weak)
        return Parts(
            lead=siding.ordered(settled.lead, marks),
            cells=tuple(self._cell(c, conflicts, marks, numbering) for c in settled.cells),
            findings=siding.ordered(settled.findings, marks),
            conflicts=tuple(conflicts),
            steps=siding.marked(settled.steps, marks),
        )

    def _found(self, parts: Parts, numbering: Numbering, left: Selection) -> list[_Placed]:
        """What disagrees with the quotes of an answer, with their rows; what is misled by first."""
        claims: list[tuple[Claim, str | None]] = [
            (claim, None) for claim in (*parts.lead, *parts.findings, *parts.steps)
        ]
        claims += [(claim, cell.aspect) for cell in parts.cells for claim in cell.claims]
        found = [
            (one, aspect)
            for claim, aspect in claims
            for evidence in claim.evidence
            for one in self._about(evidence, numbering, left)
        ]
        return sorted(dict.fromkeys(found), key=lambda placed: not _changes(placed[0]))

    def _about(self, evidence: Evidence, numbering: Numbering, left: Selection) -> list[Dispute]:
        """What disagrees with a quote, both sides checked."""
        document = numbering.document(evidence.document_id)
        date = voices.last_date(document.published, document.updated)
        voice = Voice(self._authorities[document.source_id], date)
        found = [
            *self._rivals.of(evidence, left),
            *self._things.of(evidence, document, voice, left),
        ]
        return [one for one in found if self._is_checked(one, numbering)]

    def _is_checked(self, dispute: Dispute, numbering: Numbering) -> bool:
        for quoted in dispute.sides:
            document = numbering.document(quoted.evidence.document_id)
            checks = verify.check(quoted.evidence, document, dispute.subject, self._guide)
            if not all(check.passed for check in checks):
                return False
        return True

    def _helping(
        self, question: Question, asked: Sequence[str], found: Sequence[_Placed]
    ) -> list[_Placed]:
        """The disagreements that change the answer: their other side helps with the question too.

        In a table it helps with what is asked of the row. So does one about an outdated thing, or
        about a name, that is asked about.
        """
        helps: dict[tuple[int, str | None], float] = {}
        for aspect in dict.fromkeys(aspect for _, aspect in found):
            ordinals = [one.sides[1].ordinal for one, its in found if its == aspect]
            told = self._pools.helping(question, ordinals, aspect)
            helps |= {(ordinal, aspect): value for ordinal, value in told.items()}
        return [
            (one, aspect)
            for one, aspect in found
            if helps[one.sides[1].ordinal, aspect] >= LEAST
            or (one.kind is DisagreementKind.STATUS and one.about in asked)
            or _is_named(one, question)
        ]

    def _deprecating(
        self, question: Question, asked: Sequence[str], left: Selection
    ) -> list[Quoted]:
        """What says first of each thing that is asked about that it is deprecated."""
        subjects = [column.id for column in question.columns]
        return [one for name in asked for one in self._things.told(name, left, subjects)[:1]]

    def _warnings(
        self, told: Sequence[Quoted], lead: Sequence[Claim], numbering: Numbering
    ) -> list[Claim]:
        """What says so, as claims; unless it is quoted anyway."""
        quoted = {evidence.span for claim in lead for evidence in claim.evidence}
        spans = {one.evidence.span: one.evidence for one in told}
        return [
            self._claim(evidence, evidence.subjects[0], None, numbering)
            for span, evidence in spans.items()
            if span not in quoted and evidence.subjects
        ]

    def _cell(
        self,
        cell: Cell,
        conflicts: Sequence[Conflict],
        marks: Mapping[Span, Mark],
        numbering: Numbering,
    ) -> Cell:
        """A cell with the side that is followed first where it quotes the other."""
        own = [c for c in conflicts if c.subject == cell.subject and _is_quoted(c, cell.claims)]
        claims = self._with_followed(cell.claims, own, numbering, cell.aspect)
        status = CellStatus.DISAGREE if own else cell.status
        return replace(cell, status=status, claims=siding.ordered(claims, marks))

    def _with_followed(
        self,
        claims: Sequence[Claim],
        conflicts: Sequence[Conflict],
        numbering: Numbering,
        aspect: str | None = None,
    ) -> list[Claim]:
        return siding.with_followed(
            claims,
            conflicts,
            lambda evidence, subject: self._claim(evidence, subject, aspect, numbering),
        )

    def _claim(
        self, evidence: Evidence, subject: str, aspect: str | None, numbering: Numbering
    ) -> Claim:
        document = numbering.document(evidence.document_id)
        checks = verify.check(evidence, document, subject, self._guide)
        return Claim(evidence.quote, subject, aspect, (evidence,), checks)


def _changes(dispute: Dispute) -> bool:
    """Whether a disagreement changes what a reader may take from the quote: it is not followed."""
    return dispute.follows == 1


def _is_weak(dispute: Dispute, asked: Sequence[str]) -> bool:
    """Whether the quote may not lead; one about an outdated thing may where that is asked about."""
    is_asked = dispute.kind is DisagreementKind.STATUS and dispute.about in asked
    return _changes(dispute) and not is_asked


def _is_named(dispute: Dispute, question: Question) -> bool:
    """Whether a question names something that the sides disagree on, its own subjects aside."""
    text = question.standalone.casefold()
    subjects = {column.name.casefold() for column in question.columns}
    values = {value.casefold() for value in dispute.values} - subjects
    return any(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) for value in values)


def _key(dispute: Dispute) -> _Key:
    """What a disagreement is about: it is shown once, whatever quotes it concerns."""
    return dispute.kind, dispute.subject, dispute.about


def _marks(found: Sequence[_Placed], shown: Set[_Key]) -> dict[Span, Mark]:
    """The marks of the quotes that are not followed; those that are shown say so last."""
    marks: dict[Span, Mark] = {}
    for one, _ in found:
        span = one.sides[0].evidence.span
        if _changes(one) and _key(one) in shown and one.kind is not DisagreementKind.STATUS:
            text = "another source, which this answer follows, says otherwise"
            marks[span] = Mark(MarkKind.DISPUTED, text)
        elif _changes(one) and one.kind is DisagreementKind.STATUS:
            text = f"another source calls {one.about} deprecated"
            marks.setdefault(span, Mark(MarkKind.OUTDATED, text))
        elif _changes(one):
            text = f"another source says otherwise about {one.about}"
            marks.setdefault(span, Mark(MarkKind.OUTDATED, text))
    return marks


def _is_quoted(conflict: Conflict, claims: Sequence[Claim]) -> bool:
    spans = {evidence.span for side in conflict.sides for evidence in side.evidence}
    return any(siding.rests_on(claim, spans) for claim in claims)
