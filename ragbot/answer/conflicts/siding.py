"""Which claims stand first where sources disagree: those of the side that is followed."""

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import replace

from ragbot.types import Claim, Conflict, DisagreementKind, Evidence, Mark, MarkKind, Span

_DISPUTED = Mark(MarkKind.DISPUTED, "another source, which this answer follows, says otherwise")


def losing(conflicts: Iterable[Conflict]) -> set[Span]:
    """Where the quotes stand that the answer does not follow; disagreements left open have none."""
    return {evidence.span for conflict in conflicts for evidence in _against(conflict)}


def rests_on(claim: Claim, spans: Set[Span]) -> bool:
    """Whether a claim quotes one of some spans, among other words or in part."""
    return any(
        document == e.document_id
        and ((e.start <= start and end <= e.end) or (start <= e.start and e.end <= end))
        for e in claim.evidence
        for document, start, end in spans
    )


def quotes_losing(claims: Iterable[Claim], conflict: Conflict) -> bool:
    """Whether one of some claims rests on the side of a disagreement that is not followed."""
    against = losing([conflict])
    return any(rests_on(claim, against) for claim in claims)


def ordered(claims: Sequence[Claim], against: Set[Span]) -> tuple[Claim, ...]:
    """The claims, those that rest on one of some spans last and marked as disputed."""
    kept = [c for c in claims if not rests_on(c, against)]
    disputed = [replace(c, marks=(*c.marks, _DISPUTED)) for c in claims if rests_on(c, against)]
    return (*kept, *disputed)


def with_followed(
    claims: Sequence[Claim],
    conflicts: Iterable[Conflict],
    claim: Callable[[Evidence, str], Claim],
    decisive: Collection[Conflict] = (),
) -> list[Claim]:
    """The claims, before them the side that is followed where they quote only the other.

    That of a `decisive` disagreement stands there anyway; that a thing goes, which some claim only
    uses, does not. `claim` makes one of a quote and the subject of its disagreement.
    """
    kept = list(claims)
    for conflict in conflicts:
        misled = conflict.kind is not DisagreementKind.STATUS and quotes_losing(kept, conflict)
        if conflict.follows is None or not (misled or conflict in decisive):
            continue
        followed = conflict.sides[conflict.follows].evidence
        if not any(rests_on(each, {e.span for e in followed}) for each in kept):
            kept.insert(0, claim(followed[0], conflict.subject))
    return kept


def distinct(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """The disagreements, without those that hold the same quotes wrong as one before."""
    kept: list[Conflict] = []
    for conflict in conflicts:
        against = losing([conflict])
        if not against or all(against != losing([other]) for other in kept):
            kept.append(conflict)
    return kept


def _against(conflict: Conflict) -> tuple[Evidence, ...]:
    return () if conflict.follows is None else conflict.sides[1 - conflict.follows].evidence
