"""Finds where the sources of one generation disagree about what is asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ragbot import sentences
from ragbot.answer.conflicts import asking, compare, presenting, weigh
from ragbot.answer.conflicts.asking import FAR, Asked
from ragbot.answer.conflicts.known import Known, Told
from ragbot.answer.conflicts.presenting import Presenting
from ragbot.answer.conflicts.relations import ONLY, RUNS_ON
from ragbot.index.generation import Generation
from ragbot.lexical.tokens import tokens
from ragbot.types import BlockKind, DisagreementKind

QUOTES_A_SIDE = 1
THINGS = 4  # things on their way out that are followed up though nothing names or presents them
THING_NEAR = 0.20  # cosine from which such a thing is followed up without being named


@dataclass(frozen=True, slots=True)
class Near:
    """Something told and its cosine with what is asked."""

    told: Told
    cosine: float


@dataclass(frozen=True, slots=True)
class Found:
    """A disagreement: the nearest quotes of each side, which is followed (0, 1, None), and why.

    `losers` are all statements of the side that is not followed; `named`: it is about a thing that
    the question names.
    """

    kind: DisagreementKind
    about: str
    sides: tuple[tuple[Near, ...], tuple[Near, ...]]
    follows: int | None
    why: str
    losers: tuple[Told, ...] = ()
    named: bool = False

    @property
    def cosines(self) -> tuple[float, float]:
        """That of the farther and of the nearer side."""
        low, high = sorted(max(near.cosine for near in side) for side in self.sides)
        return low, high


_Saying = tuple[BlockKind, str, str]
"""A sentence of a quote, with the kind and the label of that."""


class Finder:
    """Finds disagreements in one generation; safe to share between threads."""

    def __init__(self, generation: Generation) -> None:
        self._known = Known.of(generation)
        self._presenting = Presenting(generation, self._known)

    def find(self, asked: Asked) -> list[Found]:
        """Disagreements that concern what is asked, the nearest first."""
        told = self._known.told.get(asked.subject, ())
        if not told:
            return []
        cosines = self._known.vectors[asked.subject] @ asked.vector
        groups: dict[tuple[DisagreementKind, str], list[Near]] = defaultdict(list)
        for place in np.lexsort((np.arange(len(told)), -cosines)):
            near = Near(told[place], float(cosines[place]))
            groups[compare.topic(near.told.assertion)].append(near)
        found, things, sayings = [], 0, _sayings(asked)
        for (kind, about), group in groups.items():
            # What the answer quotes is held against all that is known, however far it lies.
            quoted = any(_quoted(near, asked) for near in group)
            near_ones = group if quoted else [n for n in group if n.cosine >= FAR]
            if kind is DisagreementKind.STATUS:
                if self._concerned(group, asked, sayings):
                    found.append(self._outdated(group, asked, frozenset()))
                elif things < THINGS and group[0].cosine >= THING_NEAR and asked.rare:
                    things += 1
                    found.append(self._outdated(group, asked, asked.rare))
            elif about == ONLY:
                found.append(_restricted(near_ones, groups.get((kind, RUNS_ON), ()), asked))
            elif near_ones:
                found.append(_opposed(near_ones, asked))
        kept = [f for f in found if f and _concerns(f, asked)]
        return sorted(kept, key=lambda f: -sum(f.cosines))

    def _concerned(self, group: Sequence[Near], asked: Asked, sayings: Sequence[_Saying]) -> bool:
        """Whether a thing on its way out is asked about, or quoted as what one uses."""
        thing = group[0].told.assertion
        if presenting.names(thing, asked.text):
            return True
        own = frozenset(tokens(" ".join(word.rpartition(".")[2] for word in thing.words)))
        shared = bool(own) and len(own & asked.words) >= len(own) / 2
        if group[0].cosine >= THING_NEAR and shared:
            return True
        return any(presenting.presents(thing, *saying) for saying in sayings)

    def _outdated(self, group: Sequence[Near], asked: Asked, words: frozenset[str]) -> Found | None:
        """A thing that some say to be on its way out, and older texts that present it.

        With `words`, only texts that hold one of them.
        """
        against = max(group, key=_standing)
        aware = {near.told.document for near in group}
        thing = against.told.assertion
        older = []
        for presented in self._presenting.of(thing, asked.subject):
            order = weigh.order(presented.told.voice.date, against.told.voice.date)
            same = presented.told.document in aware
            if words and not words & set(tokens(presented.told.quote)):
                continue
            if order < 0 or (order == 0 and (not same or presented.listed)):
                older.append(Near(presented.told, float(presented.vector @ asked.vector)))
        found = _weighed(group, older, asked) if older else None
        named = presenting.names(thing, asked.text)
        return replace(found, named=True) if found and named and asked.is_question else found


def _sayings(asked: Asked) -> list[_Saying]:
    """The sentences that the answer quotes."""
    return [
        (e.kind, e.label, e.quote[start:end])
        for e in asked.shown
        for start, end in sentences.split(e.quote)
    ]


def _concerns(found: Found, asked: Asked) -> bool:
    sides = [[(n.told.span, n.told.quote, n.cosine) for n in side] for side in found.sides]
    values = frozenset(v for side in found.sides for n in side for v in n.told.assertion.values)
    return asking.concerns(asked, found.kind, found.about, values, sides, found.follows)


def _opposed(group: Sequence[Near], asked: Asked) -> Found | None:
    """Assertions of one topic of which some cannot hold where the most trusted does."""
    leader = max(group, key=_standing)
    against = [n for n in group if _disagree(leader, n)]
    with_it = [n for n in group if all(_disagree(n, other) for other in against)]
    return _weighed(with_it, against, asked) if against else None


def _restricted(group: Sequence[Near], wider: Sequence[Near], asked: Asked) -> Found | None:
    """A restriction to some, and what names more of the same without it."""
    against = [n for n in wider if any(_disagree(one, n) for one in group)]
    return _weighed(group, against, asked) if against else None


def _weighed(one: Sequence[Near], other: Sequence[Near], asked: Asked) -> Found:
    """The two sides with the nearest quotes of each, and which is followed."""
    first, second = max(one, key=_standing), max(other, key=_standing)
    sides = (_nearest_quotes(one, first, asked), _nearest_quotes(other, second, asked))
    follows, why = weigh.follow(first.told.voice, second.told.voice)
    assertion = first.told.assertion
    if assertion.kind is DisagreementKind.STATUS and follows != 0:
        follows, why = 0, "it says itself that this has changed"
    if assertion.kind is DisagreementKind.BY_VERSION:
        follows, why = None, "each holds for its versions"
    losers = () if follows is None else tuple(near.told for near in (one, other)[1 - follows])
    return Found(assertion.kind, compare.in_words(assertion), sides, follows, why, losers)


def _disagree(one: Near, other: Near) -> bool:
    a, b = one.told, other.told
    alone = a.document == b.document and a.assertion.kind is not DisagreementKind.BY_VERSION
    return not alone and compare.disagree(a.assertion, b.assertion)


def _quoted(near: Near, asked: Asked) -> bool:
    return asked.quotes(near.told.span)


def _standing(near: Near) -> tuple[tuple[bool, str], float]:
    """Who is believed first, and of equals the nearer."""
    return weigh.trust(near.told.voice), near.cosine


def _nearest_quotes(side: Sequence[Near], trusted: Near, asked: Asked) -> tuple[Near, ...]:
    """Statements of a side, one out of a document.

    They are the most trusted one, which the side is named by, then those that the answer quotes, so
    that these are seen to be disputed, and the nearest.
    """

    def order(near: Near) -> tuple[bool, float, int, int]:
        told = near.told
        return not _quoted(near, asked), -near.cosine, len(told.quote), told.ordinal

    chosen = [trusted]
    for each in sorted(side, key=order):
        if len(chosen) == QUOTES_A_SIDE:
            break
        words = each.told.quote.casefold()
        if not any(
            each.told.document == c.told.document or words == c.told.quote.casefold()
            for c in chosen
        ):
            chosen.append(each)
    return tuple(chosen)
