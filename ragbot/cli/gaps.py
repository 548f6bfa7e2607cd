"""`ragbot gaps` and `ragbot feedback`: what a service's readers miss."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from ragbot.cli.options import index_option, json_option, settings

_SHOWN = 20
GAPS_EPILOG = """\b
Examples:
  ragbot gaps                       what was refused, voted down or had empty cells, as a table
  ragbot gaps --html gaps.html      the same as a page with bars

\b
A service keeps questions for this where RAGBOT_KEEP_QUESTIONS_DAYS says so, in the index folder.
"""
FEEDBACK_EPILOG = """\b
Examples:
  ragbot feedback export > feedback.jsonl
"""


@click.command(epilog=GAPS_EPILOG)
@index_option
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with bars."
)
@json_option
def gaps(index: Path | None, html: Path | None, as_json: bool) -> None:
    """Tell what documentation is missing, from what was asked."""
    chosen = settings(index=index)
    from api.feedback.gaps import gaps as found_in
    from api.feedback.report import page
    from api.feedback.store import FeedbackStore
    from ragbot.encoder import open_encoder
    from ragbot.index.generation import Generation
    from ragbot.index.serving import kept_encoder, without_graph

    answers = FeedbackStore(chosen.index).answers()
    if not answers:
        click.echo(
            "no questions are kept; a service keeps them with RAGBOT_KEEP_QUESTIONS_DAYS=90",
            err=True,
        )
    generation = Generation.open(chosen.index)
    encoder = kept_encoder(generation, chosen) or open_encoder(without_graph(chosen))
    found = found_in(answers, generation.guide, encoder.encode_queries)
    if html is not None:
        html.write_text(page(found), encoding="utf-8")
        click.echo(f"{html} is written.", err=True)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    click.echo(f"{found.open:,} of {found.answers:,} answers left something open.")
    table = Table("Subject", "Aspect", "Refused", "Voted down", "Empty cells")
    for hole in found.holes[:_SHOWN]:
        counts = map(str, (hole.refused, hole.voted_down, hole.empty))
        table.add_row(hole.subject or "none named", hole.aspect, *counts)
    Console(highlight=False).print(table)
    table = Table("Asked", "Refused", "Voted down", "Questions near each other")
    for group in found.groups[:_SHOWN]:
        counts = map(str, (group.count, group.refused, group.voted_down))
        table.add_row(*counts, "\n".join(group.questions))
    Console(highlight=False, markup=False).print(table)


@click.group(epilog=FEEDBACK_EPILOG)
def feedback() -> None:
    """Export what readers said of answers."""


@feedback.command(epilog=FEEDBACK_EPILOG)
@index_option
def export(index: Path | None) -> None:
    """Print what readers said, a JSON line each, with the question where it is kept."""
    chosen = settings(index=index)
    from api.feedback.store import FeedbackStore

    for line in FeedbackStore(chosen.index).exported():
        click.echo(json.dumps(line, ensure_ascii=False))
