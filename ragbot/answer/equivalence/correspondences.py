"""Words of names that correspond in different subjects: learnt from pairs of counterparts."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

SPREAD = 30.0  # how much one pair says of words that few names hold
RARE = 5
BACK = 0.5  # what a pair says of the same the other way round

Pair = tuple[frozenset[str], frozenset[str]]
"""The stems of two names."""


@dataclass(frozen=True)
class Correspondences:
    """How often a word of one name stood for a word of its counterpart; no word for itself."""

    counts: Mapping[tuple[str, str], float]

    @classmethod
    def learnt(cls, pairs: Iterable[tuple[Pair, float]]) -> Self:
        """Counted over pairs, each by its weight: what one name has alone is the other's alone."""
        counts: defaultdict[tuple[str, str], float] = defaultdict(float)
        for (one, other), weight in pairs:
            mine, theirs = one - other, other - one
            for word in mine:
                for its in theirs:
                    share = weight / len(mine) / len(theirs)
                    counts[word, its] += share
                    counts[its, word] += BACK * share
        return cls(dict(counts))

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """Those of a file's entry."""
        return cls(
            {
                (word, its): float(count)
                for word, others in found.items()
                for its, count in others.items()
            }
        )

    def entry(self) -> dict[str, dict[str, float]]:
        """What a file holds of them."""
        found: dict[str, dict[str, float]] = {}
        for (word, its), count in sorted(self.counts.items()):
            found.setdefault(word, {})[its] = round(count, 3)
        return found

    def worth(
        self, one: Collection[str], other: Collection[str], held: Callable[[str], int]
    ) -> float:
        """How well two names correspond by words that they do not share; `held` counts names."""
        return max(
            (
                math.log1p(count * SPREAD / (RARE + held(its)))
                for word in one
                if word not in other
                for its in other
                if its not in one and (count := self.counts.get((word, its), 0.0))
            ),
            default=0.0,
        )
