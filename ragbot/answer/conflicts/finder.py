"""Finds where the sources of one generation disagree about what is asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.answer.conflicts import compare, weigh
from ragbot.answer.conflicts.known import Known, Told
from ragbot.answer.conflicts.presenting import Presenting
from ragbot.index.generation import Generation
from ragbot.retrieval import Vector
from ragbot.types import DisagreementKind

FAR = 0.15  # cosine with what is asked under which a statement is no side of a disagreement
QUOTES_A_SIDE = 3
THINGS = 3  # things on their way out that are followed up for one question


@dataclass(frozen=True, slots=True)
class Near:
    """Something told and its cosine with what is asked."""

    told: Told
    cosine: float


@dataclass(frozen=True, slots=True)
class Found:
    """A disagreement: the nearest quotes of each side, which is followed (0, 1, None), and why."""

    kind: DisagreementKind
    about: str
    sides: tuple[tuple[Near, ...], tuple[Near, ...]]
    follows: int | None
    why: str

    @property
    def cosines(self) -> tuple[float, float]:
        """That of the farther and of the nearer side."""
        low, high = sorted(max(near.cosine for near in side) for side in self.sides)
        return low, high


class Finder:
    """Finds disagreements in one generation; safe to share between threads."""

    def __init__(self, generation: Generation) -> None:
        self._known = Known.of(generation)
        self._presenting = Presenting(generation, self._known)

    def find(self, subject: str, vector: Vector) -> list[Found]:
        """Disagreements about a subject, those nearest to what is asked first."""
        told = self._known.told.get(subject, ())
        if not told:
            return []
        cosines = self._known.vectors[subject] @ vector
        near = [Near(t, float(c)) for t, c in zip(told, cosines, strict=True) if c >= FAR]
        groups: dict[tuple[DisagreementKind, str], list[Near]] = defaultdict(list)
        for each in sorted(near, key=lambda n: (-n.cosine, n.told.ordinal)):
            groups[compare.topic(each.told.assertion)].append(each)
        found, things = [], 0
        for (kind, _), group in groups.items():
            if kind is not DisagreementKind.STATUS:
                found.append(_opposed(group))
            elif things < THINGS:
                things += 1
                found.append(self._outdated(group, subject, vector))
        return sorted((f for f in found if f), key=lambda f: -sum(f.cosines))

    def _outdated(self, group: Sequence[Near], subject: str, vector: Vector) -> Found | None:
        """A thing that some say to be on its way out, and older texts that present it."""
        against = max(group, key=_standing)
        aware = {near.told.document for near in group}
        thing = against.told.assertion
        older = []
        for presented in self._presenting.of(thing, subject):
            order = weigh.order(presented.told.voice.date, against.told.voice.date)
            same = presented.told.document in aware
            if order < 0 or (order == 0 and (not same or presented.listed)):
                older.append(Near(presented.told, float(presented.vector @ vector)))
        return _weighed(group, older) if older else None


def _opposed(group: Sequence[Near]) -> Found | None:
    """Assertions of one topic of which some cannot hold where the most trusted does."""
    leader = max(group, key=_standing)
    against = [n for n in group if _disagree(leader, n)]
    with_it = [n for n in group if all(_disagree(n, other) for other in against)]
    return _weighed(with_it, against) if against else None


def _weighed(one: Sequence[Near], other: Sequence[Near]) -> Found | None:
    """The two sides with the nearest quotes of each, and which is followed; None if far."""
    sides = (_nearest_quotes(one), _nearest_quotes(other))
    if not all(sides):
        return None
    first, second = (max(side, key=_standing) for side in sides)
    follows, why = weigh.follow(first.told.voice, second.told.voice)
    assertion = first.told.assertion
    if assertion.kind is DisagreementKind.STATUS and follows != 0:
        follows, why = 0, "it says itself that this has changed"
    return Found(assertion.kind, compare.in_words(assertion), sides, follows, why)


def _disagree(one: Near, other: Near) -> bool:
    a, b = one.told, other.told
    return a.document != b.document and compare.disagree(a.assertion, b.assertion)


def _standing(near: Near) -> tuple[bool, str, float]:
    """Who is believed first: the official, then the newer, then the nearer."""
    voice = near.told.voice
    return voice.official, voice.date if voice.dated else "", near.cosine


def _nearest_quotes(side: Sequence[Near]) -> tuple[Near, ...]:
    """The nearest statements, none out of a document that is quoted already or in its words."""
    chosen: list[Near] = []
    for each in sorted(side, key=lambda n: (-n.cosine, len(n.told.quote), n.told.ordinal)):
        if each.cosine < FAR or len(chosen) == QUOTES_A_SIDE:
            break
        words = each.told.quote.casefold()
        if not any(
            each.told.document == c.told.document or words == c.told.quote.casefold()
            for c in chosen
        ):
            chosen.append(each)
    return tuple(chosen)


