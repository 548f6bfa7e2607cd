"""The numbers of the citations that quotes stand for."""

from collections.abc import Iterable

from ragbot.types import Cited, Evidence


def numbers_of(quotes: Iterable[Evidence], cited: Cited) -> list[int]:
    """The numbers of the citations of some quotes, each named once."""
    return list(dict.fromkeys(cited[quote.span].number for quote in quotes))
