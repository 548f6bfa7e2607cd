"""What signals and the cross-encoder's logit are worth together: learnt, in a plain data file.

The file (JSON) names the signals by which it was learnt, in order; boosted trees weigh them, one
set of trees a grade, and a logistic model sets their logits beside the cross-encoder's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ragbot import learnt_file
from ragbot.errors import JudgeError
from ragbot.judge.signals import SIGNALS
from ragbot.judge.wordings import Values
from ragbot.trees import Trees

PACKAGED = Path(__file__).parent.parent / "weights" / "judge"
BLEND_FILE = "blend.json"
FORMAT = 1
GRADES = ("helps", "answers")
"""What the probability of is given: a grade of 2 or 3, and of 3."""

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: `weights @ values + bias` is the logit."""

    weights: Shares
    bias: float

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """The model out of its entry in the file."""
        return cls(np.array(found["weights"], dtype=np.float64), float(found["bias"]))

    def entry(self) -> dict[str, Any]:
        """What a file holds of it."""
        return {"weights": self.weights.tolist(), "bias": self.bias}

    def logits(self, values: npt.NDArray[np.floating[Any]]) -> Shares:
        """The logit of each row of values."""
        logits: Shares = values.astype(np.float64) @ self.weights + self.bias
        return logits


@dataclass(frozen=True, slots=True)
class Joint:
    """What the logits of the trees and of a cross-encoder say together, by GRADES.

    `scorer` is the sha256 of that cross-encoder, `mean` and `spread` are those of its logits:
    another's are brought to them.
    """

    models: Mapping[str, Logistic]
    scorer: str
    mean: float
    spread: float

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """The models out of their entry in the file."""
        models = {grade: Logistic.of(found[grade]) for grade in GRADES}
        return cls(models, str(found["scorer"]), float(found["mean"]), float(found["spread"]))

    def entry(self) -> dict[str, Any]:
        """What a file holds of them."""
        models = {grade: model.entry() for grade, model in self.models.items()}
        return models | {"scorer": self.scorer, "mean": self.mean, "spread": self.spread}

    def logits(self, alone: Mapping[str, Shares], read: Shares) -> dict[str, Shares]:
        """The logits by those of the signals and those of the cross-encoder, (statements,)."""
        values = np.stack([*(alone[grade] for grade in GRADES), read], axis=1)
        return {grade: self.models[grade].logits(values) for grade in GRADES}

    def brought(self, read: Shares) -> Shares:
        """The logits of a cross-encoder that this was not learnt with, on the scale of its own."""
        if not len(read):
            return read
        spread = float(read.std()) or 1.0
        found: Shares = (read - read.mean()) / spread * self.spread + self.mean
        return found


@dataclass(frozen=True, slots=True)
class Blend:
    """Learnt weights of signals alone, by GRADES, and of them with a cross-encoder if there is one.

    `sha256` is that of the file.
    """

    signals: Mapping[str, Trees | Logistic]
    joint: Joint | None
    sha256: str

    @classmethod
    def read(cls, folder: Path = PACKAGED) -> Self:
        """Read the data file in a folder.

        Raises:
            JudgeError: it is missing or damaged, or was learnt from other signals than these.
        """
        file = folder / BLEND_FILE
        found, digest = read_data(file)
        try:
            names = tuple(found["signals"])
            if names != SIGNALS:
                raise JudgeError(_other(file, names))
            alone = {grade: _model(found["alone"][grade]) for grade in GRADES}
            joint = Joint.of(found["joint"]) if found.get("joint") else None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise JudgeError(f"{file} is no blend of signals ({error!r}); learn it anew") from error
        return cls(alone, joint, digest)

    def alone(self, signals: Values) -> dict[str, Shares]:
        """The logit of each grade of some statements by their signals, shape (statements,)."""
        return {grade: self.signals[grade].logits(signals) for grade in GRADES}


def read_data(file: Path) -> tuple[dict[str, Any], str]:
    """What a data file holds, and its sha256, which its sum beside it must say.

    Raises:
        JudgeError: it is missing, none, or not the one that its sum was taken of.
    """
    found, digest = learnt_file.read(file, JudgeError)
    version = found.get("format")
    if version != FORMAT:
        raise JudgeError(f"{file} has format {version!r}, not {FORMAT}; learn it anew")
    return found, digest


def probability(logits: Shares) -> Shares:
    """The probability of each logit."""
    found: Shares = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
    return found


def _model(found: Mapping[str, Any]) -> Trees | Logistic:
    return Logistic.of(found) if "weights" in found else Trees.of(found)


def _other(file: Path, names: tuple[str, ...]) -> str:
    other = sorted(set(names) ^ set(SIGNALS))
    what = ", ".join(other) if other else "the same in another order"
    return f"{file} was learnt from other signals ({what}); learn it anew"
