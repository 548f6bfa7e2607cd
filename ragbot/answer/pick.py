"""Picks what is quoted: the statements most likely to help, none that says what another does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ragbot.answer.find import Pool
from ragbot.answer.prove import Prover
from ragbot.judge import Judged
from ragbot.judge.candidates import Candidate, clash
from ragbot.statements import LABEL_JOIN
from ragbot.types import BlockKind, Claim, nested

# Probabilities of helping (docs/log.md, 2026-11-29). A quote that does not help costs a third of
# what one that helps gains, so it is quoted where one in four like it helps: of those that were
# given 0.2 to 0.3 and graded blind, 0.19 did, of those given 0.3 to 0.4, 0.34. For a side of which
# nothing else is said, or a lead with a word of warning, half of that is enough.
LEAST, NEAR = 0.30, 0.15
WORDS = 190  # quoted in one answer; the last claim is not cut


@dataclass(frozen=True, slots=True)
class Pick:
    """A claim with the judged statement that it quotes."""

    claim: Claim
    judged: Judged


@dataclass
class Picker:
    """Picks the quotes of one answer; it remembers what is quoted and how many words are left."""

    prover: Prover
    least: float = LEAST
    words: int = WORDS
    taken: list[Candidate] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def best(
        self,
        judged: Iterable[Judged],
        subject: str | None,
        aspect: str | None,
        least: float | None = None,
    ) -> Pick | None:
        """The best statement that may still be quoted, as a claim; None where none is left.

        It helps with a probability of at least `least` (by default the picker's), passes every
        check, and repeats nothing that is quoted already. Sentences directly before and behind it
        that help as well are quoted with it.
        """
        least = self.least if least is None else least
        order = ranked(judged)
        helping = [one for one in order if one.helps >= max(least, self.least)]
        for one in order:
            if one.helps < least or self.words <= 0:
                continue
            if self._clashes(one):
                continue
            document = one.candidate.document
            near = [two for two in helping if two.candidate.document == document]
            beside = [two for two in near if not self._clashes(two)]
            claim = self.prover.claim(one, subject, aspect, beside)
            if claim is not None and not self._repeats(claim):
                self.take(claim, one.candidate)
                return Pick(claim, one)
        return None

    def nearest(
        self, judged: Iterable[Judged], subject: str | None, aspect: str | None
    ) -> Pick | None:
        """The best statement though it hardly helps, for a place where nothing else is said."""
        return self.best(judged, subject, aspect, NEAR)

    def in_turn(self, pools: Sequence[Pool], limit: int) -> list[list[Claim]]:
        """Up to `limit` claims of each pool, one of each in turn while there are words left."""
        picked = self.picked_in_turn(pools, limit)
        return [[pick.claim for pick in picks] for picks in picked]

    def picked_in_turn(self, pools: Sequence[Pool], limit: int) -> list[list[Pick]]:
        """The same as picks. A quoted row of a table is quoted whole: each side's cell, if any."""
        picked: list[list[Pick]] = [[] for _ in pools]
        for _ in range(limit):
            rows: set[tuple[str, str]] = set()  # of quoted tables, in this turn
            for picks, pool in zip(picked, pools, strict=True):
                place = pool.place
                row = place.row.id if place.row else None
                beside = [j for j in pool.judged if _table_row(j.candidate) in rows]
                pick = self.best(beside, place.subject, row, 0.0) if beside else None
                pick = pick or self.best(pool.judged, place.subject, row)
                if pick is not None:
                    picks.append(pick)
                    rows |= {r for r in (_table_row(pick.judged.candidate),) if r}
        return picked

    def take(self, claim: Claim, candidate: Candidate) -> None:
        """Remember what is quoted."""
        self.taken.append(candidate)
        self.claims.append(claim)
        self.words -= len(claim.text.split())

    def _clashes(self, one: Judged) -> bool:
        """Whether a statement says what a quoted one does."""
        return any(clash(one.candidate, other) for other in self.taken)

    def _repeats(self, claim: Claim) -> bool:
        """Whether a claim quotes characters that another does."""
        return any(
            nested(one.span, two.span)
            for other in self.claims
            for one in claim.evidence
            for two in other.evidence
        )


def _table_row(candidate: Candidate) -> tuple[str, str] | None:
    """The document and the row of the cell that a statement is, None for any other."""
    statement = candidate.statement
    row, joint, _ = statement.label.partition(LABEL_JOIN)
    is_cell = statement.kind is BlockKind.TABLE_ROW and joint
    return (candidate.document, row) if is_cell else None


def ranked(judged: Iterable[Judged]) -> list[Judged]:
    """Judged statements, best first: what answers before what only helps; ties by their place."""
    return sorted(judged, key=lambda one: (-(one.helps + one.answers), one.candidate.ordinal))
