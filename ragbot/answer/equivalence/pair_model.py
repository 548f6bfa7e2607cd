"""What was learnt on pairs of symbols: by which signs, and what each is worth."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ragbot import learnt_file
from ragbot.answer.equivalence.correspondences import Correspondences
from ragbot.errors import EncoderError

PACKAGED = Path(__file__).parents[2] / "weights" / "counterparts"
PAIRS_FILE = "counterparts.json"

PAIR_SIGNS = (
    "name",  # how much of both names, by weight, the other holds
    "name_squared",
    "same_name",  # both are of the same words
    "of_other",  # how much of the counterpart's name that of the one asked about holds
    "summary",  # cosine of the first sentences
    "head",  # cosine of the first passages
    "usage",  # cosine of what guides say where they name them
    "company",  # cosine of the words beside both in listings
    "hub_summary",  # how near its first sentence is to others' in general
    "hub_head",
    "translated",  # words of both names that correspond in pairs that were learnt from
    "parameters",  # share of the parameters that have a namesake
    "question_summary",  # cosine of the question and the first sentence
    "question_head",
    "written",  # how likely the question names it
    "path_written",  # weight of the words of its path that the question writes
    "read_name",  # name, by how likely the question names the one asked about
    "used",  # logarithm of how often guides name it
    "both_classes",  # both are classes, or none is
    "both_members",
    "member",  # a member of a class
    "dimensions",  # both names hold numbers, and other ones
    "depth",  # parts of its name beyond two
    "aside",  # how far the parts of its path are those of second names
    "old",  # deprecated
    "nested",  # of a subject whose names the one asked for holds
)
SURE_SIGNS = (
    *("score", "share", "margin", "head", "summary", "company", "name", "written", "read"),
    "translated",
    "told",
)

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PairModel:
    """Weighs pairs, and how sure the best of them is; from `least` on it is a direct counterpart.

    `weights` hold one for each of PAIR_SIGNS, then what is added to each by how much a question
    tells beside the name: one that is a name alone is near to whatever is called like it.
    `correspondences` are words of names that were found to correspond. A further one is shown from
    a share of `further` of the best one's probability among all.
    """

    weights: Rows
    correspondences: Correspondences
    sure: Rows
    bias: float
    least: float
    further: float


@lru_cache(maxsize=2)
def open_pairs(folder: Path = PACKAGED) -> PairModel:
    """The learnt weights in a folder.

    Raises:
        EncoderError: the file is missing, or not the one that its sum was taken of.
    """
    data, _ = learnt_file.read(folder / PAIRS_FILE)
    if tuple(data["signs"]) != PAIR_SIGNS or tuple(data["sure_signs"]) != SURE_SIGNS:
        raise EncoderError(f"{folder / PAIRS_FILE} was learnt from other signs; learn it anew")
    return PairModel(
        np.array(data["weights"], dtype=np.float64),
        Correspondences.of(data["words"]),
        np.array(data["sure"], dtype=np.float64),
        float(data["bias"]),
        float(data["least"]),
        float(data["further"]),
    )
