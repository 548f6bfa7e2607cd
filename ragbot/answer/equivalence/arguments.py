"""Which parameters of two signatures correspond, and where their defaults differ."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.answer.equivalence.parameters import Parameter
from ragbot.judge.candidates import Candidate
from ragbot.lexical.name_words import likeness, words

NEAR_NAME = 0.8  # likeness of the names of two parameters from which they correspond
NEAR_MEANING = 0.6  # the cosine of what is said of them, and a share of that likeness
NAME_SHARE = 0.3
_DEFAULTS = re.compile(
    r"\b[Dd]efault(?: value)?(?:s to|s? is|s?:| \()\s*[`'\"]*"
    r"(-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?|True|False)\b"
)


@dataclass(frozen=True, slots=True)
class Corresponding:
    """Two parameters that correspond, with what is said of each."""

    one: Parameter
    other: Parameter
    said_of_one: Candidate | None
    said_of_other: Candidate | None

    @property
    def is_other_default(self) -> bool:
        """Whether both have a default, and not the same."""
        one = _value(self.one.default, self.said_of_one)
        other = _value(self.other.default, self.said_of_other)
        return bool(self.one.default and self.other.default) and one != other

    @property
    def is_other_name(self) -> bool:
        """Whether they are called otherwise."""
        return self.one.name != self.other.name


def corresponding(
    one: Sequence[Parameter],
    other: Sequence[Parameter],
    said_of_one: Mapping[str, Candidate],
    said_of_other: Mapping[str, Candidate],
) -> list[Corresponding]:
    """Pairs of parameters alike in name or meaning, those that tell most first.

    Each parameter is in one pair at most; the likest are paired first. Other defaults tell more
    than other names, and those more than pairs that are the same on both sides.
    """
    likeness = [
        (_alike(a, b, said_of_one.get(a.name), said_of_other.get(b.name)), i, j)
        for i, a in enumerate(one)
        for j, b in enumerate(other)
    ]
    pairs: dict[int, int] = {}
    for worth, i, j in sorted(likeness, key=lambda entry: (-entry[0], entry[1:])):
        if worth > 0 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    found = [
        Corresponding(
            one[i],
            other[j],
            said_of_one.get(one[i].name),
            said_of_other.get(other[j].name),
        )
        for i, j in sorted(pairs.items())
    ]
    return sorted(found, key=lambda pair: (not pair.is_other_default, not pair.is_other_name))


def _alike(
    one: Parameter, other: Parameter, said: Candidate | None, said_of_other: Candidate | None
) -> float:
    """How alike two parameters are: 0 under the least of both measures."""
    name = likeness(words(one.name), words(other.name))
    if name >= NEAR_NAME:
        return 1 + name
    switches = [
        isinstance(_value(each.default, its), bool)
        for each, its in ((one, said), (other, said_of_other))
    ]
    if said is None or said_of_other is None or switches[0] != switches[1]:
        return 0.0  # what is on or off corresponds to nothing else
    meaning = float(np.dot(said.vector, said_of_other.vector)) + NAME_SHARE * name
    return meaning if meaning >= NEAR_MEANING else 0.0


def _value(default: str, said: Candidate | None = None) -> object:
    """A default by its value where it is a literal, so that 1e-3 is 0.001; else as written.

    The same value for every dimension is that value: (1, 1) is 1. None is what the text beside it
    says that it stands for ("defaults to 1").
    """
    if default == "None" and said is not None and (told := _DEFAULTS.search(said.quote)):
        default = told[1]
    try:
        value: object = ast.literal_eval(default)
    except (ValueError, SyntaxError):
        return default
    if isinstance(value, tuple) and value and all(one == value[0] for one in value):
        return value[0]
    return value
