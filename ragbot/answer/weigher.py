"""Weighs what an answer quotes: what disagrees, what is old, who else says it."""

from dataclasses import replace

from ragbot.answer import dating
from ragbot.answer.agreement import Agreements
from ragbot.answer.citations import Numbering
from ragbot.answer.conflicts.disputes import Disputes
from ragbot.answer.find import PoolFinder
from ragbot.answer.parts import Parts
from ragbot.index.generation import Generation
from ragbot.retrieval.selection import Selection
from ragbot.types import Claim, Question


class Weigher:
    """Weighs answers of one generation; safe to share between threads."""

    def __init__(self, generation: Generation, finder: PoolFinder) -> None:
        self._disputes = Disputes(generation, finder)
        self._agreements = Agreements(generation)

    def weighed(
        self, question: Question, parts: Parts, numbering: Numbering, left: Selection
    ) -> Parts:
        """The parts of an answer with their disagreements, out of what is left, marks, agreements.

        Who else agrees is counted over everything, as nothing of it is quoted.
        """
        parts = self._disputes.settle(question, parts, numbering, left)
        claims = [
            *parts.lead,
            *(c for cell in parts.cells for c in cell.claims),
            *parts.findings,
        ]
        newest = dating.newest(claims, numbering)
        told = iter(self._agreements.counted(dating.marked(claims, newest, numbering)))

        def take(some: tuple[Claim, ...]) -> tuple[Claim, ...]:
            return tuple(next(told) for _ in some)

        return replace(
            parts,
            lead=take(parts.lead),
            cells=tuple(replace(cell, claims=take(cell.claims)) for cell in parts.cells),
            findings=take(parts.findings),
        )
