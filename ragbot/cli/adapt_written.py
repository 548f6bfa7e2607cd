"""`ragbot adapt --write-questions` and `--write-judgements`: what a language model writes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.progress import Bars

if TYPE_CHECKING:
    from ragbot.adapt.grading import GradedCounts, GradeRequest
    from ragbot.adapt.writing import Written
    from ragbot.settings import Settings


def write_and_tell(
    settings: "Settings", path: Path, limit: int | None, seed: int, *, as_json: bool
) -> None:
    """Have questions written to a file, and print the counts."""
    from ragbot.adapt.writing import write_questions

    with _told_if_stopped(path), Bars() as bars:
        done = write_questions(settings, path, limit, seed, bars)
    click.echo(json.dumps(asdict(done)) if as_json else _of_questions(path, done))


def grade_and_tell(settings: "Settings", request: "GradeRequest", *, as_json: bool) -> None:
    """Have quotes graded to a file, and print the counts."""
    from ragbot.adapt.grading import write_judgements

    with _told_if_stopped(request.output), Bars() as bars:
        done = write_judgements(settings, request, bars)
    click.echo(json.dumps(asdict(done)) if as_json else _of_grades(request.output, done))


@contextmanager
def _told_if_stopped(path: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        if path.exists():
            message = (
                f"ragbot: stopped; what was written is in {path}, and the same command goes on"
            )
            click.echo(message, err=True)
        raise


def _of_questions(path: Path, done: "Written") -> str:
    return (
        f"{done.questions:,} questions on {done.slices:,} slices added to {path}; "
        f"{done.empty:,} slices say nothing by themselves, {done.dropped:,} lines of the model "
        f"were no question or copied the passage, {done.before:,} slices were done before, "
        f"{done.failed:,} got no reply and are asked again next time."
    )


def _of_grades(path: Path, done: "GradedCounts") -> str:
    spread = ", ".join(f"{grade}: {count:,}" for grade, count in sorted(done.grades.items()))
    return (
        f"{done.questions:,} questions with {done.quotes:,} quotes, graded by {done.model}, added "
        f"to {path} (by grade {spread}); {done.before:,} questions were graded before, for "
        f"{done.empty:,} nothing was found; {done.wrong:,} were left out because the replies were "
        f"not a grade for each quote, {done.failed:,} got no reply: the same command asks about "
        "these again."
    )
