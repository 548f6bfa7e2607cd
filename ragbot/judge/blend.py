"""What signals and the cross-encoder's logit are worth together: learnt, in a plain data file.

The file (JSON) names the signals by which it was learnt, in order; boosted trees weigh them, one
set of trees a grade, and a logistic model sets their logits beside the cross-encoder's.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ragbot.errors import JudgeError
from ragbot.judge.signals import SIGNALS
from ragbot.judge.trees import Trees
from ragbot.judge.wordings import Values

PACKAGED = Path(__file__).parent.parent / "weights" / "judge" / "blend.json"
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

    def logits(self, values: npt.NDArray[np.floating[Any]]) -> Shares:
        """The logit of each row of values."""
        logits: Shares = values.astype(np.float64) @ self.weights + self.bias
        return logits


@dataclass(frozen=True, slots=True)
class Blend:
    """Learnt weights of signals alone and of signals with a cross-encoder; by GRADES."""

    signals: Mapping[str, Trees | Logistic]
    joint: Mapping[str, Logistic]
    sha256: str
    extra: Mapping[str, Any]

    @classmethod
    def read(cls, file: Path = PACKAGED) -> Self:
        """Read a data file.

        Raises:
            JudgeError: it is missing or damaged, or was learnt from other signals than these.
        """
        try:
            content = file.read_bytes()
            found = json.loads(content)
            names = tuple(found["signals"])
            version = found["format"]
            if version != FORMAT or names != SIGNALS:
                raise JudgeError(_other(file, version, names))
            return cls(
                {grade: _model(found["alone"][grade]) for grade in GRADES},
                {grade: Logistic.of(found["joint"][grade]) for grade in GRADES}
                if found.get("joint")
                else {},
                hashlib.sha256(content).hexdigest(),
                found,
            )
        except OSError as error:
            raise JudgeError(f"{file} cannot be read ({error.strerror})") from error
        except (ValueError, KeyError, TypeError) as error:
            raise JudgeError(
                f"{file} is no blend of signals ({error}); learn one with `ragbot adapt --judge`"
            ) from error

    def alone(self, signals: Values) -> dict[str, Shares]:
        """The logit of each grade of some statements by their signals, shape (statements,)."""
        return {grade: self.signals[grade].logits(signals) for grade in GRADES}

    def together(self, alone: Mapping[str, Shares], read: Values) -> dict[str, Shares]:
        """The logits by those of the signals and those of a cross-encoder, shape (statements,)."""
        values = np.stack([*(alone[grade] for grade in GRADES), read.astype(np.float64)], axis=1)
        return {grade: self.joint[grade].logits(values) for grade in GRADES}


def probability(logits: Shares) -> Shares:
    """The probability of each logit."""
    found: Shares = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
    return found


def _model(found: Mapping[str, Any]) -> Trees | Logistic:
    return Logistic.of(found) if "weights" in found else Trees.of(found)


def _other(file: Path, version: object, names: tuple[str, ...]) -> str:
    if version != FORMAT:
        return f"{file} has format {version!r}, not {FORMAT}; learn it anew"
    other = sorted(set(names) ^ set(SIGNALS))
    what = ", ".join(other) if other else "the same in another order"
    return f"{file} was learnt from other signals ({what}); learn it anew"
