"""Which passages share words with a query: BM25 by bm25s, over tokens of our own."""

import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import bm25s
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, TypeAdapter

from ragbot import door
from ragbot.lexical.tokens import tokens

Scores = npt.NDArray[np.float32]

K1, B = 1.2, 0.75  # Robertson and Zaragoza (2009), the usual values
METHOD = "lucene"

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for every message of its own


MOST_SETTINGS = 10_000  # bytes
MOST_WORDS = 1 << 30  # bytes of the vocabulary


class _Settings(BaseModel):
    """What bm25s writes about an index; other settings would give other scores."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    k1: float = K1
    b: float = B
    method: str = METHOD
    dtype: str = "float32"
    int_dtype: str = "int32"
    num_docs: int


_SETTINGS = TypeAdapter(_Settings)
_VOCABULARY = TypeAdapter(dict[str, int], config=ConfigDict(strict=True))


class LexicalIndex:
    """BM25 scores of every passage for a query; safe to share between threads."""

    def __init__(self, model: bm25s.BM25, count: int) -> None:
        self._model = model
        self._count = count
        self._vocabulary: dict[str, int] = model.vocab_dict
        self._scripts: dict[re.Pattern[str], bool] = {}

    @classmethod
    def build(cls, texts: Iterable[str]) -> Self:
        """Index texts, in row order."""
        vocabulary: dict[str, int] = {}
        rows = [[vocabulary.setdefault(t, len(vocabulary)) for t in tokens(text)] for text in texts]
        model = _model()
        vocabulary = vocabulary or {"": 0}
        model.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(model, len(rows))

    @classmethod
    def open(cls, folder: Path, count: int) -> Self:
        """Read the index of `count` texts back; nothing pickled is ever loaded.

        Raises:
            IndexDamagedError: the folder holds something else.
        """
        settings = door.facts(folder / "params.index.json", _SETTINGS, MOST_SETTINGS)
        if settings != _Settings(num_docs=count):
            fault = f"is no BM25 index of {count:,} passages with the settings in use"
            raise door.damaged(folder / "params.index.json", fault)
        pointers = door.array(folder / "indptr.csc.index.npy", np.int64, (None,))
        rows = door.array(folder / "indices.csc.index.npy", np.int32, (None,))
        scores = door.array(folder / "data.csc.index.npy", np.float32, (len(rows),))
        words = len(pointers) - 1
        if words < 0 or pointers[0] != 0 or pointers[-1] != len(rows) or _falls(pointers):
            fault = "does not say where the postings of each word lie"
            raise door.damaged(folder / "indptr.csc.index.npy", fault)
        if len(rows) and not 0 <= rows.min() <= rows.max() < count:
            fault = "names passages that there are not"
            raise door.damaged(folder / "indices.csc.index.npy", fault)
        path = folder / "vocab.index.json"
        vocabulary = door.facts(path, _VOCABULARY, MOST_WORDS)
        with door.parsing(path):
            numbers = np.sort(np.fromiter(vocabulary.values(), np.int64, len(vocabulary)))
        if len(numbers) != words or (numbers != np.arange(words)).any():
            raise door.damaged(path, f"does not number the {words:,} words of the postings")
        model = _model()
        model.vocab_dict = vocabulary
        model.nonoccurrence_array = None  # which this method has none of
        model.scores = {"data": scores, "indices": rows, "indptr": pointers, "num_docs": count}
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

    def holds(self, word: str) -> bool:
        """Whether some text holds a word, in any of its forms; words that are left out are held."""
        return all(token in self._vocabulary for token in tokens(word))

    def holds_script(self, letters: re.Pattern[str]) -> bool:
        """Whether some text holds one of these letters."""
        if letters not in self._scripts:
            self._scripts[letters] = any(map(letters.search, self._vocabulary))
        return self._scripts[letters]

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


def _model() -> bm25s.BM25:
    return bm25s.BM25(k1=K1, b=B, method=METHOD)


def _falls(pointers: npt.NDArray[np.int64]) -> bool:
    return bool((pointers[1:] < pointers[:-1]).any())
