"""`ragbot init`: a corpus folder to begin with."""

import shlex
import shutil
from pathlib import Path

import click

from ragbot.errors import ConfigError

EPILOG = """\b
Examples:
  ragbot init my-docs                 a sources.toml and a subjects.toml, with comments
  ragbot init corpus --shipped        the documents that come with ragbot

Then put documents there, and `ragbot build --corpus my-docs` indexes them. Nothing that is in the
folder already is changed.
"""
ROOM = Path(__file__).parent
TEMPLATES = ROOM / "begin"
SHIPPED = ROOM.parent / "shipped"


@click.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--shipped", is_flag=True, help="Fill it with the corpus that comes with ragbot.")
def init(folder: Path, shipped: bool) -> None:
    """Begin a corpus folder, with comments that say what goes where."""
    origin = SHIPPED if shipped else TEMPLATES
    files = sorted(path for path in origin.rglob("*") if path.is_file())
    if not files:
        raise ConfigError(f"{origin} holds nothing; install ragbot anew")
    begun = [path for path in files if _put(path, folder / path.relative_to(origin))]
    for path in begun:
        click.echo(f"Wrote {folder / path.relative_to(origin)}.")
    for path in files:
        if path not in begun:
            click.echo(f"{folder / path.relative_to(origin)} is there already and stays.", err=True)
    then = "" if shipped else "Put documents there, then: "
    click.echo(f"{then}{shlex.join(('ragbot', 'build', '--corpus', str(folder)))}")


def _put(origin: Path, target: Path) -> bool:
    """Copy a file to where there is none; whether it was."""
    if target.exists() or target.is_symlink():
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, target)
    except OSError as error:
        raise ConfigError(f"{target} cannot be written ({error.strerror})") from error
    return True
