"""`ragbot sources`: what the live index was built from."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from ragbot.cli.options import index_option, json_option, settings

EPILOG = """\b
Examples:
  ragbot sources
  ragbot sources --json
"""


@click.command(epilog=EPILOG)
@index_option
@json_option
def sources(index: Path | None, as_json: bool) -> None:
    """List the sources of the live index with their documents, passages, dates and licences."""
    chosen = settings(index=index)
    from ragbot.index.generation import Generation

    generation = Generation.open(chosen.index)
    counts = generation.library.source_counts()
    found = generation.library.sources()
    if as_json:
        listed = [
            asdict(source) | dict(zip(("documents", "passages"), counts[source.id], strict=True))
            for source in found
        ]
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Source", "Title", "Authority", "Kind", "Date", "Docs", "Passages", "Licence")
    for source in found:
        documents, passages = counts[source.id]
        date = source.updated if source.updated != "undated" else source.published
        table.add_row(
            source.id,
            source.title,
            source.authority,
            source.kind,
            date,
            f"{documents:,}",
            f"{passages:,}",
            source.licence,
        )
    Console(highlight=False).print(table)
    for problem in generation.manifest.problems:
        click.echo(f"not read: {problem.path}: {problem.reason}", err=True)
