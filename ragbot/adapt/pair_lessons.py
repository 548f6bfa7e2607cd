"""What is learnt from of counterparts: the shortlist of a search with what is known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragbot.answer.equivalence.correspondences import Correspondences, Pair
from ragbot.answer.equivalence.pair_model import Rows
from ragbot.answer.equivalence.pairs import Search, shortlist, signs, wider
from ragbot.answer.equivalence.reference import Reference
from ragbot.encoder import Vectors
from ragbot.guide import Guide
from ragbot.understand.resolver import Readings

ACCEPTED, REJECTED, NEITHER = 1, -1, 0


@dataclass(frozen=True)
class PairLesson:
    """The shortlist of one search with its signs; `labels` as ACCEPTED, REJECTED or NEITHER.

    `words` are the stems of the name asked about, which may not be learnt from and told at once,
    `others` those of the shortlist. `is_known`: out of the file of counterparts.
    """

    search: Search
    rows: Rows
    labels: Rows
    words: frozenset[str]
    others: Sequence[frozenset[str]]
    is_known: bool

    def pairs(self) -> list[tuple[Pair, float]]:
        """The accepted names beside the one asked about, all of them together as one."""
        accepted = np.flatnonzero(self.labels == ACCEPTED).tolist()
        return [((self.words, self.others[at]), 1 / len(accepted)) for at in accepted]


class PairLessonMaker:
    """Makes lessons over one reference."""

    def __init__(self, reference: Reference, guide: Guide) -> None:
        self._reference = reference
        self._guide = guide
        self._by_name = {
            name: at for at, symbol in enumerate(reference.symbols) for name in symbol.names
        }

    def of_counterpart(
        self, line: Mapping[str, Any], readings: Readings, vector: Vectors
    ) -> PairLesson | None:
        """A line of a file of counterparts; None where no name is read."""
        return self._lesson(
            line["to"],
            readings,
            vector,
            {self._by_name.get(name) for name in line["accept"]},
            {self._by_name.get(name) for name in line["reject"]},
            is_known=True,
        )

    def of_question(
        self, line: Mapping[str, Any], readings: Readings, vector: Vectors
    ) -> PairLesson | None:
        """A training question whose answer is the document of a symbol of a subject it names."""
        answer = self._by_name.get(str(line["doc"]).partition("/")[2])
        if answer is None:
            return None
        subject = self._reference.symbols[answer].subjects[0]
        if subject not in readings.named:
            return None
        return self._lesson(subject, readings, vector, {answer}, set(), is_known=False)

    def _lesson(
        self,
        target: str,
        readings: Readings,
        vector: Vectors,
        accepted: set[int | None],
        rejected: set[int | None],
        *,
        is_known: bool,
    ) -> PairLesson | None:
        asked = next((r for r in readings.all if target not in r.document.subjects), None)
        one = self._reference.number(asked.document.id) if asked else None
        if asked is None or one is None:
            return None
        subjects = wider(self._guide, target)
        search = Search.of(one, subjects, vector, readings, self._reference)
        pool = shortlist(search, self._reference)
        if not pool:
            return None
        labels = [
            ACCEPTED if at in accepted else REJECTED if at in rejected else NEITHER for at in pool
        ]
        return PairLesson(
            search,
            signs(search, pool, self._reference, Correspondences({})),
            np.array(labels, dtype=np.float64),
            self._reference.words(one),
            [self._reference.words(at) for at in pool],
            is_known,
        )
