"""In what form an answer is asked for, and whether code is wanted: learnt, see the card.

The weights lie in `ragbot/weights/understand/`: one set over the vector of the question and its
words, for the encoder that it was learnt with, and one over the words alone, for any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragbot import learnt_file
from ragbot.guide import Guide
from ragbot.retrieval import Vector
from ragbot.types import Form
from ragbot.understand.features import Features, features

PACKAGED = Path(__file__).parent.parent / "weights" / "understand"
FORMS_FILE = "forms.json"
VECTOR_WEIGHT = 4.0  # a unit vector beside runs of words of weight 1 (docs/log.md)

COMPARING = frozenset((Form.COMPARISON, Form.DIFFERENCE, Form.CHOICE))
"""The forms that set things against each other."""

MOST = 0.5  # of the probability

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FormReading:
    """The probabilities of the forms, best first, and that code is wanted."""

    forms: tuple[tuple[Form, float], ...]
    code: float

    @property
    def form(self) -> Form:
        """The likeliest form; of those that compare, where these are likelier than the others."""
        comparing = [(form, share) for form, share in self.forms if form in COMPARING]
        if sum(share for _, share in comparing) >= MOST:
            return comparing[0][0]
        return self.forms[0][0]

    @property
    def wants_code(self) -> bool:
        """Whether code is more likely wanted than not."""
        return self.code > 0.5


@dataclass(frozen=True)
class Head:
    """A logistic regression: `weights` (classes or 1, features) and `bias` (classes or 1)."""

    weights: Weights
    bias: Weights

    def scores(self, row: Weights) -> Weights:
        """Log-odds of one row of features."""
        found: Weights = self.weights @ row + self.bias
        return found


@dataclass(frozen=True)
class FormReader:
    """Weighs the form of questions; `encoder` is the sha256 of the weights it was learnt with."""

    encoder: str
    classes: tuple[Form, ...]
    runs: Mapping[str, int]
    forms: Mapping[bool, Head]  # with the question's vector, or without
    code: Mapping[bool, Head]

    def read(self, text: str, vector: Vector, guide: Guide, encoder: str) -> FormReading:
        """The form of a self-contained question; `encoder` made its vector, shape (dimension,)."""
        fits = encoder == self.encoder
        row = design([features(text, guide)], vector[None] if fits else None, self.runs)[0]
        scores = self.forms[fits].scores(row)
        shares = np.exp(scores - scores.max())
        shares = shares / shares.sum()
        order = np.argsort(-shares, kind="stable")
        code = 1 / (1 + np.exp(-float(self.code[fits].scores(row)[0])))
        return FormReading(
            tuple((self.classes[at], round(float(shares[at]), 4)) for at in order),
            round(float(code), 4),
        )


def design(
    found: Sequence[Features], vectors: Weights | None, runs: Mapping[str, int]
) -> npt.NDArray[np.float32]:
    """Rows of features: the vectors where there are any, runs of words, counts."""
    said = np.zeros((len(found), len(runs)), dtype=np.float32)
    for row, one in enumerate(found):
        for run, weight in one.runs.items():
            if run in runs:
                said[row, runs[run]] = weight
    counts = np.array([one.counts for one in found], dtype=np.float32)
    parts = [said, counts] if vectors is None else [VECTOR_WEIGHT * vectors, said, counts]
    return np.hstack(parts).astype(np.float32)


@lru_cache(maxsize=2)
def open_forms(folder: Path = PACKAGED) -> FormReader:
    """The learnt weights in a folder.

    Raises:
        EncoderError: the file is missing or is not the one that its sum was taken of.
    """
    data, _ = learnt_file.read(folder / FORMS_FILE)
    return FormReader(
        encoder=data["encoder"],
        classes=tuple(map(Form, data["classes"])),
        runs={run: at for at, run in enumerate(data["runs"])},
        forms={named == "vector": _head(one["forms"]) for named, one in data["heads"].items()},
        code={named == "vector": _head(one["code"]) for named, one in data["heads"].items()},
    )


def _head(data: Mapping[str, Any]) -> Head:
    weights = np.array(data["weights"], dtype=np.float32)
    return Head(weights, np.array(data["bias"], dtype=np.float32))
