"""The loop: a question's quotes against each other, and each against the limits of the grades."""

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from ragbot.adapt.judge import recipe as recipes
from ragbot.adapt.judge.judgements import Graded
from ragbot.adapt.judge.recipe import JudgeRecipe
from ragbot.adapt.judge.student import HEAD, LIMITS, PairStudent
from ragbot.adapt.state import State, Tensors
from ragbot.errors import AdaptError
from ragbot.progress import Progress

SAVED_EVERY = 300.0  # seconds
GAINS_MOST = 1e-9


@dataclass(frozen=True, slots=True)
class JudgeLearnt:
    """The weights of the best epoch (counted from 1), and held-out nDCG@5 after each epoch."""

    weights: Tensors
    epoch: int
    history: tuple[float, ...]
    steps: int
    seconds: float


class JudgeTrainer:
    """One run of a recipe.

    What a step learns is decided by the seed; the rate follows the clock where the minutes of the
    recipe are shorter than its epochs.
    """

    def __init__(
        self,
        student: PairStudent,
        lessons: list[Graded],
        recipe: JudgeRecipe,
        seed: int,
        score: Callable[[], float],
    ) -> None:
        """Take a fresh student; `score` gives its held-out nDCG@5."""
        self._student, self._lessons, self._recipe = student, lessons, recipe
        self._seed, self._score = seed, score
        fast = [one for name, one in student.weights.items() if _of_head(name)]
        slow = [one for name, one in student.weights.items() if not _of_head(name)]
        self._optimizer = torch.optim.AdamW(
            [{"params": slow, "of": recipe.rate}, {"params": fast, "of": recipe.head_rate}],
            lr=recipe.rate,
            weight_decay=recipe.decay,
        )
        self._steps_an_epoch = recipes.steps_an_epoch(recipe, len(lessons))
        self._state = State(0, (), self._copy(), self._copy(), {}, {})
        self._step, self._spent, self.loss = 0, 0.0, 0.0
        self._stepping = False
        self.workers = student.workers
        self._threads = ThreadPoolExecutor(self.workers)

    def run(
        self, state_file: Path, run: dict[str, Any], start: State | None, progress: Progress
    ) -> JudgeLearnt:
        """Learn from the start, or on from a state of the same run.

        A state is saved every five minutes, after every epoch and when the work is interrupted; the
        time for scoring counts.

        Raises:
            AdaptError: the loss is no number any more, or a state cannot be written.
        """
        if start is not None:
            self._resume(start)
        try:
            self._run(state_file, run, progress)
        except KeyboardInterrupt:
            if self._optimizer.state and not self._stepping:
                self._now().save(state_file, run)
            raise
        history = self._state.history
        best = history.index(max(history)) + 1
        return JudgeLearnt(self._state.best, best, history, self._step, self._spent)

    def _run(self, state_file: Path, run: dict[str, Any], progress: Progress) -> None:
        began, saved = time.monotonic() - self._spent, time.monotonic()
        while len(self._state.history) < self._recipe.epochs and not self._late():
            self._begin_epoch(progress)
            end = (len(self._state.history) + 1) * self._steps_an_epoch
            while self._step < end and not self._late():
                self._learn()
                progress.advance(1)
                self._spent = time.monotonic() - began
                if time.monotonic() - saved > SAVED_EVERY:
                    self._now().save(state_file, run)
                    saved = time.monotonic()
            self._end_epoch()
            self._spent = time.monotonic() - began
            self._state = replace(self._state, spent=self._spent)
            self._state.save(state_file, run)

    def _late(self) -> bool:
        return self._spent >= 60 * self._recipe.minutes

    def _done(self) -> float:
        """The share of the whole that is done, by steps or by the clock, whichever is more."""
        steps = self._step / (self._steps_an_epoch * self._recipe.epochs)
        return max(steps, self._spent / (60 * self._recipe.minutes))

    def _begin_epoch(self, progress: Progress) -> None:
        history = self._state.history
        reached = f", held out {history[-1]:.3f}" if history else ""
        name = f"Epoch {len(history) + 1} of {self._recipe.epochs}{reached}"
        progress.stage(name, self._steps_an_epoch)
        progress.advance(self._step - len(history) * self._steps_an_epoch)

    def _learn(self) -> None:
        recipe = self._recipe
        step = recipes.step_of(recipe, self._lessons, self._seed, self._step)
        results = list(self._threads.map(self._gradients, recipes.shares(step, self.workers)))
        self.loss = sum(loss for loss, _ in results)
        if not math.isfinite(self.loss):
            raise AdaptError(f"the loss at step {self._step} is no number; use a smaller rate")
        for weight, *found in zip(
            self._student.weights.values(), *(part for _, part in results), strict=True
        ):
            weight.grad = torch.stack(found).sum(dim=0)
        share = recipes.rate_share(self._done(), recipe.warm_up)
        for group in self._optimizer.param_groups:
            group["lr"] = share * group["of"]
        torch.nn.utils.clip_grad_norm_(list(self._student.weights.values()), recipe.clip)
        self._stepping = True  # an interruption in the middle of it leaves nothing to be saved
        self._optimizer.step()
        self._step += 1
        self._stepping = False

    def _gradients(self, share: recipes.Share) -> tuple[float, tuple[torch.Tensor, ...]]:
        """The loss of a share of a step, as its part of the whole, and the gradients."""
        student, step = self._student, share.step
        scores = student.forward(step.questions, step.texts)
        grades = torch.from_numpy(step.grades).to(scores.device)
        groups = torch.from_numpy(step.groups).to(scores.device)
        order = listwise(scores, grades, groups, self._recipe.gains) * share.questions
        level = pointwise(scores, grades, student.limits, self._recipe.weights) * share.pairs
        loss = order + level
        return loss.item(), torch.autograd.grad(loss, list(student.weights.values()))

    def _end_epoch(self) -> None:
        state, score = self._now(), self._score()
        best = state.weights if score > max(state.history, default=-1.0) else state.best
        self._state = replace(state, history=(*state.history, score), best=best)

    def _now(self) -> State:
        first, second = (
            {
                name: self._optimizer.state[weight][part].clone()
                for name, weight in self._student.weights.items()
            }
            for part in ("exp_avg", "exp_avg_sq")
        )
        before = self._state
        return State(
            self._step, before.history, self._copy(), before.best, first, second, self._spent
        )

    def _resume(self, state: State) -> None:
        self._student.take(state.weights)
        for name, weight in self._student.weights.items():
            self._optimizer.state[weight] = {
                "step": torch.tensor(float(state.step)),
                "exp_avg": state.first[name].to(weight.device),
                "exp_avg_sq": state.second[name].to(weight.device),
            }
        self._state, self._step, self._spent = state, state.step, state.spent

    def _copy(self) -> Tensors:
        return {name: weight.detach().clone() for name, weight in self._student.weights.items()}


