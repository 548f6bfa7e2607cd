"""What the documents leave open: what was refused, voted down, or had cells that nothing fills."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from api.feedback.store import KeptAnswer
from ragbot.guide import Guide

NEAR: Final = 0.7
"""Cosine from which two questions stand together; it only orders a report."""

_SHOWN: Final = 5  # questions of a group

Encode = Callable[[Sequence[str]], Any]
"""Texts to unit vectors, one a row."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A subject and aspect ("" where none was named) that answers had nothing for."""

    subject: str
    aspect: str
    refused: int
    voted_down: int
    empty: int

    @property
    def weight(self) -> int:
        """How often in all."""
        return self.refused + self.voted_down + self.empty


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that lie near each other: how many, how often refused, the first of them."""

    count: int
    refused: int
    voted_down: int
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """All of it, the largest first; `answers` were kept, `open` of them left something open."""

    answers: int
    open: int
    holes: tuple[Hole, ...]
    groups: tuple[Group, ...]


def gaps(answers: Sequence[KeptAnswer], guide: Guide, encode: Encode) -> Gaps:
    """What was left open by subject and aspect, and by nearness of the questions."""
    left = [each for each in answers if each.refusal or each.down or each.empty]
    return Gaps(len(answers), len(left), _holes(left, guide), _groups(left, encode))


def _holes(left: Sequence[KeptAnswer], guide: Guide) -> tuple[Hole, ...]:
    refused: Counter[tuple[str, str]] = Counter()
    down: Counter[tuple[str, str]] = Counter()
    empty: Counter[tuple[str, str]] = Counter()
    subjects = {each.id: each.name for each in guide.subjects}
    aspects = {each.id: each.name for each in guide.aspects}
    for answer in left:
        named = answer.subjects or guide.subjects_in(answer.question) or ("",)
        for subject in named:
            refused[subject, ""] += bool(answer.refusal)
            down[subject, ""] += answer.down
        empty.update(answer.empty)
    places = {*(+refused), *(+down), *(+empty)}
    found = [
        Hole(
            subjects.get(subject, subject),
            aspects.get(aspect, aspect),
            refused[subject, aspect],
            down[subject, aspect],
            empty[subject, aspect],
        )
        for subject, aspect in places
    ]
    return tuple(sorted(found, key=lambda hole: (-hole.weight, hole.subject, hole.aspect)))


def _groups(left: Sequence[KeptAnswer], encode: Encode) -> tuple[Group, ...]:
    """Each question joins the first group whose first question is near, else begins one."""
    asked = [each for each in left if each.question]
    if not asked:
        return ()
    vectors = encode([each.question for each in asked])
    leaders = np.empty_like(vectors)  # of each group the first question
    members: list[list[int]] = []
    for at in range(len(asked)):
        near = leaders[: len(members)] @ vectors[at]
        best = int(near.argmax()) if members else 0
        if members and near[best] >= NEAR:
            members[best].append(at)
        else:
            leaders[len(members)] = vectors[at]
            members.append([at])
    found = []
    for group in members:
        said = [asked[at] for at in group]
        questions = tuple(dict.fromkeys(each.question for each in said))[:_SHOWN]
        refused = sum(bool(each.refusal) for each in said)
        found.append(Group(len(said), refused, sum(each.down for each in said), questions))
    return tuple(sorted(found, key=lambda group: (-group.count, group.questions)))
