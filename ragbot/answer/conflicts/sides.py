"""A disagreement as a reader is shown it: its two sides, with who says each, and when."""

from ragbot.answer.conflicts import voices
from ragbot.answer.conflicts.contrary import Dispute
from ragbot.guide import Guide
from ragbot.types import Age, Conflict, Side


def conflict(dispute: Dispute, aspect: str | None, guide: Guide) -> Conflict:
    """A dispute as it is shown, in the row of an aspect, None outside of a table."""
    own, rival = dispute.voices
    later = voices.order(own.date, rival.date)
    ages = (_age(later, own.dated), _age(-later, rival.dated))
    if own.dated and rival.dated and not later:
        ages = (Age.SAME, Age.SAME)
    sides = [
        Side((quoted.evidence,), voice.authority, voice.date, age)
        for quoted, voice, age in zip(dispute.sides, dispute.voices, ages, strict=True)
    ]
    if dispute.follows == 1:  # the side that is followed stands first
        sides.reverse()
    return Conflict(
        subject=dispute.subject,
        name=guide.name_of(dispute.subject),
        aspect=aspect,
        kind=dispute.kind,
        about=dispute.about,
        sides=(sides[0], sides[1]),
        follows=None if dispute.follows is None else 0,
        why=dispute.why,
    )


def _age(later: int, dated: bool) -> Age:
    if not dated:
        return Age.UNDATED
    return {1: Age.NEWER, -1: Age.OLDER}.get(later, Age.DATED)
