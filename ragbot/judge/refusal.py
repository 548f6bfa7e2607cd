"""Whether the corpus can answer a question at all: a learnt probability, out of a few signs."""

from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from ragbot.errors import JudgeError
from ragbot.index.manifest import Nearness
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


@dataclass(frozen=True, slots=True)
class Scale:
    """How cosines of one corpus are read as those of the corpus that refusal was learnt on.

    By two marks of each, measured alike (ragbot/index/nearness.py): questions of other fields are
    as foreign to both, and the headings of each are its own. The fewer headings there are, the more
    counts that both marks lie apart as in the corpus that was learnt on.
    """

    learnt: Nearness
    here: Nearness

    def read(self, cosine: float) -> float:
        """The cosine that means there what this one means here."""
        learnt, here = self.learnt, self.here
        span = learnt.own - learnt.foreign
        share = here.headings / (here.headings + FEW_HEADINGS)
        own = share * (here.own - here.foreign) + (1 - share) * span
        return learnt.foreign + (cosine - here.foreign) * span / max(own, span * LEAST_SPAN)


PACKAGED = Path(__file__).parent.parent / "weights" / "refusal"
REFUSAL_FILE = "refusal.json"
MOST = 2  # names of a kind that count
FEW_HEADINGS = 20  # of so many a median counts half
LEAST_SPAN = 0.5  # of the span that was learnt on: what is less is no measure of anything
SIGNS = tuple(field.name for field in fields(RefusalSigns))


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """Weighs the signs; `limit` is the probability from which a question is refused.

    Half of the questions count as unanswerable before anything is known of them.
    """

    weights: Logistic
    limit: float
    learnt_on: Nearness | None = None

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
            told = found.get("nearness")
            learnt_on = Nearness.model_validate(told) if told else None
            return cls(Logistic.of(found), float(found["limit"]), learnt_on)
        except (ValueError, KeyError, TypeError) as error:
            raise JudgeError(f"{file} holds no model of refusal ({error!r})") from error

    def entry(self) -> dict[str, Any]:
        """What a file holds of it."""
        return {
            "format": FORMAT,
            "signs": list(SIGNS),
            **self.weights.entry(),
            "limit": self.limit,
            "nearness": self.learnt_on.model_dump() if self.learnt_on else None,
        }

    def cannot_answer(self, signs: RefusalSigns, here: Nearness | None = None) -> float:
        """The probability that the corpus cannot answer; `here` is what is near in it."""
        if here is not None and self.learnt_on is not None:
            signs = replace(signs, cosine=Scale(self.learnt_on, here).read(signs.cosine))
        return float(probability(self.weights.logits(row(signs)[None]))[0])


def row(signs: RefusalSigns) -> Shares:
    """The signs as a row of numbers; names are counted up to MOST."""
    values = dict(zip(SIGNS, astuple(signs), strict=True))
    counted = {name: min(values[name], MOST) for name in ("apart", "strange", "subjects")}
    return np.array([float((values | counted)[name]) for name in SIGNS], dtype=np.float64)
