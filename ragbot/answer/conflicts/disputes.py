"""Puts the disagreements found into an answer: beside the cells, and into their order."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragbot.answer import verify
from ragbot.answer.citations import Numbering
from ragbot.answer.conflicts import asking, weigh
from ragbot.answer.conflicts.asking import Asked
from ragbot.answer.conflicts.finder import Finder, Found, Near
from ragbot.answer.question import OVERALL, QUESTION_ROW
from ragbot.index.generation import Generation
from ragbot.retrieval import Filters, Vector
from ragbot.retrieval.plan import cell_query
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
    MarkKind,
    Question,
    Side,
)

MOST = 3  # disagreements shown with an answer
MOST_IN_A_TABLE = 4

_STATEMENT = (
    'SELECT s.start, s."end", s.kind, s.label, s.subjects, p.id FROM statements s '
    "JOIN passages p ON p.ordinal = s.passage WHERE s.ordinal = ?"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an answer that quote, and the disagreements that concern them."""

    verdict: tuple[Claim, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Claim, ...]
    conflicts: tuple[Conflict, ...] = ()


class Disputes:
    """Finds the disagreements of answers of one generation; safe to share between threads."""

    def __init__(self, generation: Generation, vectors: QueryVectors) -> None:
        self._generation = generation
        self._guide = generation.guide
        self._vectors = vectors
        self._finder = Finder(generation)

    def settle(
        self, question: Question, vector: Vector, parts: Parts, numbering: Numbering
    ) -> Parts:
        """The parts with what disagrees: the side followed first, no verdict on the other.

        `vector` is that of the question; the cells of an aspect are looked at with their own.
        """
        found: dict[tuple[str, str], tuple[Found, str, str | None]] = {}
        for aspect, asked in self._asked(question, vector, parts):
            for one in self._finder.find(asked):
                by_version = one.kind is DisagreementKind.BY_VERSION
                key = ("" if by_version else asked.subject, one.about)
                known = found.get(key)
                if known is None or sum(known[0].cosines) < sum(one.cosines):
                    found[key] = (one, asked.subject, aspect)
        best = sorted(found.values(), key=lambda each: -sum(each[0].cosines))[
            : MOST_IN_A_TABLE if parts.cells else MOST
        ]
        made = (self._conflict(one, subject, aspect, numbering) for one, subject, aspect in best)
        conflicts = tuple(conflict for conflict in made if conflict)
        losing = {_span(e) for c in conflicts for e in _against(c)}
        verdict = tuple(c for c in parts.verdict if not _rests_on(c, losing))
        return Parts(
            verdict=verdict if len(verdict) > 1 or len(parts.verdict) == 1 else (),
            cells=tuple(self._cell(cell, conflicts, losing, numbering) for cell in parts.cells),
            findings=self._findings(parts.findings, conflicts, losing, numbering),
            conflicts=conflicts,
        )

    def _asked(
        self, question: Question, vector: Vector, parts: Parts
    ) -> list[tuple[str | None, Asked]]:
        """What to look for disagreements about: each cell shown, and the question itself.

        An aspect that the question does not name asks for none but those of what its cells quote.
        """
        text = question.standalone
        lexical = self._generation.lexical
        words = asking.telling_words(text, self._guide, lexical)
        rare = asking.telling_words(text, self._guide, lexical, asking.RARE)
        asked: list[tuple[str | None, Asked]] = []
        for cell in parts.cells:
            aspect, subject = self._guide.aspect(cell.aspect), self._guide.subject(cell.subject)
            shown = tuple(e for claim in cell.claims for e in claim.evidence)
            if cell.aspect == QUESTION_ROW or aspect is None or subject is None:
                one = Asked(cell.subject, vector, words, text, shown, rare)
            elif OVERALL in question.rows:
                one = Asked(cell.subject, vector, frozenset(), "", shown)
            else:
                (query,) = self._vectors.of([cell_query(subject, aspect, Filters())])
                about = " ".join((aspect.name, *(word.rstrip("*") for word in aspect.words)))
                stems = asking.telling_words(about, self._guide, lexical)
                one = Asked(cell.subject, query.vector, stems, about, shown)
            asked.append((cell.aspect, one))
        if parts.findings or question.columns:
            columns = [column.id for column in question.columns]
            shown = tuple(e for claim in parts.findings for e in claim.evidence)
            subjects = columns or list(dict.fromkeys(s for e in shown for s in e.subjects[:1]))
            asked += [
                (None, Asked(subject, vector, words, text, shown, rare))
                for subject in subjects
                if text and (parts.findings or not parts.cells or words)
            ]
        return asked

    def _conflict(
        self, found: Found, subject: str, aspect: str | None, numbering: Numbering
    ) -> Conflict | None:
        """A disagreement with its evidence; None where a side keeps no quote that is checked."""
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
            subject, aspect, found.kind, found.about, (sides[0], sides[1]), found.follows, found.why
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
        row = self._generation.library.read(_STATEMENT, near.told.ordinal)[0]
        return Evidence(
            quote=near.told.quote,
            start=row["start"],
            end=row["end"],
            document_id=near.told.document,
            passage_id=row["id"],
            kind=BlockKind(row["kind"]),
            label=row["label"],
            subjects=tuple(json.loads(row["subjects"])),
            score=round(near.cosine, 4),
        )

    def _cell(
        self,
        cell: Cell,
        conflicts: Sequence[Conflict],
        losing: set[tuple[str, int, int]],
        numbering: Numbering,
    ) -> Cell:
        """A cell with the side that is followed first where it quotes the other."""
        own = [c for c in conflicts if _concerns(c, cell)]
        if not own:
            return replace(cell, claims=_ordered(cell.claims, losing))
        claims = self._with_followed(cell.claims, own, cell.aspect, numbering)
        return replace(cell, status=CellStatus.DISAGREE, claims=_ordered(claims, losing))

    def _findings(
        self,
        findings: Sequence[Claim],
        conflicts: Sequence[Conflict],
        losing: set[tuple[str, int, int]],
        numbering: Numbering,
    ) -> tuple[Claim, ...]:
        """The findings with the side that is followed first where they quote the other."""
        return _ordered(self._with_followed(findings, conflicts, None, numbering), losing)

    def _with_followed(
        self,
        claims: Sequence[Claim],
        conflicts: Sequence[Conflict],
        aspect: str | None,
        numbering: Numbering,
    ) -> list[Claim]:
        """The claims, before them the side that is followed where they quote only the other."""
        kept = list(claims)
        for conflict in conflicts:
            against = {_span(e) for e in _against(conflict)}
            if conflict.follows is None or not any(_rests_on(c, against) for c in kept):
                continue
            followed = conflict.sides[conflict.follows].evidence
            if not any(_rests_on(c, {_span(e) for e in followed}) for c in kept):
                kept.insert(0, self._claim(followed[0], conflict.subject, aspect, numbering))
        return kept

    def _claim(
        self, evidence: Evidence, subject: str, aspect: str | None, numbering: Numbering
    ) -> Claim:
        document = numbering.document(evidence.document_id)
        checks = verify.check(evidence, document, subject, self._guide)
        return Claim(evidence.quote, subject, aspect, (evidence,), checks)


