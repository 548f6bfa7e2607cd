"""Finds passages: dense and lexical, fused, filtered, and balanced between subjects."""

from dataclasses import dataclass

from ragbot.types import Authority


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found; an empty tuple leaves that open."""

    subjects: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authorities: tuple[Authority, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """One search: the text that is encoded, the words for BM25, and what may be found.

    `names` are programming names whose own documents come first, whatever the encoder thinks.
    """

    text: str
    words: str
    filters: Filters = Filters()
    names: tuple[str, ...] = ()
