"""Candidates for near-duplicates, and how much two texts really share.

The resemblance of two texts is the Jaccard index of their sets of word shingles (A. Broder 1997,
"On the resemblance and containment of documents"). In a random order of all shingles, the chance
that two texts have the same first one is their resemblance; a sketch holds the first of
BANDS * ROWS such orders. Two texts are candidates where all ROWS of one of BANDS bands agree: with
the probability 1 - (1 - s ** ROWS) ** BANDS for a resemblance of s (Leskovec, Rajaraman, Ullman,
"Mining of Massive Datasets", section 3.4), which is 1 - 2e-8 for 0.9, 0.9996 for 0.8, 0.47 for 0.5.
"""

from collections.abc import Callable, Set

from rensa import RMinHash, RMinHashLSH

BANDS, ROWS = 20, 5
SEED = 1  # the same texts give the same candidates
_UNUSED = 0.8  # the library asks for a threshold, but a query goes by the bands alone


class Near:
    """Texts known by a number, each with what it may repeat among those that came before it."""

    def __init__(self) -> None:
        self._kept = RMinHashLSH(_UNUSED, BANDS * ROWS, BANDS)

    def voice(self, number: int, shingles: Set[str], same: Callable[[int], bool]) -> int:
        """The least number kept before that may resemble this text and is the `same`; else its own.

        A text that is the same as none is kept, to speak for those that come after it. As each is
        compared with what speaks for it, and not with a third, likeness does not creep.
        """
        sketch = RMinHash(BANDS * ROWS, SEED)
        sketch.update(sorted(shingles))
        for other in sorted(self._kept.query(sketch)):
            if same(other):
                return int(other)
        self._kept.insert(number, sketch)
        return number


def resemblance(one: Set[str], other: Set[str]) -> float:
    """The Jaccard index of two sets of shingles; 0 where both are empty."""
    shared = len(one & other)
    either = len(one) + len(other) - shared
    return shared / either if either else 0.0
