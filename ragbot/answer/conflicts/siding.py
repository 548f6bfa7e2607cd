"""Which claims stand first where sources disagree: never those of the side not followed."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace

from ragbot.answer.parts import Parts
from ragbot.types import (
    Cell,
    Claim,
    Conflict,
    DisagreementKind,
    Evidence,
    Mark,
    MarkKind,
    Span,
    nested,
)


def rests_on(claim: Claim, spans: Set[Span]) -> bool:
    """Whether a claim quotes one of some spans, among other words or in part."""
    return any(nested(evidence.span, span) for evidence in claim.evidence for span in spans)


def is_disputed(claim: Claim) -> bool:
    """Whether a claim is marked as one that another source contradicts."""
    return any(mark.kind is MarkKind.DISPUTED for mark in claim.marks)


def marked(claims: Iterable[Claim], against: Mapping[Span, Mark]) -> tuple[Claim, ...]:
    """The claims, each with the marks of the spans that it rests on."""
    found = []
    for claim in claims:
        marks = (mark for span, mark in against.items() if rests_on(claim, {span}))
        new = tuple(mark for mark in dict.fromkeys(marks) if mark not in claim.marks)
        found.append(replace(claim, marks=(*claim.marks, *new)))
    return tuple(found)


def ordered(claims: Iterable[Claim], against: Mapping[Span, Mark]) -> tuple[Claim, ...]:
    """The same, the disputed ones last."""
    return tuple(sorted(marked(claims, against), key=is_disputed))


def with_followed(
    claims: Sequence[Claim],
    conflicts: Iterable[Conflict],
    claim: Callable[[Evidence, str], Claim],
) -> list[Claim]:
    """The claims, before them the side that is followed where they quote only the other.

    That a thing is deprecated, which some claim only names, does not stand before it. `claim` makes
    one of a quote and the subject of its disagreement.
    """
    first: list[Claim] = []
    for conflict in conflicts:
        if conflict.follows is None or conflict.kind is DisagreementKind.STATUS:
            continue
        followed, other = conflict.sides[conflict.follows], conflict.sides[1 - conflict.follows]
        misled = any(rests_on(each, {e.span for e in other.evidence}) for each in claims)
        told = any(
            rests_on(each, {e.span for e in followed.evidence}) for each in (*first, *claims)
        )
        if misled and not told:
            first.append(claim(followed.evidence[0], conflict.subject))
    return [*first, *claims]


def led(parts: Parts, weak: Set[Span]) -> Parts:
    """The parts with nothing weak in the lead, as long as something else of its subject is said.

    That stands in the lead already, or is the next that is said of the subject and changes places
    with it.
    """
    kept = [claim for claim in parts.lead if not rests_on(claim, weak)]
    told = {claim.subject for claim in kept}
    findings, cells = list(parts.findings), list(parts.cells)
    lead: list[Claim] = []
    for claim in parts.lead:
        if claim in kept:
            lead.append(claim)
        elif claim.subject in told:
            findings.append(claim)
        else:
            lead.append(_exchanged(claim, findings, cells, weak))
    return replace(parts, lead=tuple(lead), cells=tuple(cells), findings=tuple(findings))


def _exchanged(claim: Claim, findings: list[Claim], cells: list[Cell], weak: Set[Span]) -> Claim:
    """What stands for a weak claim: the first below that is not, which it changes places with."""
    for place, one in enumerate(findings):
        if one.subject == claim.subject and not rests_on(one, weak):
            findings[place] = claim
            return one
    for place, cell in enumerate(cells):
        for one in cell.claims if cell.subject == claim.subject else ():
            if not rests_on(one, weak):
                rest = tuple(other for other in cell.claims if other != one)
                cells[place] = replace(cell, claims=(*rest, claim))
                return one
    return claim
