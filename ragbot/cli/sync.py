"""`ragbot sync`: fetch what sources.toml names."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.options import corpus_option, index_option, json_option, settings, verbose_option

if TYPE_CHECKING:
    from ragbot.sources.sync import Outcome

SHOWN_PROBLEMS = 5  # of each source
EPILOG = """\b
Examples:
  ragbot sync                     every source that is fetched
  ragbot sync torch-api --json    one of them

What was fetched is kept in the index folder; what it was resolved to is written into sources.lock
beside sources.toml. A source that cannot be reached keeps what it had. `ragbot build` indexes it.
"""


@click.command(epilog=EPILOG)
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@corpus_option
@index_option
@verbose_option
@json_option
def sync(
    names: tuple[str, ...], corpus: Path | None, index: Path | None, verbose: bool, as_json: bool
) -> None:
    """Fetch the documents of the named sources, or of all, into the local store."""
    chosen = settings(corpus=corpus, index=index)
    from ragbot.cli.progress import Bars
    from ragbot.sources.sync import sync as sync_sources

    with Bars() as bars:
        outcomes = sync_sources(chosen.corpus, chosen.index, names, bars)
    complain(outcomes, verbose=verbose)
    if as_json:
        click.echo(json.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False))
    else:
        for outcome in outcomes:
            if not outcome.error:
                done = "synced" if outcome.changed else "is up to date"
                click.echo(
                    f"{outcome.source} {done}: {outcome.resolved}, "
                    f"{outcome.documents:,} documents, {outcome.seconds:.1f} s"
                )
    if any(outcome.error for outcome in outcomes):
        raise SystemExit(1)


def complain(outcomes: "Sequence[Outcome]", *, verbose: bool = False) -> None:
    """Say on stderr which sources or documents could not be had, with `verbose` every one."""
    for outcome in outcomes:
        if outcome.error:
            click.echo(f"not synced: {outcome.source}: {outcome.error}", err=True)
        shown = len(outcome.problems) if verbose else SHOWN_PROBLEMS
        for problem in outcome.problems[:shown]:
            click.echo(f"{outcome.source}: {problem.path}: {problem.reason}", err=True)
        if len(outcome.problems) > shown:
            more = len(outcome.problems) - shown
            click.echo(f"{outcome.source}: ... and {more:,} more (--verbose names all)", err=True)
