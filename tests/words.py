"""An encoder whose vectors can be worked out by hand."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from ragbot.encoder import Progress, Vectors
from ragbot.guide import Guide
from ragbot.judge import READ, Asked, Judged
from ragbot.judge.candidates import Candidate
from ragbot.types import BlockKind

WORDS = (
    *("heron", "ibex", "marmot"),
    *("speed", "fast", "slow", "reads", "writes"),
    *("backup", "snapshot", "restore", "stopped"),
    *("learning", "easy", "hard", "beginner"),
    *("cost", "free", "price", "pay"),
    *("choose", "recommend", "connect", "open", "rows", "query", "disk", "server"),
)


ASKING = frozenset(
    (
        *("a", "an", "and", "are", "be", "can", "compare", "do", "does", "for", "how", "i", "in"),
        *("is", "it", "of", "on", "or", "the", "to", "what", "which", "why", "with"),
    )
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


class WordJudge:
    """A Judge that can be worked out by hand.

    A statement helps by the share of the different words asked for (subjects and words of asking
    aside) that stand in it, its label or its headings; for an aspect, by 0.8 with a word of it in
    the quote or label, 0.6 in the headings, else 0.1; a listing by half of that where nobody asks
    how, what asks not at all. What a name in the question leads to helps by 0.2 more. A twentieth
    of the cosine parts those that are level. It answers from 0.5 on, twice as much beyond that.
    """

    name = "words"

    def __init__(self, guide: Guide) -> None:
        self._guide = guide

    def judge(
        self, asked: Asked, candidates: Sequence[Candidate], most: int = READ
    ) -> list[Judged]:
        return [self._one(asked, candidate) for candidate in candidates]

    def _one(self, asked: Asked, candidate: Candidate) -> Judged:
        beside = f"{candidate.statement.label} {candidate.quote}"
        if asked.aspect:
            near = self._guide.aspect_words(asked.aspect, beside)
            far = self._guide.aspect_words(asked.aspect, candidate.heading)
            helps = 0.8 if near else 0.6 if far else 0.1
        else:
            wanted = self._words(asked.text)
            held = wanted & self._words(f"{beside} {candidate.heading}")
            helps = len(held) / max(1, len(wanted))
        if candidate.statement.kind is BlockKind.CODE and "how" not in asked.text.lower():
            helps *= 0.5
        helps *= 0.0 if candidate.quote.endswith("?") else 0.9
        helps += 0.2 * candidate.named
        helps += 0.05 * max(0.0, float(candidate.vector @ asked.vector))
        return Judged(candidate, max(0.0, 2 * helps - 1), helps)

    def _words(self, text: str) -> set[str]:
        for start, end, _ in reversed(self._guide.mentions(text)):
            text = text[:start] + text[end:]
        return {word for word in re.findall(r"[a-z]+", text.lower()) if word not in ASKING}
