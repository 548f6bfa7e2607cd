"""Steps: what one section says of how a thing is done, in the order of the document.

A procedure is what helps of the statements of a section, with the code that they speak of: items of
a numbered list, or prose and code in turn.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ragbot.answer.find import PoolFinder
from ragbot.answer.pick import NEAR, Picker
from ragbot.index.generation import Generation
from ragbot.judge import Judged
from ragbot.retrieval import Filters
from ragbot.types import BlockKind, Claim, Question, nested

LOOKED_AT = 3  # statements that come nearest, whose sections are looked at
LEAST_STEPS = 2

_NUMBERED = re.compile(r"(?:^|\n)[ \t]*(?:\d+|[a-z])[.)][ \t]+\Z")


class Procedures:
    """Finds procedures in one generation; safe to share between threads."""

    def __init__(self, generation: Generation, finder: PoolFinder) -> None:
        self._generation = generation
        self._finder = finder

    def steps(
        self, question: Question, judged: Sequence[Judged], picker: Picker, filters: Filters
    ) -> tuple[Claim, ...]:
        """The steps that answer a question for them, in order; () where none are told.

        `judged` are its statements, best first.
        """
        if not question.wants_steps:
            return ()
        subject = question.columns[0].id if len(question.columns) == 1 else None
        for one in judged[:LOOKED_AT]:
            if one.helps < picker.least:
                break
            if one.candidate.symbol:  # a reference page tells what a name is, not how to go on
                continue
            run = self._around(one, question, picker.least, filters)
            if self._tells_steps(run):
                return self._claims(run, subject, picker)
        return ()

    def _around(
        self, own: Judged, question: Question, least: float, filters: Filters
    ) -> list[Judged]:
        """What helps of the section of a statement, and code that belongs to it, in order."""
        document = self._generation.library.document(own.candidate.document)
        start = own.candidate.statement.start
        section = next(s for s in reversed(document.sections) if s.start <= start)
        run: list[Judged] = []
        before: Judged | None = None
        for one in _apart(self._finder.of_document(question, document.id, filters)):
            if not section.start <= one.candidate.statement.start < section.end:
                continue
            is_code = one.candidate.statement.kind is BlockKind.CODE
            told = before is not None and run[-1:] == [before]
            if one.helps >= least or (is_code and told and one.helps >= NEAR):
                run.append(one)
            before = one
        return run

    def _tells_steps(self, run: Sequence[Judged]) -> bool:
        """Whether statements are numbered items, or prose and code in turn."""
        if len(run) < LEAST_STEPS:
            return False
        document = self._generation.library.document(run[0].candidate.document)
        numbered = [
            one.candidate.statement.kind is BlockKind.LIST_ITEM
            and bool(_NUMBERED.search(document.text[: one.candidate.statement.start][-8:]))
            for one in run
        ]
        kinds = [one.candidate.statement.kind for one in run]
        turns = any(
            one is not BlockKind.CODE and other is BlockKind.CODE for one, other in pairwise(kinds)
        )
        return turns or sum(numbered) >= LEAST_STEPS

    def _claims(
        self, run: Sequence[Judged], subject: str | None, picker: Picker
    ) -> tuple[Claim, ...]:
        """The statements as claims, the likeliest first while words are left, put in order."""
        found: list[tuple[Claim, Judged]] = []
        for one in sorted(run, key=lambda j: (-j.helps, j.candidate.ordinal)):
            claim = picker.prover.step(one, subject) if picker.words > 0 else None
            if claim is not None:
                picker.take(claim, one.candidate)
                found.append((claim, one))
        claims = [c for c, one in sorted(found, key=lambda each: each[1].candidate.ordinal)]
        # One that leans on the one before has taken it in.
        return tuple(c for c in claims if not any(_within(c, other) for other in claims))


def _apart(judged: Iterable[Judged]) -> list[Judged]:
    """Statements without those that another begins with: a sentence may hold the one before."""
    kept: list[Judged] = []
    for one in judged:
        here = one.candidate.statement
        if kept and here.start < kept[-1].candidate.statement.end:
            if here.start > kept[-1].candidate.statement.start:
                continue
            kept.pop()
        kept.append(one)
    return kept


def _within(claim: Claim, other: Claim) -> bool:
    """Whether the quote of a claim is a part of another's."""
    one, two = claim.evidence[0], other.evidence[0]
    return nested(one.span, two.span) and len(one.quote) < len(two.quote)
