"""Which of two voices an answer follows, by who speaks and when."""

from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.types import Authority

UNDATED = "undated"
STALE_YEARS = 4  # how much older than the newest quote beside it a claim is marked as old


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says something and when: an ISO date of any precision or "undated"."""

    authority: Authority
    date: str

    @property
    def official(self) -> bool:
        """Whether the makers of the subject speak."""
        return self.authority is Authority.OFFICIAL

    @property
    def dated(self) -> bool:
        """Whether a date is known."""
        return self.date != UNDATED


def trust(voice: Voice) -> tuple[bool, str]:
    """Orders voices: the official before others, then the newer, the undated last."""
    return voice.official, voice.date if voice.dated else ""


def last_date(published: str, updated: str) -> str:
    """When a document was last known to change, or "undated"."""
    return updated if updated != UNDATED else published


def order(one: str, other: str) -> int:
    """1 where the first of two dates is the later, -1 where it is the earlier, 0 if open.

    Dates are compared in the precision that they share: "2022" and "2022-07" are open.
    """
    if UNDATED in (one, other):
        return 0
    length = min(len(one), len(other))
    a, b = one[:length], other[:length]
    return (a > b) - (a < b)


def newest(dates: Sequence[str]) -> str:
    """The latest of some dates, or "undated"."""
    return max((date for date in dates if date != UNDATED), default=UNDATED)


def stale(date: str, beside: str) -> bool:
    """Whether a date lies STALE_YEARS or more before another."""
    if UNDATED in (date, beside):
        return False
    return int(beside[:4]) - int(date[:4]) >= STALE_YEARS


def follow(one: Voice, other: Voice) -> tuple[int | None, str]:
    """Which side to follow, 0 or 1, and why in words; None where that stays open.

    A newer official text goes before an older article, a newer text before an older one of the
    same standing, a dated one before an undated one of the same standing. An article that is
    newer than the official text leaves it open.
    """
    later = order(one.date, other.date)
    if one.official != other.official:
        return _official_first(one, other)
    if later:
        return (0 if later > 0 else 1), "it is newer"
    if one.dated != other.dated:
        return (0 if one.dated else 1), "the other is undated"
    return None, "both are of the same date" if one.dated else "both are undated"


def _official_first(one: Voice, other: Voice) -> tuple[int | None, str]:
    """As `follow`, where one of the two is official and the other is not."""
    side = 0 if one.official else 1
    official, outsider = (one, other) if one.official else (other, one)
    if order(official.date, outsider.date) > 0:
        return side, "it is official and newer"
    if official.dated and not outsider.dated:
        return side, "it is official and dated, the other is undated"
    return None, "the official source is not known to be the newer one"
