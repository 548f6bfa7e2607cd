"""Which names of a list have no document."""

import json
from collections.abc import Iterable
from typing import Protocol

from ragbot.sources.pypi.fetch import MEDIA_TYPE


class Held(Protocol):
    """A document as it was obtained: a Fetched or a RawDocument."""

    @property
    def media_type(self) -> str:
        """The type of its content."""
        ...

    @property
    def content(self) -> bytes:
        """Its bytes."""
        ...


def coverage(names: Iterable[str], documents: Iterable[Held]) -> list[str]:
    """The names, in their order, that no symbol's document with signature and text has.

    Lines may be blank or comments (`#`); documents that are no symbols are passed over.
    """
    known: set[str] = set()
    for document in documents:
        if document.media_type == MEDIA_TYPE:
            told = json.loads(document.content)
            if told["signature"] and told["docstring"]:
                known |= {told["name"], *told["aliases"]}
    asked = dict.fromkeys(name.strip() for name in names)
    return [name for name in asked if name and not name.startswith("#") and name not in known]
