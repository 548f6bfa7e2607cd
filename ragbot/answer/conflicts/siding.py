"""Which claims stand first where sources disagree: those of the side that is followed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace

from ragbot.types import Claim, Conflict, DisagreementKind, Evidence, Mark, MarkKind, Span, nested

_DISPUTED = Mark(MarkKind.DISPUTED, "another source, which this answer follows, says otherwise")
_OUTDATED = Mark(MarkKind.OUTDATED, "another source says that this is on its way out")


def losing(conflicts: Iterable[Conflict]) -> set[Span]:
    """Where the quotes stand that the answer does not follow; disagreements left open have none."""
    return {evidence.span for conflict in conflicts for evidence in _against(conflict)}


def rests_on(claim: Claim, spans: Set[Span]) -> bool:
    """Whether a claim quotes one of some spans, among other words or in part."""
    return any(nested(evidence.span, span) for evidence in claim.evidence for span in spans)


def quotes_losing(claims: Iterable[Claim], conflict: Conflict) -> bool:
    """Whether one of some claims rests on the side of a disagreement that is not followed."""
    against = losing([conflict])
    return any(rests_on(claim, against) for claim in claims)


def mark_of(conflict: Conflict) -> Mark:
    """The mark of what rests on the side of a disagreement that is not followed."""
    return _OUTDATED if conflict.kind is DisagreementKind.STATUS else _DISPUTED


def is_disputed(claim: Claim) -> bool:
    """Whether a claim is marked as one that another source contradicts."""
    return any(mark.kind is MarkKind.DISPUTED for mark in claim.marks)


def ordered(claims: Sequence[Claim], against: Mapping[Span, Mark]) -> tuple[Claim, ...]:
    """The claims, each with the marks of the spans that it rests on, the disputed ones last."""
    marked = []
    for claim in claims:
        marks = (mark for span, mark in against.items() if rests_on(claim, {span}))
        new = tuple(mark for mark in dict.fromkeys(marks) if mark not in claim.marks)
        marked.append(replace(claim, marks=(*claim.marks, *new)))
    return tuple(sorted(marked, key=is_disputed))


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
    first: list[Claim] = []
    for conflict in conflicts:
        misled = conflict.kind is not DisagreementKind.STATUS and quotes_losing(claims, conflict)
        if conflict.follows is None or not (misled or conflict in decisive):
            continue
        followed = conflict.sides[conflict.follows].evidence
        if not any(rests_on(each, {e.span for e in followed}) for each in (*first, *claims)):
            first.append(claim(followed[0], conflict.subject))
    return [*first, *claims]


def distinct(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """The disagreements, without those that hold the same quotes wrong as one before."""
    kept: list[Conflict] = []
    for conflict in conflicts:
        wrong = conflict.subject, losing([conflict])
        if not wrong[1] or all(wrong != (other.subject, losing([other])) for other in kept):
            kept.append(conflict)
    return kept


def _against(conflict: Conflict) -> tuple[Evidence, ...]:
    return () if conflict.follows is None else conflict.sides[1 - conflict.follows].evidence
