"""Documents into slices of about 150 words that questions can be written for."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ragbot.types import Document

WORDS, STRIDE = 150, 120  # what is shared shows later which slices are neighbours
FEWEST = 40  # words with a letter in them; what has fewer says nothing by itself
_LETTER = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice of a document, its title in front; `doc` names the document."""

    doc: str
    text: str

    @property
    def key(self) -> str:
        """The same for the same words."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def slices(documents: Iterable[Document], seed: int) -> list[Slice]:
    """Every slice that says enough, once, in an order that the seed decides."""
    found = list({part.key: part for document in documents for part in _cut(document)}.values())
    order = np.random.default_rng([seed, 3]).permutation(len(found))
    return [found[int(place)] for place in order]


def _cut(document: Document) -> Iterator[Slice]:
    words = document.text.split()
    for start in range(0, max(1, len(words) - (WORDS - STRIDE)), STRIDE):
        part = words[start : start + WORDS]
        if sum(bool(_LETTER.search(word)) for word in part) >= FEWEST:
            title = document.title.rstrip(".")
            text = " ".join([f"{title}.", *part] if title else part)
            yield Slice(f"{document.source_id}/{document.path}", text)
