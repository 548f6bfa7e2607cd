"""Whether the corpus can answer a question at all: a learnt probability, out of a few signs."""

from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

from ragbot.errors import JudgeError
from ragbot.judge.blend import FORMAT, Logistic, Shares, probability, read_data


@dataclass(frozen=True, slots=True)
class RefusalSigns:
    """What refusal is decided on, of one question.

    `cosine` is that of the best passage, `covered` the best share, by weight, of its words that one
    passage holds; `apart` counts proper names that no statement near to it holds, `strange` names
    set beside a subject that nothing found is about, `subjects` those that it names. What a judge
    says of the candidates adds nothing to these (docs/log.md, 2026-11-28).
    """

    cosine: float
    covered: float
    apart: int
    strange: int
    subjects: int


PACKAGED = Path(__file__).parent.parent / "weights" / "refusal"
REFUSAL_FILE = "refusal.json"
MOST = 2  # names of a kind that count
SIGNS = tuple(field.name for field in fields(RefusalSigns))


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """Weighs the signs; `limit` is the probability from which a question is refused.

    Half of the questions count as unanswerable before anything is known of them.
    """

    weights: Logistic
    limit: float

    @classmethod
    def read(cls, folder: Path = PACKAGED) -> Self:
        """The model in the data file of a folder.

        Raises:
            JudgeError: it is missing or damaged, or was learnt from other signs.
        """
        file = folder / REFUSAL_FILE
        found, _ = read_data(file)
        try:
            if tuple(found["signs"]) != SIGNS:
                raise JudgeError(f"{file} was learnt from other signs; learn it anew")
            return cls(Logistic.of(found), float(found["limit"]))
        except (ValueError, KeyError, TypeError) as error:
            raise JudgeError(f"{file} holds no model of refusal ({error!r})") from error

    def entry(self) -> dict[str, Any]:
        """What a file holds of it."""
        return {
            "format": FORMAT,
            "signs": list(SIGNS),
            **self.weights.entry(),
            "limit": self.limit,
        }

    def cannot_answer(self, signs: RefusalSigns) -> float:
        """The probability that the corpus cannot answer."""
        return float(probability(self.weights.logits(row(signs)[None]))[0])


def row(signs: RefusalSigns) -> Shares:
    """The signs as a row of numbers; names are counted up to MOST."""
    values = dict(zip(SIGNS, astuple(signs), strict=True))
    counted = {name: min(values[name], MOST) for name in ("apart", "strange", "subjects")}
    return np.array([float((values | counted)[name]) for name in SIGNS], dtype=np.float64)
