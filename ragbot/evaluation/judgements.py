"""`python -m ragbot.evaluation.judgements FILE`: how well the judge orders graded quotes.

The quotes of FILE are found again in an index by document and words, and judged as candidates of
their question, ordered by the sum of both probabilities. Printed by split, over questions with a
quote graded 2 or 3: nDCG@5, the share of first quotes and of the first three that are graded 2 or
3; and probabilities beside how often they came true. What a judge has learnt from says little about
it: look at the other splits.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ragbot.encoder import open_encoder
from ragbot.errors import RagbotError
from ragbot.index.generation import Generation
from ragbot.index.serving import kept_encoder, must_fit, without_graph
from ragbot.judge import Judge
from ragbot.judge.judgements import Finder, GradedQuestion, read
from ragbot.judge.judges import open_judge
from ragbot.judge.measures import (
    ANSWERS,
    HELPS,
    Bin,
    Grades,
    Order,
    Shares,
    calibration_error,
    curve,
    order,
)
from ragbot.settings import load


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """The graded quotes of one question with their probabilities; `quotes` were in the file."""

    split: str
    quotes: int
    grades: Grades
    helps: Shares
    answers: Shares


@dataclass(frozen=True, slots=True)
class SplitReport:
    """What is printed of one split; the curves are those of helping and of answering."""

    split: str
    questions: int
    quotes: int
    found: int
    order: Order
    helps_error: float
    helps: list[Bin]
    answers_error: float
    answers: list[Bin]


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the file and print; 0, 1 where something is missing or wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m ragbot.evaluation.judgements", description=__doc__
    )
    parser.add_argument("file", type=Path, help="judgements, JSON lines, plain or .gz")
    parser.add_argument("--index", type=Path, default=None, help="index folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        settings = load({"index": options.index})
        generation = Generation.open(settings.index)
        encoder = kept_encoder(generation, settings, None) or open_encoder(without_graph(settings))
        must_fit(generation, encoder.name, encoder.weights)
        judge = open_judge(generation, settings)
        found = list(judged(read(options.file), Finder(generation, encoder), judge))
    except RagbotError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    reports = [report(name, found) for name in sorted({one.split for one in found})]
    if options.json:
        said = {"judge": judge.name, "splits": [asdict(one) for one in reports]}
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(table(judge.name, reports)) + "\n")
    return 0


def judged(
    questions: Iterable[GradedQuestion], finder: Finder, judge: Judge
) -> Iterator[JudgedQuestion]:
    """Each question with the probabilities of its graded quotes, those of its sides together."""
    for question in questions:
        rows: list[tuple[int, float, float]] = []
        for sheet in finder.sheets(question):
            probabilities = judge.judge(sheet.asked, sheet.candidates)
            rows += [
                (grade, one.helps, one.answers)
                for one, grade in zip(probabilities, sheet.grades, strict=True)
                if grade >= 0
            ]
        columns = np.array(rows, dtype=np.float64).reshape(-1, 3).T
        yield JudgedQuestion(
            question.split,
            len(question.quotes),
            columns[0].astype(np.int64),
            columns[1],
            columns[2],
        )


def report(split: str, found: Iterable[JudgedQuestion]) -> SplitReport:
    """The figures of one split."""
    of_it = [one for one in found if one.split == split]
    grades = np.concatenate([one.grades for one in of_it])
    helps = curve(np.concatenate([one.helps for one in of_it]), grades >= HELPS)
    answers = curve(np.concatenate([one.answers for one in of_it]), grades >= ANSWERS)
    return SplitReport(
        split=split,
        questions=len(of_it),
        quotes=sum(one.quotes for one in of_it),
        found=len(grades),
        order=order((one.helps + one.answers, one.grades) for one in of_it),
        helps_error=calibration_error(helps),
        helps=helps,
        answers_error=calibration_error(answers),
        answers=answers,
    )


def table(judge: str, reports: Iterable[SplitReport]) -> Iterator[str]:
    """The lines that are printed."""
    yield f"judge: {judge}"
    for one in reports:
        yield ""
        yield (
            f"{one.split or 'all'}: {one.questions:,} questions, {one.found:,} of {one.quotes:,} "
            f"graded quotes found again; {one.order.questions:,} questions have one of 2 or 3"
        )
        yield f"  nDCG@5 {one.order.ndcg:.3f}"
        yield f"  first quote graded 2 or 3  {one.order.first:.3f}"
        yield f"  first three graded 2 or 3  {one.order.first_three:.3f}"
        yield f"  one of the first three answers, where one does  {one.order.answered:.3f}"
        for name, error, bins in (
            ("helps", one.helps_error, one.helps),
            ("answers", one.answers_error, one.answers),
        ):
            yield f"  probability that it {name}, and how often it did (off by {error:.3f}):"
            for row in bins:
                yield f"    {row.probability:.3f}  {row.share:.3f}  {row.quotes:>7,} quotes"


if __name__ == "__main__":
    sys.exit(main())
