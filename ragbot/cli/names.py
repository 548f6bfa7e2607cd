"""`ragbot names`: which documented names a text means."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from ragbot.cli.options import index_option, json_option, settings

EPILOG = """\b
Examples:
  ragbot names "batch norm 2d in pytorch"
  ragbot names "cross entropy loss" --limit 3 --json
"""


@click.command(epilog=EPILOG)
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Names.")
@index_option
@json_option
def names(text: str, limit: int, index: Path | None, as_json: bool) -> None:
    """Show which documented names a text means, likeliest first."""
    from ragbot.assistant import Assistant

    assistant = Assistant.open(settings(index=index))
    found = assistant.names(text, limit)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    if not found:
        click.echo(f"no documented name is near to {text!r}", err=True)
    for one in found:
        place = assistant.guide.name_of(one.subject)
        click.echo(f"{one.probability:.2f}  {one.name} ({place}), read from {one.text!r}")
