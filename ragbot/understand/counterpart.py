"""Whether a question asks for the counterpart of a name, of which, and in which subject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ragbot.types import CounterpartRequest, Form
from ragbot.understand.form import COMPARING
from ragbot.understand.resolver import Reading, Readings, open_names

NEAREST_TARGET = 0.5  # share of the likeliest target's probability that a further one must have

_SETTING = COMPARING | {Form.YES_NO}  # forms in which one thing is set against another

FORMS = tuple(Form)
WANTED_SIGNS = (
    *(form.value for form in FORMS),
    "read",
    "share",
    "rest",
    "target",
    "named",
    "pair",
    "written",
)


@dataclass(frozen=True, slots=True)
class Counterparts:
    """A name whose counterparts may be asked for in each of `targets`.

    `other` is what a question sets against it by a name of its own, None where it names none.
    """

    asked: Reading
    targets: tuple[str, ...]
    other: Reading | None


@dataclass(frozen=True)
class CounterpartModel:
    """Weighs whether a counterpart is asked for; from `least` on it is."""

    weights: Mapping[str, float]
    bias: float
    least: float

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """The model out of its entry in a file."""
        weights = {str(sign): float(weight) for sign, weight in found["weights"].items()}
        return cls(weights, float(found["bias"]), float(found["least"]))

    def probability(self, signs: Mapping[str, float]) -> float:
        """How likely a counterpart is asked for."""
        logit = self.bias + sum(self.weights[name] * value for name, value in signs.items())
        return float(1 / (1 + np.exp(-logit)))


def possible(readings: Readings) -> Counterparts | None:
    """The name that a counterpart may be asked for of, None where there is none.

    Where no subject is named in which it may be, the first name is asked about, and a second one
    of another subject is its counterpart.
    """
    sides = [
        (one.probability * readings.targets.get(target, 0.0), one, target)
        for target in readings.targets
        if (one := _best(readings, outside=target)) is not None
    ]
    if not sides:
        return None
    _, asked, target = max(sides, key=lambda side: side[0])
    if target not in readings.named:
        return _pair(readings)
    least = NEAREST_TARGET * readings.targets[target]
    further = [
        subject
        for subject in readings.named
        if subject not in (target, *asked.document.subjects)
        and readings.targets.get(subject, 0.0) >= least
    ]
    return Counterparts(asked, (target, *further), _best(readings, of=target, beside=asked))


def _written_pair(readings: Readings) -> Counterparts | None:
    """Two names of two subjects that are both spelt as they are: the second is the counterpart."""
    written = sorted((r for r in readings.all if r.is_written), key=lambda one: one.start)
    if not written:
        return None
    here = [one for one in written if one.start == written[0].start]
    asked = max(here, key=lambda one: one.probability)
    others = [
        one
        for one in readings.all
        if one.is_written
        and not _overlap(one, asked)
        and not set(one.document.subjects) & set(asked.document.subjects)
    ]
    return Counterparts(asked, others[0].document.subjects[:1], others[0]) if others else None


def _pair(readings: Readings) -> Counterparts | None:
    """Two names of two subjects: the first is asked about, the second is its counterpart."""
    first = readings.all[0]
    others = (_best(readings, outside=s, beside=first) for s in first.document.subjects)
    other = next(others, None)
    if other is None:
        return None
    asked, counterpart = sorted((first, other), key=lambda one: one.start)
    return Counterparts(asked, counterpart.document.subjects[:1], counterpart)


def _best(
    readings: Readings, *, of: str = "", outside: str = "", beside: Reading | None = None
) -> Reading | None:
    """The likeliest reading of a subject, or outside one, that stands beside another."""
    return next(
        (
            one
            for one in readings.all
            if (not of or of in one.document.subjects)
            and outside not in one.document.subjects
            and (beside is None or not _overlap(one, beside))
        ),
        None,
    )


def requested(
    text: str, readings: Readings, form: Form, forms: Sequence[tuple[Form, float]]
) -> CounterpartRequest | None:
    """What a question asks for the counterpart of, None where it asks for none."""
    pair = _written_pair(readings) if form in _SETTING else None
    found = pair or possible(readings)
    if found is None or (pair is None and found.asked.probability < open_names().least):
        return None
    model = CounterpartModel.of(open_names().wanted)
    asked, other = found.asked, found.other
    chance = model.probability(wanted_signs(found, forms, readings))
    if chance < model.least and pair is None:
        return None
    return CounterpartRequest(
        text=text[asked.start : asked.end],
        document=asked.document.id,
        subject=asked.document.subjects[0],
        targets=found.targets,
        probability=asked.probability,
        other=other.document.id if other and pair else "",
    )


def wanted_signs(
    found: Counterparts, forms: Sequence[tuple[Form, float]], readings: Readings
) -> dict[str, float]:
    """What tells whether a counterpart is asked for: WANTED_SIGNS."""
    chances = dict(forms)
    return {
        **{form.value: chances.get(form, 0.0) for form in FORMS},
        "read": found.asked.probability,
        "share": found.asked.share,
        "rest": found.asked.rest,
        "target": max((readings.targets.get(subject, 0.0) for subject in found.targets), default=0),
        "named": float(len(readings.named)),
        "pair": found.other.probability if found.other else 0.0,
        "written": float(found.asked.is_written),
    }


def _overlap(one: Reading, other: Reading) -> bool:
    return one.start < other.end and other.start < one.end