def listwise(
    scores: torch.Tensor, grades: torch.Tensor, groups: torch.Tensor, gains: tuple[float, ...]
) -> torch.Tensor:
    """The mean cross-entropy between a question's softmax of scores and its shares of the gains.

    Cao et al. (2007), "Learning to rank: from pairwise approach to listwise approach", section 4.2
    (top one), with gains in place of a softmax of grades. A question counts by its highest gain,
    so that one without an answer hardly counts.

    Args:
        scores: shape (n,).
        grades: shape (n,), 0 to 3.
        groups: shape (n,), the question of each, from 0 on.
        gains: what each grade is worth.
    """
    worth = torch.tensor(gains, device=scores.device)
    parts = []
    for group in range(int(groups.max()) + 1):
        own = groups == group
        gained = worth[grades[own]]
        if gained.sum() > GAINS_MOST:
            shares = functional.log_softmax(scores[own], dim=0)
            highest = gained.max() / worth.max()
            parts.append(-highest * (gained / gained.sum() * shares).sum())
    return torch.stack(parts).sum() / (int(groups.max()) + 1) if parts else scores.sum() * 0


def pointwise(
    scores: torch.Tensor, grades: torch.Tensor, limits: torch.Tensor, weights: tuple[float, ...]
) -> torch.Tensor:
    """The mean cross-entropy of "graded k or more" against sigmoid(score - limit k), k in 1, 2, 3.

    McCullagh (1980), "Regression models for ordinal data": proportional odds.

    Args:
        scores: shape (n,).
        grades: shape (n,), 0 to 3.
        limits: shape (3,).
        weights: what each of the three counts.
    """
    asked = torch.arange(1, len(limits) + 1, device=scores.device)
    reached = (grades[:, None] >= asked).float()
    odds = scores[:, None] - limits
    found = functional.binary_cross_entropy_with_logits(odds, reached, reduction="none")
    return (found * torch.tensor(weights, device=scores.device)).sum(dim=1).mean()


def _of_head(name: str) -> bool:
    return name.startswith(f"{HEAD}.") or name == LIMITS