def _against(conflict: Conflict) -> tuple[Evidence, ...]:
    """The quotes of the side that the answer does not follow, none where it stays open."""
    return () if conflict.follows is None else conflict.sides[1 - conflict.follows].evidence


def _concerns(conflict: Conflict, cell: Cell) -> bool:
    """Whether a disagreement was found for a cell, or the cell quotes its losing side."""
    if conflict.subject != cell.subject:
        return False
    against = {_span(e) for e in _against(conflict)}
    return conflict.aspect == cell.aspect or any(_rests_on(c, against) for c in cell.claims)


def _ordered(claims: Sequence[Claim], losing: set[tuple[str, int, int]]) -> tuple[Claim, ...]:
    """The claims, those that are disputed last and marked."""
    mark = Mark(MarkKind.DISPUTED, "another source, which this answer follows, says otherwise")
    kept = [c for c in claims if not _rests_on(c, losing)]
    disputed = [replace(c, marks=(*c.marks, mark)) for c in claims if _rests_on(c, losing)]
    return (*kept, *disputed)


def _rests_on(claim: Claim, spans: set[tuple[str, int, int]]) -> bool:
    """Whether a claim quotes, among its words, one of some spans."""
    return any(
        document == e.document_id and e.start <= start and end <= e.end
        for e in claim.evidence
        for document, start, end in spans
    )


def _span(evidence: Evidence) -> tuple[str, int, int]:
    return evidence.document_id, evidence.start, evidence.end


def _age(later: int, dated: bool) -> Age:
    if not dated:
        return Age.UNDATED
    return {1: Age.NEWER, -1: Age.OLDER}.get(later, Age.DATED)
