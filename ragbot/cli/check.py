"""`ragbot check`: a saved answer against an index, offline."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.options import index_option, json_option, settings

if TYPE_CHECKING:
    from ragbot.answer.recheck import Report

EPILOG = """\b
Examples:
  ragbot ask "Keras or PyTorch?" --json > answer.json
  ragbot check answer.json
  curl -s http://127.0.0.1:8000/v1/ask ... | ragbot check - --json

\b
Exit status: 0 every quote stands in its document and every claim rests on the quotes it cites
(against another generation than that which answered, a quote may have moved), 1 something does
not hold, 2 the file is no saved answer.
"""
SHOWN = 80  # characters of a quote


@click.command(epilog=EPILOG)
@click.argument("answer", type=click.Path(path_type=Path, allow_dash=True))
@index_option
@json_option
def check(answer: Path, index: Path | None, as_json: bool) -> None:
    """Check a saved answer anew: its quotes, its numbers and its claims."""
    from ragbot.answer.saved import read_saved
    from ragbot.cli.batch import text_of, unreadable
    from ragbot.errors import AnswerError

    try:
        saved = read_saved(text_of(answer), str(answer))
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(unreadable(answer, error)) from error
    except AnswerError as error:
        raise click.UsageError(str(error)) from error
    chosen = settings(index=index)
    from ragbot.answer.recheck import recheck
    from ragbot.index.generation import Generation

    generation = Generation.open(chosen.index)
    report = recheck(saved, generation.library, generation.guide, generation.name)
    if as_json:
        facts = asdict(report) | {"same_generation": report.same_generation, "holds": report.holds}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        _draw(report)
    if not report.holds:
        raise SystemExit(1)


def _draw(report: "Report") -> None:
    for quote in report.quotes:
        if quote.outcome != "sound":
            said = " ".join(quote.quote.split())
            shown = said if len(said) <= SHOWN else f"{said[:SHOWN]}…"
            click.echo(f"{quote.outcome}: [{quote.number}] “{shown}”: {quote.detail}")
    for fault in report.faults:
        click.echo(f"wrong: {fault.where}: {fault.what}")
    if not report.same_generation:
        click.echo(f"answered by {report.answered_by}, checked against {report.checked_against}")
    sound = sum(quote.outcome == "sound" for quote in report.quotes)
    verdict = "holds" if report.holds else "does not hold"
    click.echo(
        f"The answer {verdict}: {sound} of {len(report.quotes)} quotes stand where they stood, "
        f"{report.claims} claims checked, {len(report.faults)} faults."
    )
