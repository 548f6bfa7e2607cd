"""The parts of an answer that quote, as they are weighed against what other sources say."""

from dataclasses import dataclass

from ragbot.types import Cell, Claim, Conflict, Evidence


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an answer that quote, and the disagreements that concern them."""

    lead: tuple[Claim, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Claim, ...]
    conflicts: tuple[Conflict, ...] = ()

    def quotes(self) -> list[Evidence]:
        """Every quote in them."""
        claims = [*self.lead, *self.findings, *(c for cell in self.cells for c in cell.claims)]
        return [evidence for claim in claims for evidence in claim.evidence]
