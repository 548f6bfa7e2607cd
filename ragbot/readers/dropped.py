"""Adds up what was left out of the documents of a build."""

from collections import Counter
from collections.abc import Mapping

from ragbot.types import Document

NOT_THERE = ", which is not there"
MOST_NAMED = 20
NOTHING_LEFT = "document without text"


class Dropped:
    """Counts by the name of the construct, over any number of documents."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, document: Document) -> None:
        """Count what was left out of a document."""
        self._counts.update(dict(document.dropped))

    def pass_over(self) -> None:
        """Count a document of which nothing is left: a `ReadError` with `nothing_left`."""
        self._counts[NOTHING_LEFT] += 1

    def counts(self) -> dict[str, int]:
        """The counts, the most frequent construct first, equals by name."""
        return in_order(self._counts)


def in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by construct, the most frequent first, equals by name.

    Of files that documents take in and that are not there, as many are named as can be read.
    """
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    missing = [item for item in ordered if item[0].endswith(NOT_THERE)]
    rest = sum(count for _, count in missing[MOST_NAMED:])
    left_out = set(missing[MOST_NAMED:])
    named = {name: count for name, count in ordered if (name, count) not in left_out}
    return named | ({"includes of other files, which are not there": rest} if rest else {})
