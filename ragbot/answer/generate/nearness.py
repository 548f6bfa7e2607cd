"""How near two texts, or two words, are in meaning."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from ragbot.answer.generate.turning import POLAR, opposite
from ragbot.encoder import Encoder

NEAR_WORDS: Final = 0.65  # cosine of two words that mean nearly the same
_SHORTEST: Final = 4  # letters; what is shorter is mostly an abbreviation


class Nearness:
    """Cosines by the encoder; each text of one answer is encoded once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, npt.NDArray[np.float32]] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Encode what is not known yet, in one batch."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode_passages(new), strict=True))

    def cosine(self, one: str, other: str) -> float:
        """The cosine of two texts."""
        self.learn((one, other))
        return float(self._known[one] @ self._known[other])

    def near(self, word: str, others: Iterable[str]) -> bool:
        """Whether a word means nearly what one of the others does; never one with an opposite."""
        if word in POLAR or len(word) < _SHORTEST or not word.replace("-", "").isalpha():
            return False
        comparable = [
            other for other in others if len(other) >= _SHORTEST and not opposite(word, other)
        ]
        self.learn((word, *comparable))
        return any(self.cosine(word, other) >= NEAR_WORDS for other in comparable)
