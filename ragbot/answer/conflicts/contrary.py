"""Statements that exclude each other: other names or another number of the same thing.

Both have the subject as a whole as their grammatical subject, and no two versions of it. Names
exclude each other only where one side is superseded: lists of the same age and standing are often
only parts of what there is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ragbot.answer.conflicts import voices
from ragbot.answer.conflicts.voices import Voice
from ragbot.index.generation import Generation
from ragbot.index.traits import Quoted, assertions
from ragbot.retrieval.selection import ALL, Selection
from ragbot.types import Assertion, AssertionKind, DisagreementKind, Evidence, nested
from ragbot.understand.rephrase import in_a_row

# Of 97 pairs of lists about one subject in the full index those of an article against an official
# page were true from here on (9 of 9), from 0.45 on 12 of 15 (docs/log.md, 2026-11-28).
SAME_THING = 0.5  # cosine from which two lists that share a name list the same
NEAR_COUNT = 0.05  # numbers that differ by a smaller share say the same


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement with something that it asserts, and who says it."""

    quoted: Quoted
    assertion: Assertion
    voice: Voice


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two statements that exclude each other: the quoted one, then its rival.

    `follows` is the place of the one that is followed, None where it stays open; `why` says why.
    `values` are the names that only one side has.
    """

    kind: DisagreementKind
    subject: str
    about: str
    sides: tuple[Quoted, Quoted]
    voices: tuple[Voice, Voice]
    follows: int | None
    why: str
    values: tuple[str, ...] = ()


class Rivals:
    """Finds what excludes a quote in one generation; safe to share between threads."""

    def __init__(self, generation: Generation) -> None:
        self._vectors = generation.statement_vectors
        authorities = {source.id: source.authority for source in generation.library.sources()}
        self._stated: dict[tuple[str, AssertionKind], list[Stated]] = {}
        for quoted, assertion in assertions(generation.library):
            date = voices.last_date(quoted.published, quoted.updated)
            one = Stated(quoted, assertion, Voice(authorities[quoted.source], date))
            self._stated.setdefault((assertion.subject, assertion.kind), []).append(one)
        self._by_document: dict[str, list[Stated]] = {}
        for one in chain(*self._stated.values()):
            self._by_document.setdefault(one.quoted.evidence.document_id, []).append(one)

    def of(self, evidence: Evidence, left: Selection = ALL) -> Iterator[Dispute]:
        """The disputes about a quote, one for each thing that it asserts and another excludes.

        Only what is left may exclude it.
        """
        for own in self._by_document.get(evidence.document_id, []):
            if nested(own.quoted.evidence.span, evidence.span):
                alike = self._stated[own.assertion.subject, own.assertion.kind]
                rivals = [
                    one
                    for one in alike
                    if left.holds(one.quoted.passage) and self._excludes(own, one)
                ]
                if rivals:
                    yield self._dispute(own, max(rivals, key=lambda one: self._rank(own, one)))

    def _excludes(self, one: Stated, other: Stated) -> bool:
        a, b = one.assertion, other.assertion
        if one.quoted.evidence.document_id == other.quoted.evidence.document_id:
            return False
        if a.version and b.version and a.version != b.version:
            return False
        if a.kind is AssertionKind.NUMBER:
            return a.about == b.about and _apart(a, b)
        mine, its = (frozenset(map(str.casefold, each.values)) for each in (a, b))
        if mine <= its or its <= mine or not _is_superseded(one.voice, other.voice):
            return False
        if a.about == b.about:
            return True
        return bool(mine & its) and self._cosine(one, other) >= SAME_THING

    def _cosine(self, one: Stated, other: Stated) -> float:
        a, b = (self._vectors[each.quoted.ordinal].astype(np.float32) for each in (one, other))
        return float(a @ b)

    def _rank(self, own: Stated, rival: Stated) -> tuple[tuple[bool, str], float, int]:
        """Who is believed first, and of equals the nearer."""
        return voices.trust(rival.voice), self._cosine(own, rival), -rival.quoted.ordinal

    def _dispute(self, own: Stated, rival: Stated) -> Dispute:
        follows, why = voices.follow(own.voice, rival.voice)
        return Dispute(
            kind=DisagreementKind(own.assertion.kind.value),
            subject=own.assertion.subject,
            about=_in_words(own.assertion, rival.assertion),
            sides=(own.quoted, rival.quoted),
            voices=(own.voice, rival.voice),
            follows=follows,
            why=why,
            values=_values(own.assertion, rival.assertion),
        )


def _apart(one: Assertion, other: Assertion) -> bool:
    larger, smaller = sorted((float(one.values[0]), float(other.values[0])), reverse=True)
    return larger - smaller > NEAR_COUNT * larger


def _is_superseded(one: Voice, other: Voice) -> bool:
    """Whether one of two voices is followed and the other an outsider's, or years older."""
    side, _ = voices.follow(one, other)
    if side is None:
        return False
    first, second = (one, other) if side == 0 else (other, one)
    return not second.official or voices.stale(second.date, first.date)


def _values(one: Assertion, other: Assertion) -> tuple[str, ...]:
    """The names that only one of two assertions has."""
    is_number = one.kind is AssertionKind.NUMBER
    return () if is_number else tuple(sorted(set(one.values) ^ set(other.values)))


def _in_words(one: Assertion, other: Assertion) -> str:
    """What two assertions disagree about, for a reader."""
    if one.kind is AssertionKind.NUMBER:
        return f"the number of {one.about}"
    only = [
        in_a_row([value for value in each.values if value not in beside.values], "and")
        for each, beside in ((one, other), (other, one))
    ]
    return ", or ".join(sorted(only))
