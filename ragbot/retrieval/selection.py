"""Which passages of one generation filters leave."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.index.generation import Generation
from ragbot.retrieval import Filters
from ragbot.stores import Mask


@dataclass(frozen=True, slots=True)
class Selection:
    """The passages that filters leave, by their ordinals; a `mask` of None leaves all.

    `subjects` are those that they name, none where they leave all.
    """

    mask: Mask | None = None
    subjects: tuple[str, ...] = ()

    def holds(self, passage: int) -> bool:
        """Whether a passage is left."""
        return self.mask is None or bool(self.mask[passage])

    def of_subject(self, subject: str) -> bool:
        """Whether a subject is left, not only what is about it and others."""
        return not self.subjects or subject in self.subjects

    def among(self, passages: Sequence[int]) -> list[int]:
        """Those of some passages that are left, in their order."""
        return [one for one in passages if self.holds(one)]


ALL = Selection()
"""Nothing is left out."""


class Selector:
    """Applies filters to the passages of one generation; safe to share between threads.

    `subjects` has for each subject of the guide which passages are about it.
    """

    def __init__(self, generation: Generation) -> None:
        passages = generation.passages
        authority = {source.id: source.authority for source in generation.library.sources()}
        self._authorities = np.array([authority[p.source] for p in passages], dtype=str)
        # By number: a name that a request sends is never compared with the name of each passage.
        self._numbers = numbers = {name: number for number, name in enumerate(authority)}
        self._sources = np.array([numbers[p.source] for p in passages], dtype=np.int64)
        elsewhere = [(i, s) for i, p in enumerate(passages) for s in p.also_at]
        self._elsewhere = np.array([i for i, _ in elsewhere], dtype=np.int64)
        self._elsewhere_sources = np.array(
            [numbers.setdefault(source, len(numbers)) for _, source in elsewhere], dtype=np.int64
        )
        self.subjects: dict[str, Mask] = {
            subject.id: np.array([subject.id in p.subjects for p in passages], dtype=bool)
            for subject in generation.guide.subjects
        }

    def selection(self, filters: Filters, about: str = "") -> Selection:
        """What filters leave, of that only what is about a subject where one is given."""
        groups = (filters.subjects, (about,) if about else ())
        masks = [self._about(subjects) for subjects in groups if subjects]
        if filters.sources:
            known = [self._numbers[s] for s in set(filters.sources) if s in self._numbers]
            there = np.isin(self._sources, known)
            there[self._elsewhere[np.isin(self._elsewhere_sources, known)]] = True
            masks.append(there)
        if filters.authorities:
            masks.append(np.isin(self._authorities, [str(a) for a in filters.authorities]))
        mask = np.logical_and.reduce(masks) if masks else None
        return Selection(mask, filters.subjects)

    def _about(self, subjects: Sequence[str]) -> Mask:
        """The passages about one of some subjects."""
        chosen = np.zeros(len(self._sources), dtype=bool)
        for subject in self.subjects.keys() & set(subjects):
            chosen |= self.subjects[subject]
        return chosen
