"""The parts of an answer that quote, as they are weighed against what other sources say."""

from dataclasses import dataclass

from ragbot.types import Cell, Claim, Conflict


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an answer that quote, and the disagreements that concern them."""

    lead: tuple[Claim, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Claim, ...]
    conflicts: tuple[Conflict, ...] = ()
    steps: tuple[Claim, ...] = ()
