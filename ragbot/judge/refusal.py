"""Whether the corpus can answer a question at all: a learnt probability, out of a few signs."""

from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np

from ragbot.errors import JudgeError
from ragbot.judge.blend import PACKAGED, Logistic, probability, read_data


@dataclass(frozen=True, slots=True)
class RefusalSigns:
    """What refusal is decided on, of one question.

    `cosine` is that of the best passage, `helps` and `answers` the highest probabilities of its
    candidates, `covered` the best share, by weight, of its words that one passage holds; `apart`
    counts proper names that no statement near to it holds, `strange` names set beside a subject
    that nothing found is about, `subjects` those that it names.
    """

    cosine: float
    helps: float
    answers: float
    covered: float
    apart: int
    strange: int
    subjects: int


SIGNS = tuple(field.name for field in fields(RefusalSigns))


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """Weighs the signs; `limit` is the probability from which a question is refused."""

    weights: Logistic
    limit: float

    @classmethod
    def read(cls, folder: Path = PACKAGED) -> Self:
        """The model in a blend's data file.

        Raises:
            JudgeError: it is missing or damaged, or was learnt from other signs.
        """
        data, _ = read_data(folder)
        try:
            found = data["refusal"]
            if tuple(found["signs"]) != SIGNS:
                raise JudgeError(f"{folder}: refusal was learnt from other signs; learn it anew")
            return cls(Logistic.of(found), float(found["limit"]))
        except (ValueError, KeyError, TypeError) as error:
            raise JudgeError(f"{folder} holds no model of refusal ({error!r})") from error

    def cannot_answer(self, signs: RefusalSigns) -> float:
        """The probability that the corpus cannot answer."""
        return float(probability(self.weights.logits(row(signs)[None]))[0])


def row(signs: RefusalSigns) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The signs as a row of numbers; probabilities as logits, names counted up to two."""
    values = dict(zip(SIGNS, astuple(signs), strict=True))
    for name in ("helps", "answers"):
        share = min(max(values[name], 1e-4), 1 - 1e-4)
        values[name] = float(np.log(share / (1 - share)))
    for name in ("apart", "strange", "subjects"):
        values[name] = min(values[name], 2)
    return np.array([values[name] for name in SIGNS], dtype=np.float64)
