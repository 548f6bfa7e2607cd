"""How well questions find their passages, and how far an adapter moves what it was not taught."""

import gzip
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ragbot.adapt.recipe import Rows
from ragbot.encoder import Encoder, Progress, Vectors
from ragbot.errors import AdaptError

DEPTH = 10
AT_ONCE = 256  # questions whose similarities are held in memory together


@dataclass(frozen=True, slots=True)
class Score:
    """Mean reciprocal rank of the own passage, 0 below the tenth; share of it in the first ten."""

    mrr: float
    recall: float


@dataclass(frozen=True, slots=True)
class Guard:
    """A retrieval set of another field: what was learnt must not cost much there.

    `relevant` gives for each query the rows of its relevant texts with their grades.
    """

    name: str
    texts: tuple[str, ...]
    queries: tuple[str, ...]
    relevant: tuple[dict[int, float], ...]


def score(
    questions: Vectors, texts: Vectors, answers: Rows, barred: npt.NDArray[np.bool_]
) -> Score:
    """Ranks of the questions' own passages; a passage that ties with the own one stands before it.

    Args:
        questions: shape (n, dimension), of unit length.
        texts: shape (m, dimension), of unit length.
        answers: the row of each question's own passage.
        barred: shape (n, m), True where a passage counts neither way (it overlaps with the own).
    """
    scores = questions @ texts.T
    own = scores[np.arange(len(answers)), answers][:, None]
    ahead = (scores >= own) & ~barred
    ahead[np.arange(len(answers)), answers] = False
    ranks = ahead.sum(axis=1) + 1
    found = ranks <= DEPTH
    return Score(float(np.where(found, 1 / ranks, 0).mean()), float(found.mean()))


def read_guard(folder: Path) -> Guard:
    """A set in BEIR's form: corpus.jsonl (or .gz), queries.jsonl (or .gz) and qrels.tsv.

    Raises:
        AdaptError: a file is missing or not of that form.
    """
    try:
        corpus = [json.loads(line) for line in _lines(folder, "corpus.jsonl")]
        queries = {
            line["_id"]: line["text"] for line in map(json.loads, _lines(folder, "queries.jsonl"))
        }
        rows = {document["_id"]: row for row, document in enumerate(corpus)}
        grades: dict[str, dict[int, float]] = {}
        for line in _lines(folder, "qrels.tsv")[1:]:
            query, document, grade = line.split("\t")
            if float(grade) > 0:
                grades.setdefault(query, {})[rows[document]] = float(grade)
        texts = tuple(f"{one.get('title') or ''} {one['text']}".strip() for one in corpus)
        asked = tuple(queries[query] for query in grades)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise AdaptError(
            f"{folder} is no retrieval set in BEIR's form (corpus.jsonl, queries.jsonl, qrels.tsv; "
            f"the first two may end in .gz): {type(error).__name__}: {error}"
        ) from error
    if not asked:
        raise AdaptError(f"{folder} holds no query with a relevant document")
    return Guard(folder.resolve().name, texts, asked, tuple(grades.values()))


def ndcg(encoder: Encoder, guard: Guard, progress: Progress | None = None) -> float:
    """Mean nDCG at 10 of exact dense search (Järvelin and Kekäläinen 2002, with linear gains)."""
    texts = encoder.encode_passages(guard.texts, progress)
    queries = encoder.encode_queries(guard.queries)
    total = 0.0
    for start in range(0, len(queries), AT_ONCE):
        similar = queries[start : start + AT_ONCE] @ texts.T
        best = np.argsort(-similar, axis=1, kind="stable")[:, :DEPTH]
        for line, relevant in zip(best, guard.relevant[start : start + AT_ONCE], strict=True):
            gains = [relevant.get(int(row), 0.0) for row in line]
            ideal = sorted(relevant.values(), reverse=True)[:DEPTH]
            total += _discounted(gains) / _discounted(ideal)
    return total / len(queries)


def drift(before: Vectors, after: Vectors) -> float:
    """How much the cosines among texts change in the mean, 0 to 2; both of shape (n, dimension)."""
    upper = np.triu_indices(len(before), k=1)
    return float(np.abs((before @ before.T)[upper] - (after @ after.T)[upper]).mean())


def _discounted(gains: list[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _lines(folder: Path, name: str) -> list[str]:
    packed = folder / f"{name}.gz"
    if packed.exists():
        text = gzip.decompress(packed.read_bytes()).decode("utf-8")
    else:
        text = (folder / name).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line.strip()]
