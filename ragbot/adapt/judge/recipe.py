"""How a cross-encoder is learnt: every number of it, and which quotes come when."""

from dataclasses import dataclass, replace

import numpy as np

from ragbot.adapt.judge.judgements import Graded
from ragbot.adapt.recipe import Rows, order


@dataclass(frozen=True, slots=True)
class JudgeRecipe:
    """The numbers of a recipe; every one is written into the card.

    A step takes `questions` of them, each with all its quotes that are graded 2 or 3 or lie deep,
    `drawn` of the others graded 0 and 1, anew each epoch, and `strangers`: quotes of other
    questions, taken for 0.
    Learning ends after `epochs` or `minutes`, whichever is first; the rate, of which the head has
    `head_rate`, rises for the first `warm_up` of that and falls to nothing. Embeddings and the
    first `frozen` layers stay as they are. `gains` are what a grade is worth in the softmax over a
    question's quotes, `weights` those of the three limits of grades (from 1, from 2, from 3 on).
    """

    epochs: int = 8
    minutes: float = 90.0
    questions: int = 8
    drawn: tuple[int, int] = (6, 4)
    strangers: int = 1
    window: int = 96
    pooling: str = "both"
    frozen: int = 1
    rate: float = 1e-4
    head_rate: float = 1e-3
    warm_up: float = 0.06
    decay: float = 0.01
    clip: float = 1.0
    gains: tuple[float, ...] = (0.0, 0.1, 1.0, 2.0)
    weights: tuple[float, ...] = (0.5, 1.0, 1.0)


JUDGE = JudgeRecipe()
FIRST = replace(JUDGE, epochs=1, minutes=60.0, questions=10, drawn=(4, 2))
"""For questions with guessed grades, before those that were graded."""


@dataclass(frozen=True, slots=True)
class Step:
    """The pairs of a step: their texts, their grades, and the place of each one's question."""

    questions: list[str]
    texts: list[str]
    grades: Rows
    groups: Rows


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a step that one thread takes; what share of its questions and pairs that is."""

    step: Step
    questions: float
    pairs: float


def shares(step: Step, workers: int) -> list[Share]:
    """A step cut by question into at most so many parts."""
    count = int(step.groups.max()) + 1
    found = []
    for own in np.array_split(np.arange(count), min(workers, count)):
        rows = np.flatnonzero(np.isin(step.groups, own))
        part = Step(
            [step.questions[row] for row in rows],
            [step.texts[row] for row in rows],
            step.grades[rows],
            step.groups[rows] - int(own[0]),
        )
        found.append(Share(part, len(own) / count, len(rows) / len(step.texts)))
    return found


def steps_an_epoch(recipe: JudgeRecipe, count: int) -> int:
    """Steps in which every one of `count` questions comes once; the last may be a small one."""
    return max(1, -(-count // recipe.questions))


def step_of(recipe: JudgeRecipe, lessons: list[Graded], seed: int, number: int) -> Step:
    """What the step with a number learns; decided by the seed and the number alone."""
    epoch, place = divmod(number, steps_an_epoch(recipe, len(lessons)))
    places = order(seed, epoch, len(lessons))
    chosen = places[place * recipe.questions : (place + 1) * recipe.questions]
    dice = np.random.default_rng([seed, 3, number])
    questions, texts, grades, groups = [], [], [], []
    for group, at in enumerate(chosen):
        lesson = lessons[int(at)]
        drawn = [*_own(lesson, recipe.drawn, dice), *_strangers(lessons, int(at), recipe, dice)]
        for text, grade in drawn:
            questions.append(lesson.question)
            texts.append(text)
            grades.append(grade)
            groups.append(group)
    return Step(questions, texts, np.array(grades), np.array(groups))


def _own(
    lesson: Graded, drawn: tuple[int, ...], dice: np.random.Generator
) -> list[tuple[str, int]]:
    fewer = range(len(drawn))
    found = [(one.text, one.grade) for one in lesson.quotes if one.deep or one.grade not in fewer]
    for grade, count in enumerate(drawn):
        rest = [one.text for one in lesson.quotes if one.grade == grade and not one.deep]
        found += [(rest[int(place)], grade) for place in dice.permutation(len(rest))[:count]]
    return found


def _strangers(
    lessons: list[Graded], own: int, recipe: JudgeRecipe, dice: np.random.Generator
) -> list[tuple[str, int]]:
    found = []
    for other in dice.integers(len(lessons), size=recipe.strangers):
        if other != own:
            quotes = lessons[int(other)].quotes
            found.append((quotes[int(dice.integers(len(quotes)))].text, 0))
    return found


def rate_share(done: float, warm_up: float) -> float:
    """What share of the highest rate is used after a share of the whole, both in 0..1."""
    if done < warm_up:
        return max(done, 0.02) / warm_up if warm_up else 1.0
    return max(0.0, (1 - done) / (1 - warm_up))
