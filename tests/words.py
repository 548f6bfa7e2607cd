"""An encoder whose vectors can be worked out by hand."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from ragbot.encoder import Progress, Vectors

WORDS = (
    *("heron", "ibex", "marmot"),
    *("speed", "fast", "slow", "reads", "writes"),
    *("backup", "snapshot", "restore", "stopped"),
    *("learning", "easy", "hard", "beginner"),
    *("cost", "free", "price", "pay"),
    *("choose", "recommend", "connect", "open", "rows", "query", "disk", "server"),
)


class WordEncoder:
    """An Encoder in which every known word is a dimension of its own.

    A text's vector has the same value for each different known word in it and is of unit length;
    a text without a known word lies along one more dimension. Tokens are what white space parts.
    """

    def __init__(self, words: Sequence[str] = WORDS, window: int = 64) -> None:
        self.name = self.engine = "words"
        self.weights = hashlib.sha256(" ".join(words).encode()).hexdigest()
        self.fingerprint = f"{self.weights}:float32"
        self.dimension = len(words) + 1
        self.window = window
        self.encoded: list[str] = []  # every passage it was asked for
        self._places = {word: place for place, word in enumerate(words)}

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._vectors(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.encoded.extend(texts)
        if progress and texts:
            progress(len(texts))
        return self._vectors(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            found = set(re.findall(r"\w+", text.lower())) & self._places.keys()
            vectors[row, [self._places[word] for word in found] or [-1]] = 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
