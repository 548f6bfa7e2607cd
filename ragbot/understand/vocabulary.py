"""What is known of the words of one corpus."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol, Self

from ragbot.encoder import Encoder
from ragbot.guide import Guide
from ragbot.index.generation import Generation
from ragbot.understand.names import NamedDocument, NameIndex, named_documents
from ragbot.understand.resolver import Resolver
from ragbot.understand.words import WordWeights


class Names(Protocol):
    """The programming names of an index; `lasts` are their last parts, in lower case."""

    @property
    def lasts(self) -> Collection[str]:
        """The last part of every name, in lower case."""
        ...

    def ending(self, written: str) -> tuple[NamedDocument, ...]:
        """The documents with a name that ends in all parts of a written one, whatever its case."""
        ...

    def begins(self, written: str) -> bool:
        """Whether a name goes on after a written one, as that of a module does."""
        ...


@dataclass(frozen=True)
class Vocabulary:
    """The words of one corpus.

    `weights` gives the inverse document frequency of each token of a text, in 0..1; `is_word` tells
    whether a word in lower case is one of the language, whether the corpus holds it or not; `holds`
    whether a passage does, in any of its forms, `holds_script` whether one holds such letters;
    `resolver` which documents a text means by what it calls things.
    """

    guide: Guide
    weights: WordWeights
    names: Names
    is_word: Callable[[str], bool]
    resolver: Resolver
    holds: Callable[[str], bool] = lambda _: False
    holds_script: Callable[[re.Pattern[str]], bool] = lambda _: False

    @classmethod
    def of(cls, generation: Generation, encoder: Encoder) -> Self:
        """The vocabulary of an index; what its encoder reads in one piece is a word."""

        def is_word(word: str) -> bool:
            return encoder.count_tokens([word])[0] == 1

        guide, library, lexical = generation.guide, generation.library, generation.lexical
        return cls(
            guide,
            lexical.weights,
            NameIndex(library),
            is_word,
            Resolver(lambda: named_documents(library), guide, lexical.weights),
            lexical.holds,
            lexical.holds_script,
        )
