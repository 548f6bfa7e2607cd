"""Steps: where the source tells how to do a thing in order, its statements stay in that order.

A procedure is a run of statements of one section that follow one another in the document: the
items of a numbered list, or prose with the code that it speaks of.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragbot.answer.pick import Picker
from ragbot.index.generation import Generation
from ragbot.judge import Judged
from ragbot.judge.candidates import Candidate, Gatherer
from ragbot.lexical.tokens import tokens
from ragbot.types import BlockKind, Claim, Question, nested

WORDS = 150  # quoted of one procedure
LEAD_WORDS = 70  # of those, at most, above the statement that comes nearest
LOOKED_AT = 5  # statements that come nearest, whose sections are looked at
LEAST_STEPS = 2
LEAST_HEADED = 0.4  # of the weight of the question's words, in the headings above them
LEAST_HELD = 0.7  # of the weight of the question's words, in the statements and their headings

_NUMBERED = re.compile(r"(?:^|\n)[ \t]*(?:\d+|[a-z])[.)][ \t]+\Z")


@dataclass(frozen=True, slots=True)
class Procedure:
    """Statements of one section in document order."""

    statements: tuple[Candidate, ...]


class Procedures:
    """Finds procedures in one generation; safe to share between threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._gatherer = Gatherer(generation)

    def steps(
        self, question: Question, judged: Sequence[Judged], picker: Picker
    ) -> tuple[Claim, ...]:
        """The steps that answer a question for them, in order; () where none are told.

        `judged` are its statements, best first. All of a procedure are quoted, or none.
        """
        if not question.wants_steps:
            return ()
        words = self._generation.lexical.weights(question.standalone)
        found = self._best(judged, words, picker.least)
        if found is None:
            return ()
        subject = question.columns[0].id if len(question.columns) == 1 else None
        claims = [picker.prover.claim(Judged(c, 0.0, 0.0), subject, None) for c in found.statements]
        if not all(claims):
            return ()
        # One that leans on the one before has taken it in.
        kept = [c for c in claims if c and not any(o and _within(c, o) for o in claims)]
        for claim, candidate in zip(claims, found.statements, strict=True):
            if claim in kept:
                picker.take(claim, candidate)
        return tuple(kept)

    def _best(
        self, judged: Sequence[Judged], words: Mapping[str, float], least: float
    ) -> Procedure | None:
        """The procedure around the best statement that stands in one, None where none does."""
        for one in judged[:LOOKED_AT]:
            if one.helps < least:
                break
            if one.candidate.symbol:  # a reference page tells what a name is, not how to go on
                continue
            found = self._around(one.candidate)
            if found is not None and _is_about(found, words):
                return found
        return None

    def _around(self, own: Candidate) -> Procedure | None:
        """The run of statements that one belongs to, if it is a procedure."""
        document = self._generation.library.document(own.document)
        start = own.statement.start
        section = next(s for s in reversed(document.sections) if s.start <= start)
        run = _apart(
            one
            for one in self._gatherer.of_document(own.document)
            if section.start <= one.statement.start and one.statement.end <= section.end
        )
        at = next((i for i, one in enumerate(run) if one.statement.end >= own.statement.end), -1)
        if at < 0:
            return None
        numbered = [
            one.statement.kind is BlockKind.LIST_ITEM
            and bool(_NUMBERED.search(document.text[: one.statement.start][-8:]))
            for one in run
        ]
        low, high = _span(run, numbered, at)
        if not _tells_steps(run[low:high], numbered[low:high]):
            return None
        return Procedure(tuple(run[low:high]))


def _is_about(found: Procedure, wanted: Mapping[str, float]) -> bool:
    """Whether a procedure holds most of what is asked: one about something beside it does not."""
    total = sum(wanted.values())
    above = " ".join(f"{one.heading} {one.statement.label}" for one in found.statements)
    text = " ".join(one.quote for one in found.statements)

    def held(words: str) -> float:
        known = set(tokens(words))
        return sum(weight for word, weight in wanted.items() if word in known)

    headed = held(above) >= LEAST_HEADED * total
    return not total or (headed and held(f"{above} {text}") >= LEAST_HELD * total)


def _apart(statements: Iterable[Candidate]) -> list[Candidate]:
    """Statements without those that another begins with: a sentence may hold the one before."""
    kept: list[Candidate] = []
    for one in statements:
        if kept and one.statement.start < kept[-1].statement.end:
            if one.statement.start > kept[-1].statement.start:
                continue
            kept.pop()
        kept.append(one)
    return kept


def _span(run: Sequence[Candidate], numbered: Sequence[bool], at: int) -> tuple[int, int]:
    """The consecutive statements around one that are quoted, as far as words are left.

    They begin with the first item of the list that it stands in, with the prose above its code, or
    as far above as LEAD_WORDS reach, and go on from there.
    """
    low, above = at, 0
    while low > 0:
        here, before = run[low], run[low - 1]
        above += len(before.quote.split())
        in_list = _in_one_list(before, here) or (numbered[low - 1] and numbered[low])
        if not in_list and here.statement.kind is not BlockKind.CODE and above > LEAD_WORDS:
            break
        low -= 1
    words, high = 0, low
    while high < len(run):
        words += len(run[high].quote.split())
        if words > WORDS and high > at:
            break
        high += 1
    # What is asked about is shown, even where its steps are many.
    while words > WORDS + len(run[at].quote.split()) and low < at:
        words -= len(run[low].quote.split())
        low += 1
    # A procedure does not end in a sentence whose code is left out.
    while high - 1 > at and high < len(run) and run[high].statement.kind is BlockKind.CODE:
        if run[high - 1].statement.kind is BlockKind.CODE:
            break
        high -= 1
    return low, high


def _in_one_list(one: Candidate, other: Candidate) -> bool:
    kinds = {one.statement.kind, other.statement.kind}
    return kinds == {BlockKind.LIST_ITEM} and one.statement.label == other.statement.label


def _tells_steps(run: Sequence[Candidate], numbered: Sequence[bool]) -> bool:
    """Whether statements are numbered items, or prose and code in turn."""
    if sum(numbered) >= LEAST_STEPS:
        return True
    kinds = [one.statement.kind for one in run]
    turns = sum(
        one is not BlockKind.CODE and other is BlockKind.CODE for one, other in pairwise(kinds)
    )
    return turns >= 1


def _within(claim: Claim, other: Claim) -> bool:
    """Whether the quote of a claim is a part of another's."""
    one, two = claim.evidence[0], other.evidence[0]
    return nested(one.span, two.span) and len(one.quote) < len(two.quote)
