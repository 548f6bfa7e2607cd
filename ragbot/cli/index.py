"""`ragbot index`: the generations that are kept, and which of them is live."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from ragbot.cli.options import index_option, json_option, settings

EPILOG = """\b
Examples:
  ragbot index list                 what is kept, and which generation is live
  ragbot index activate 000002      roll back, at once; a service follows in seconds
  ragbot index remove 000001        refused for the live one, and while one is in use
  ragbot index verify               compare every file with its checksum

\b
A generation is named by its whole name or its number. Exit status of verify: 1 where one of them
is damaged.
"""


@click.group(epilog=EPILOG)
def index() -> None:
    """List, switch, check and remove what was built."""


@index.command("list", epilog="\b\nExamples:\n  ragbot index list\n  ragbot index list --json\n")
@index_option
@json_option
def list_(index: Path | None, as_json: bool) -> None:
    """List the generations that are kept, the newest first."""
    chosen = settings(index=index)
    from ragbot.index.kept import kept

    found = kept(chosen.index)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    from rich.table import Table

    from ragbot.cli.terminal import Terminal

    table = Table("", "Generation", "Built", "Docs", "Passages", "Encoder", "MB", "Open")
    for one in found:
        facts = (f"{one.documents:,}", f"{one.passages:,}", one.encoder)
        mark = "live" if one.live else ""
        if one.fault:
            mark, facts = f"{mark} damaged".strip(), ("", "", "")
        table.add_row(
            mark, one.name, one.built, *facts, f"{one.bytes / 1e6:.1f}", "yes" if one.open else ""
        )
    Terminal().print(table)


@index.command(epilog="\b\nExamples:\n  ragbot index activate 000002\n")
@click.argument("generation")
@index_option
def activate(generation: str, index: Path | None) -> None:
    """Make a kept generation live, after checking it."""
    chosen = settings(index=index)
    from ragbot.encoder import identify
    from ragbot.index.kept import switch

    name = switch(chosen.index, generation, identify(chosen).weights)
    click.echo(f"Generation {name} is live.")


@index.command(epilog="\b\nExamples:\n  ragbot index remove 000001 000002\n")
@click.argument("generations", nargs=-1, required=True)
@index_option
def remove(generations: tuple[str, ...], index: Path | None) -> None:
    """Remove generations from the disk, never the live one."""
    chosen = settings(index=index)
    from ragbot.index.kept import discard

    for generation in generations:
        click.echo(f"Generation {discard(chosen.index, generation)} is removed.")


@index.command(epilog="\b\nExamples:\n  ragbot index verify\n  ragbot index verify 000002 --json\n")
@click.argument("generations", nargs=-1)
@index_option
@json_option
def verify(generations: tuple[str, ...], index: Path | None, as_json: bool) -> None:
    """Check generations, or all: every checksum, every count, and that it opens."""
    chosen = settings(index=index)
    from ragbot.index.kept import examine

    faults = examine(chosen.index, generations)
    if as_json:
        click.echo(json.dumps(faults))
    else:
        for name, fault in faults.items():
            click.echo(f"{name}: {fault or 'sound'}")
    if any(faults.values()):
        raise SystemExit(1)
