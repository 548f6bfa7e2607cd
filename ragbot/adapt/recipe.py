"""How to learn: the two recipes, and which questions come when."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a recipe; every one is written into the adapter's card.

    `negatives` are mined passages a question, drawn anew each epoch from the `depth` nearest after
    the first `skipped`; 0: those of the batch only. `window` is the number of tokens that a passage
    is cut to, `warm_up` the share of the steps in which the rate rises, `patience` the number of
    epochs without a gain after which learning stops. The loss divides cosines by 1 / `sharpness`.
    """

    name: str
    negatives: int
    epochs: int
    batch: int
    window: int
    rate: float = 5e-4
    rank: int = 8
    alpha: float = 16.0
    sharpness: float = 20.0
    skipped: int = 8
    depth: int = 60
    warm_up: float = 0.1
    patience: int = 2
    held_out: float = 0.1
    question_window: int = 64


FULL = Recipe("full", negatives=7, epochs=6, batch=64, window=256)
SMALL = Recipe("small", negatives=0, epochs=4, batch=64, window=128, patience=1)
RECIPES = {recipe.name: recipe for recipe in (FULL, SMALL)}


def order(seed: int, epoch: int, pairs: int) -> Rows:
    """The order of the pairs in an epoch: decided by the seed and the epoch alone."""
    return np.random.default_rng([seed, 1, epoch]).permutation(pairs)


def draw(candidates: list[Rows], count: int, seed: int, epoch: int, pair: int) -> Rows:
    """The mined negatives of a pair in an epoch: decided by seed, epoch and pair alone."""
    found = candidates[pair] if candidates else np.empty(0, dtype=np.int64)
    if len(found) <= count:
        return found
    return np.random.default_rng([seed, 2, epoch, pair]).choice(found, count, replace=False)


def rate_at(step: int, steps: int, recipe: Recipe) -> float:
    """The learning rate of a step, from 0: a linear rise, then a linear fall to nothing."""
    rise = max(1, round(recipe.warm_up * steps))
    if step < rise:
        return recipe.rate * (step + 1) / rise
    return recipe.rate * max(0.0, (steps - step) / max(1, steps - rise))
