"""`ragbot ask` and `ragbot compare`: a question in, cited quotes out."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ragbot.cli.options import (
    batch_option,
    filter_options,
    filters,
    index_option,
    json_option,
    settings,
)

if TYPE_CHECKING:
    from ragbot.assistant import Assistant
    from ragbot.types import Answer

ASK_EPILOG = """\b
Examples:
  ragbot ask "Compare Keras, TensorFlow and PyTorch on ease of use and deployment"
  ragbot ask "What is Keras?" --authority official --json
  ragbot ask "And on mobile?" --after "Keras or PyTorch?"
  ragbot ask --batch questions.jsonl > answers.jsonl

A line of a batch is {"id", "question", "history"?}, where history is a list of
{"role", "content"}; its answer is
{"id", "abstained", "quotes", "lead", "form", "objects", "answer"}.
"""
COMPARE_EPILOG = """\b
Examples:
  ragbot compare keras pytorch
  ragbot compare keras tensorflow pytorch --on deployment --on ease-of-use
"""


@click.command(epilog=ASK_EPILOG)
@click.argument("question", required=False)
@index_option
@filter_options
@click.option(
    "--after",
    multiple=True,
    metavar="QUESTION",
    help="A question asked before, which this one follows up (repeatable, oldest first).",
)
@batch_option
@json_option
def ask(
    question: str | None,
    index: Path | None,
    after: tuple[str, ...],
    batch: Path | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Answer a question with quotes from the documents."""
    if (question is None) == (batch is None):
        raise click.UsageError("give a question, or --batch FILE")
    if after and batch is not None:
        raise click.UsageError("a line of a batch has its own history; leave --after out")
    if batch is not None:
        from ragbot.cli.batch import read_batch
        from ragbot.evaluation.runs import ask_line

        asked = read_batch(batch)
        assistant = _open(index)
        for one in asked:
            line = ask_line(assistant, one.id, one.question, one.history, filters(chosen))
            click.echo(json.dumps(line, ensure_ascii=False))
    elif question is not None:
        assistant = _open(index)
        from ragbot.assistant import Turn

        history = [Turn("user", earlier) for earlier in after]
        _show(assistant, assistant.ask(question, history, filters(chosen)), as_json=as_json)


@click.command(epilog=COMPARE_EPILOG)
@click.argument("names", nargs=-1, required=True, metavar="SUBJECT SUBJECT...")
@click.option("--on", "aspects", multiple=True, help="Aspect, by id or name (repeatable).")
@index_option
@filter_options
@json_option
def compare(
    names: tuple[str, ...],
    aspects: tuple[str, ...],
    index: Path | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Compare subjects on aspects; without --on, on those that the sources compare."""
    assistant = _open(index)
    _show(assistant, assistant.compare(names, aspects, filters(chosen)), as_json=as_json)


def _open(index: Path | None) -> "Assistant":
    chosen = settings(index=index)
    from ragbot.assistant import Assistant

    return Assistant.open(chosen)


def _show(assistant: "Assistant", answer: "Answer", *, as_json: bool) -> None:
    if as_json:
        from api.answers import AnswerOut  # one JSON form: that of the service

        click.echo(AnswerOut.from_answer(assistant.summarised(answer)).model_dump_json())
        return
    from ragbot.cli.screen import draw, draw_summary

    draw(answer)
    draw_summary(answer, assistant.summaries(answer))
