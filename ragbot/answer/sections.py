"""The parts of an answer that quote, and what says how they are to be taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.answer.pick import Pick
from ragbot.judge import Judged
from ragbot.types import Cell, Claim, Row

# Probability of answering from which a lead needs no word of warning: of the best quotes under it
# one in nine was graded an answer, of those above it two in five (docs/log.md, 2026-11-28).
OUTRIGHT = 0.15
NOT_OUTRIGHT = "What comes nearest; it may not answer the question:"


@dataclass(frozen=True, slots=True)
class Sections:
    """What an answer quotes; `rows` are those of its table."""

    rows: tuple[Row, ...] = ()
    lead: tuple[Claim, ...] = ()
    lead_note: str = ""
    cells: tuple[Cell, ...] = ()
    steps: tuple[Claim, ...] = ()
    findings: tuple[Claim, ...] = ()


def note(lead: Sequence[Pick]) -> str:
    """A word of warning where no quote of a lead is likely to answer; "" where one is."""
    return "" if not lead or any(outright(pick.judged) for pick in lead) else NOT_OUTRIGHT


def outright(judged: Judged) -> bool:
    """Whether a statement is likely enough to answer to stand without a word of warning."""
    return judged.answers >= OUTRIGHT
