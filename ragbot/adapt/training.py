"""The loop: questions against their own passage, those of the batch, and mined ones."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from ragbot.adapt import recipe as recipes
from ragbot.adapt.neighbours import Neighbours, forbidden
from ragbot.adapt.recipe import Recipe, Rows
from ragbot.adapt.state import State, Tensors
from ragbot.adapt.student import Student
from ragbot.errors import AdaptError
from ragbot.progress import Progress

SAVED_EVERY = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt: questions, the row of each one's passage, and its candidate negatives.

    `negatives` is empty where the recipe mines none; rows are those of `neighbours`.
    """

    questions: Sequence[str]
    answers: Rows
    negatives: list[Rows]
    neighbours: Neighbours


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights of the best epoch (counted from 1) and the held-out score after each."""

    weights: Tensors
    epoch: int
    history: tuple[float, ...]
    steps: int
    pairs_a_second: float


class Trainer:
    """One run of a recipe; deterministic on a processor with the same number of threads."""

    def __init__(
        self,
        student: Student,
        lesson: Lesson,
        recipe: Recipe,
        seed: int,
        score: Callable[[], float],
    ) -> None:
        """Take a fresh student; `score` gives its held-out score, higher is better."""
        self._student, self._lesson, self._recipe = student, lesson, recipe
        self._seed, self._score = seed, score
        self._optimizer = torch.optim.AdamW(list(student.weights.values()), lr=recipe.rate)
        self._steps_an_epoch = max(1, len(lesson.questions) // recipe.batch)
        self.steps = self._steps_an_epoch * recipe.epochs
        self._state = State(0, (), self._copy(), self._copy(), {}, {})

    def run(
        self, state_file: Path, run: dict[str, Any], start: State | None, progress: Progress
    ) -> Learnt:
        """Learn from the start, or on from a state of the same run.

        A state is saved every minute, after every epoch and when the work is interrupted.

        Raises:
            AdaptError: the device's memory does not suffice, or the loss is no number any more.
        """
        if start is not None:
            self._resume(start)
        began, first, saved = time.monotonic(), self._state.step, time.monotonic()
        try:
            while not self._over():
                self._begin_epoch(progress)
                while self._state.step < (len(self._state.history) + 1) * self._steps_an_epoch:
                    self._step()
                    progress.advance(1)
                    if time.monotonic() - saved > SAVED_EVERY:
                        self._state.save(state_file, run)
                        saved = time.monotonic()
                self._end_epoch()
                self._state.save(state_file, run)
        except torch.OutOfMemoryError as error:
            raise AdaptError(
                "the device has too little memory for this recipe; use --recipe small"
            ) from error
        except KeyboardInterrupt:
            self._state.save(state_file, run)
            raise
        history = self._state.history
        speed = (self._state.step - first) * self._recipe.batch / (time.monotonic() - began)
        best = history.index(max(history)) + 1
        return Learnt(self._state.best, best, history, self._state.step, speed)

    def _over(self) -> bool:
        history = self._state.history
        if not history:
            return False
        since = len(history) - 1 - history.index(max(history))
        return len(history) >= self._recipe.epochs or since >= self._recipe.patience

    def _begin_epoch(self, progress: Progress) -> None:
        history = self._state.history
        reached = f", held out {history[-1]:.3f}" if history else ""
        name = f"Epoch {len(history) + 1} of {self._recipe.epochs}{reached}"
        progress.stage(name, self._steps_an_epoch)
        progress.advance(self._state.step - len(history) * self._steps_an_epoch)
        self._student.model.train()

    def _step(self) -> None:
        recipe, lesson, step = self._recipe, self._lesson, self._state.step
        epoch, place = divmod(step, self._steps_an_epoch)
        order = recipes.order(self._seed, epoch, len(lesson.questions))
        pairs = order[place * recipe.batch : (place + 1) * recipe.batch]
        rows = [int(lesson.answers[pair]) for pair in pairs]
        columns = rows + [
            int(row)
            for pair in pairs
            for row in recipes.draw(
                lesson.negatives, recipe.negatives, self._seed, epoch, int(pair)
            )
        ]
        torch.manual_seed(self._seed * 1_000_003 + step)  # dropout
        questions = self._student.forward(
            [lesson.questions[pair] for pair in pairs], recipe.question_window
        )
        texts = self._student.forward(
            [lesson.neighbours.texts[row] for row in columns], recipe.window
        )
        barred = forbidden(lesson.neighbours, rows, columns)
        np.fill_diagonal(barred, val=False)
        loss = contrast(questions, texts, torch.from_numpy(barred), recipe.sharpness)
        if not torch.isfinite(loss):
            raise AdaptError(f"the loss at step {step} is no number; use a smaller rate")
        for group in self._optimizer.param_groups:
            group["lr"] = recipes.rate_at(step, self.steps, recipe)
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        self._optimizer.step()
        self._state = self._now(step + 1)

    def _end_epoch(self) -> None:
        state, score = self._state, self._score()
        best = state.weights if score > max(state.history, default=-1.0) else state.best
        self._state = replace(state, history=(*state.history, score), best=best)

    def _now(self, step: int) -> State:
        """A copy of everything: an interruption in the middle of a step leaves the one before."""
        first, second = (
            {
                name: self._optimizer.state[weight][part].clone()
                for name, weight in self._student.weights.items()
            }
            for part in ("exp_avg", "exp_avg_sq")
        )
        return State(step, self._state.history, self._copy(), self._state.best, first, second)

    def _resume(self, state: State) -> None:
        self._student.take(state.weights)
        for name, weight in self._student.weights.items():
            if state.first:
                self._optimizer.state[weight] = {
                    "step": torch.tensor(float(state.step)),
                    "exp_avg": state.first[name].to(weight.device),
                    "exp_avg_sq": state.second[name].to(weight.device),
                }
        self._state = state

    def _copy(self) -> Tensors:
        return {name: weight.detach().clone() for name, weight in self._student.weights.items()}


def contrast(
    questions: torch.Tensor, texts: torch.Tensor, barred: torch.Tensor, sharpness: float
) -> torch.Tensor:
    """The mean cross-entropy of each question's own passage among all that are not barred.

    InfoNCE (van den Oord et al. 2018, "Representation Learning with Contrastive Predictive Coding",
    equation 4) over the other passages of the batch (Henderson et al. 2017, "Efficient Natural
    Language Response Suggestion for Smart Reply", section 4.4: multiple negatives ranking), on
    cosines times a scale of 20, the inverse of the temperature 0.05.

    Args:
        questions: shape (n, dimension), of unit length.
        texts: shape (m, dimension), of unit length; the first n are the questions' own passages.
        barred: shape (n, m), True where a passage counts neither way.
        sharpness: the scale.
    """
    scores = sharpness * questions @ texts.T
    scores = scores.masked_fill(barred.to(scores.device), float("-inf"))
    wanted = torch.arange(len(questions), device=scores.device)
    return functional.cross_entropy(scores, wanted)
