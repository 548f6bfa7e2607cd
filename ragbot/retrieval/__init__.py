"""Finds passages: dense and lexical, fused, filtered, and balanced between subjects."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ragbot.limits import distinct
from ragbot.types import Authority

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found; an empty tuple leaves that open."""

    subjects: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authorities: tuple[Authority, ...] = ()

    def within_limits(self) -> Self:
        """The same without empty names and names that come twice.

        Raises:
            QuestionError: one of the lists is too long.
        """
        return type(self)(
            distinct("subjects", self.subjects),
            distinct("sources", self.sources),
            tuple(dict.fromkeys(self.authorities)),
        )


@dataclass(frozen=True, slots=True)
class Facet:
    """A subject and what is asked about it: `text` lifts that subject's passages near to it."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """One search: the text that is encoded, the words for BM25, and what may be found.

    `about` is the subject of a side of an answer, "" where any may be found: of what the filters
    leave only the passages about it.
    `names` are programming names whose own documents come first, whatever the encoder thinks;
    `facets` what is asked about a subject; `sharing` are the subjects that share the first places.
    """

    text: str
    words: str
    filters: Filters = Filters()
    about: str = ""
    names: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    sharing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoded:
    """A query with its vector, and those of its facets."""

    query: Query
    vector: Vector
    facets: tuple[Vector, ...] = ()
