"""Finds the counterparts of a symbol in another subject, best first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.answer.equivalence.features import scores
from ragbot.answer.equivalence.names import similarity, written_in
from ragbot.answer.equivalence.reference import Entry, Reference
from ragbot.encoder import Vectors
from ragbot.judge.candidates import Candidate

NEAREST = 250  # symbols looked at for their vectors
NEAR = 9.8  # score from which a second one is worth showing
DIRECT = 14.5  # score from which a counterpart is taken for one (docs/log.md, 2026-11-20)
NAMED_TOGETHER = 2.5  # added where a guide's sentence names both
TWINS = 0.9  # likeness of names from which two symbols of a subject do the same in two forms
LOOKED_FOR = 40  # counterparts whose names are looked for in guides


@dataclass(frozen=True, slots=True)
class Counterpart:
    """An entry with its score; `told` are the statements of guides that name both."""

    entry: int
    score: float
    told: tuple[Candidate, ...] = ()

    @property
    def is_direct(self) -> bool:
        """Whether it is likely to do the same, and not only the nearest there is."""
        return self.score >= DIRECT


def counterparts(
    one: int,
    subject: str,
    subjects: Sequence[str],
    vector: Vectors,
    guides: Iterable[Candidate],
    reference: Reference,
    limit: int,
) -> list[Counterpart]:
    """The best counterparts of an entry among those of some subjects, `subject` the first of them.

    `vector` is that of the question, `guides` are statements that may name both. Two forms of one
    thing (a class and its function) count as one: the better stands for both.
    """
    mine = set(reference.entries[one].symbol.subjects)
    pool = [
        at
        for at in reference.of_subjects(subjects)
        if at != one and not mine & set(reference.entries[at].symbol.subjects)
    ]
    if not pool:
        return []
    short = _shortlist(one, pool, vector, reference)
    worth = scores(one, short, vector, subject, reference)
    order = np.argsort(-worth, kind="stable")
    guides = [c for c in guides if _named(reference.entries[one], c.quote)]
    found = []
    for rank, place in enumerate(order):
        at, score = short[int(place)], float(worth[place])
        told: tuple[Candidate, ...] = ()
        if rank < LOOKED_FOR:
            told = tuple(c for c in guides if _named(reference.entries[at], c.quote))
        found.append(Counterpart(at, score + (NAMED_TOGETHER if told else 0), told))
    found.sort(key=lambda c: -c.score)
    first, *others = _different(found, reference, limit)
    return [first, *(other for other in others if other.score >= NEAR)]


def _shortlist(one: int, pool: list[int], vector: Vectors, reference: Reference) -> list[int]:
    """The entries nearest by their vectors, and those with the same words in their name."""
    rows = np.array(pool, dtype=np.int64)
    near = reference.heads[rows] @ (reference.heads[one] + vector)
    near += reference.summaries[rows] @ reference.summaries[one]
    near += reference.uses[rows] @ reference.uses[one]
    chosen = {pool[int(i)] for i in np.argsort(-near, kind="stable")[:NEAREST]}
    names = {frozenset(words) for words in reference.entries[one].words}
    chosen |= {at for at in pool if frozenset(reference.entries[at].words[0]) in names}
    return sorted(chosen)


def _different(found: Sequence[Counterpart], reference: Reference, limit: int) -> list[Counterpart]:
    kept: list[Counterpart] = []
    for one in found:
        name = reference.entries[one.entry].words[0]
        twins = (
            similarity(name, reference.entries[other.entry].words[0], reference.weight)
            for other in kept
        )
        if not any(likeness >= TWINS for likeness in twins):
            kept.append(one)
        if len(kept) == limit:
            break
    return kept


def _named(entry: Entry, text: str) -> bool:
    return any(written_in(name, text) for name in entry.symbol.names)
