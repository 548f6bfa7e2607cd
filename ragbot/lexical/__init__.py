"""Which passages share words with a query: BM25 by bm25s, over tokens of our own."""

import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import bm25s
import numpy as np
import numpy.typing as npt

from ragbot.errors import IndexDamagedError
from ragbot.lexical.tokens import tokens

Scores = npt.NDArray[np.float32]

K1, B = 1.2, 0.75  # Robertson and Zaragoza (2009), the usual values
METHOD = "lucene"

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for every message of its own


class LexicalIndex:
    """BM25 scores of every passage for a query; safe to share between threads."""

    def __init__(self, model: bm25s.BM25, count: int) -> None:
        self._model = model
        self._count = count
        self._vocabulary: dict[str, int] = model.vocab_dict

    @classmethod
    def build(cls, texts: Iterable[str]) -> Self:
        """Index texts, in row order."""
        vocabulary: dict[str, int] = {}
        rows = [[vocabulary.setdefault(t, len(vocabulary)) for t in tokens(text)] for text in texts]
        model = bm25s.BM25(k1=K1, b=B, method=METHOD)
        vocabulary = vocabulary or {"": 0}
        model.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(model, len(rows))

    @classmethod
    def open(cls, folder: Path, count: int) -> Self:
        """Read an index back; nothing pickled is ever loaded.

        Raises:
            IndexDamagedError: the folder holds something else.
        """
        try:
            model = bm25s.BM25.load(folder, allow_pickle=False, show_progress=False)
        except (OSError, ValueError, KeyError, json.JSONDecodeError) as error:
            raise IndexDamagedError(
                f"{folder} is no BM25 index ({error}); rebuild with `ragbot build`"
            ) from error
        return cls(model, count)

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self._model.save(folder, show_progress=False)

    def scores(self, query: str) -> Scores:
        """The BM25 score of every passage, shape (passages,); 0 where no word is shared."""
        known = [self._vocabulary[t] for t in tokens(query) if t in self._vocabulary]
        if not known:
            return np.zeros(self._count, dtype=np.float32)
        found: Scores = self._model.get_scores_from_ids(known)
        return found[: self._count]

    def weights(self, query: str) -> dict[str, float]:
        """The distinct tokens of a query with their inverse document frequency, in 0..1.

        A token that no passage holds has 1, one that every passage holds nearly 0.
        """
        pointers = self._model.scores["indptr"]
        weights = {}
        for token in dict.fromkeys(tokens(query)):
            row = self._vocabulary.get(token)
            held = 0 if row is None else int(pointers[row + 1] - pointers[row])
            weights[token] = float(
                np.log(1 + (self._count - held + 0.5) / (held + 0.5))
                / np.log(1 + (self._count + 0.5) / 0.5)
            )
        return weights
