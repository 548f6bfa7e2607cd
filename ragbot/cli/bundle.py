"""`ragbot bundle`: the index in one file, for a machine without a network."""

from pathlib import Path

import click

from ragbot.cli.options import index_option, settings

EPILOG = """\b
Examples:
  ragbot bundle docs.ragbot                    the live generation, with its encoder
  ragbot serve --bundle docs.ragbot            on another machine; nothing is fetched there
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@index_option
def bundle(file: Path, index: Path | None) -> None:
    """Write the live index into one file that `ragbot serve --bundle` serves."""
    chosen = settings(index=index)
    from ragbot.index.bundle import write

    done = write(chosen, file)
    click.echo(
        f"{file}: generation {done.generation}, {done.files} files, {done.bytes / 1e6:.1f} MB."
    )
