"""Adds up what was left out of the documents of a build."""

from collections import Counter

from ragbot.types import Document

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
        return dict(sorted(self._counts.items(), key=lambda item: (-item[1], item[0])))
