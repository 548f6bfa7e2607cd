"""`python -m ragbot.evaluation.refusals`: what the limits of refusal cost, and what others would.

Each question is measured once (answer/refuse.py: Signals); limits are then only compared with the
measures. Printed: the share refused of each set as it is, with every limit moved up and down, with
the limits that a search over a grid finds best, and what such a search reaches on questions it did
not see (5 folds, REPEATS times).
"""

import argparse
import gzip
import itertools
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragbot.answer.refuse import LIMITS, Limits, Signals, judge
from ragbot.assistant import Assistant
from ragbot.evaluation.runs import history_of
from ragbot.settings import load
from ragbot.types import Question

SETS = ("gold", "training", "unanswerable", "own")
ANSWERABLE = ("gold", "training")
SAMPLE = 300  # training questions, drawn with a fixed seed
FOLDS, REPEATS = 5, 10
WRONG = 3.0  # how much worse a question refused wrongly is than one answered wrongly
STEPS = (-0.04, -0.02, 0.02, 0.04)
GRID = {
    "least": (0.38, 0.40, 0.42),
    "least_bare": (0.44, 0.46, 0.48),
    "sure": (0.45, 0.47, 0.49),
    "sure_bare": (0.54, 0.57, 0.60),
    "covered": (0.42, 0.48),
    "covered_bare": (0.55, 0.60),
    "foreign": (0.56, 0.59),
}

Refusals = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measured:
    """One question as understood and what its refusal is decided on."""

    question: Question
    signals: Signals


def main() -> int:
    """Measure the sets, print the table; 0."""
    parser = argparse.ArgumentParser(prog="python -m ragbot.evaluation.refusals")
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="eval and train")
    parser.add_argument("--index", type=Path, default=Path("evaluation/index"))
    parser.add_argument("--own", type=Path, default=Path("tests/quality/unanswerable.tsv"))
    options = parser.parse_args()
    assistant = Assistant.open(load({"index": options.index}))
    found = {
        name: [_measured(assistant, item) for item in items]
        for name, items in zip(SETS, questions(options.shared, options.own), strict=True)
    }
    for line in table(found):
        sys.stdout.write(line + "\n")
    return 0


def questions(shared: Path, own: Path) -> Iterator[list[dict[str, Any]]]:
    """The questions of each of SETS: "question" and, for some, "history"."""
    gold = _lines((shared / "eval" / "questions.jsonl").read_text(encoding="utf-8"))
    yield [item for item in gold if item["nuggets"] and item.get("answerable", True)]
    with gzip.open(shared / "train" / "questions.jsonl.gz", "rt", encoding="utf-8") as file:
        training = _lines(file.read())
    random.Random(2).shuffle(training)  # noqa: S311 - a sample, no secret
    yield training[:SAMPLE]
    yield _lines((shared / "eval" / "unanswerable.jsonl").read_text(encoding="utf-8"))
    rows = own.read_text(encoding="utf-8").splitlines()
    yield [{"question": row.split("\t", 1)[1]} for row in rows]


def table(found: dict[str, list[Measured]]) -> Iterator[str]:
    """The lines that are printed."""
    yield f"{'':34}" + "".join(f"{name:>14}" for name in SETS)
    yield _row("questions", [len(found[name]) for name in SETS])
    for part in ("cosine", "covered"):
        for percent in (5, 50, 95):
            values = [[getattr(m.signals, part) for m in found[name]] for name in SETS]
            yield _row(f"{part}, {percent} % below", [np.percentile(v, percent) for v in values])
    yield _row("refused, limits as they are", _shares(found, LIMITS))
    for field in fields(Limits):
        for step in STEPS:
            moved = replace(LIMITS, **{field.name: getattr(LIMITS, field.name) + step})
            yield _row(f"  {field.name} {step:+.2f}", _shares(found, moved))
    grid = [Limits(**dict(zip(GRID, values, strict=True))) for values in _product()]
    refused = {name: _matrix(found[name], grid) for name in SETS}
    best = _best(refused)
    yield _row("refused, best of the grid", [refused[name][best].mean() for name in SETS])
    yield f"  {grid[best]}"
    yield _row("refused, best for other folds", _unseen(refused))


def _unseen(refused: dict[str, Refusals]) -> list[float]:
    """What the limits that are best on four folds refuse of the fifth, on average."""
    random_order = np.random.default_rng(0)
    found: dict[str, list[float]] = {name: [] for name in SETS}
    for _ in range(REPEATS):
        fold = {n: random_order.permutation(refused[n].shape[1]) % FOLDS for n in SETS}
        for out in range(FOLDS):
            best = _best({name: refused[name][:, fold[name] != out] for name in SETS})
            for name in SETS:
                found[name].append(float(refused[name][best, fold[name] == out].mean()))
    return [float(np.mean(found[name])) for name in SETS]


def _best(refused: dict[str, Refusals]) -> int:
    """The row of the limits that refuse most of what they should, and least of what not."""
    worth = np.zeros(len(refused[SETS[0]]))
    for name in SETS:
        sign = -WRONG if name in ANSWERABLE else 1.0
        worth += sign * refused[name].mean(axis=1)
    return int(worth.argmax())


def _matrix(measured: Sequence[Measured], grid: Sequence[Limits]) -> Refusals:
    """Whether limits refuse a question; shape (limits, questions)."""
    return np.array([[_refused(m, limits) for m in measured] for limits in grid], dtype=bool)


def _shares(found: dict[str, list[Measured]], limits: Limits) -> list[float]:
    return [float(_matrix(found[name], [limits]).mean()) for name in SETS]


def _refused(measured: Measured, limits: Limits) -> bool:
    return judge(measured.question, measured.signals, limits) is not None


def _measured(assistant: Assistant, item: dict[str, Any]) -> Measured:
    return Measured(*assistant.signals(item["question"], history_of(item)))


def _product() -> Iterator[tuple[float, ...]]:
    return itertools.product(*GRID.values())


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _row(name: str, values: Sequence[float]) -> str:
    said = (f"{v:>14,}" if isinstance(v, int) else f"{v:>14.3f}" for v in values)
    return f"{name:<34}" + "".join(said)


if __name__ == "__main__":
    sys.exit(main())
