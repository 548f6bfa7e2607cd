"""`ragbot keys`: who may ask a service."""

from pathlib import Path

import click

from ragbot.cli.options import settings

EPILOG = """\b
Examples:
  ragbot keys add alice --file keys.txt        prints the key, once; only its hash is kept
  ragbot keys add ops --role admin
  ragbot keys list
  ragbot keys remove alice                     a running service forgets it within seconds

\b
Without --file the file is what RAGBOT_KEYS names.
`RAGBOT_KEYS=keys.txt ragbot serve` asks for keys.
"""

file_option = click.option(
    "--file", "path", type=click.Path(path_type=Path, dir_okay=False), help="The file of keys."
)


@click.group(epilog=EPILOG)
def keys() -> None:
    """Add, list and remove the keys that a service asks for."""


@keys.command(epilog="\b\nExamples:\n  ragbot keys add alice --per-minute 60\n")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["reader", "admin"]),
    default="reader",
    show_default=True,
    help="Admins also see figures and change what is served.",
)
@click.option(
    "--per-minute",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Questions a minute; 0: as many as there are.",
)
@file_option
def add(name: str, role: str, per_minute: int, path: Path | None) -> None:
    """Make a key, keep its hash and print it."""
    place = _place(path)
    from api.keys import Role, made, read, write
    from ragbot.errors import ConfigError

    known = read(place)
    if name in {key.name for key in known}:
        raise ConfigError(
            f"{place} has a key named {name} already; remove it, or take another name"
        )
    secret, key = made(name, Role(role), per_minute)
    write(place, [*known, key])
    click.echo(f"{name} ({role}) is in {place}. This is the key; it is not shown again:", err=True)
    click.echo(secret)


@keys.command("list", epilog="\b\nExamples:\n  ragbot keys list --file keys.txt\n")
@file_option
def list_(path: Path | None) -> None:
    """List the names of the keys, their roles and limits."""
    place = _place(path)
    from api.keys import read

    for key in read(place):
        limit = f"{key.per_minute} a minute" if key.per_minute else "no limit"
        click.echo(f"{key.name}  {key.role}  {limit}")


@keys.command(epilog="\b\nExamples:\n  ragbot keys remove alice\n")
@click.argument("name")
@file_option
def remove(name: str, path: Path | None) -> None:
    """Remove a key: who holds it is let in no more."""
    place = _place(path)
    from api.keys import read, write
    from ragbot.errors import ConfigError

    known = read(place)
    left = [key for key in known if key.name != name]
    if len(left) == len(known):
        raise ConfigError(f"{place} has no key named {name}; `ragbot keys list` names them")
    write(place, left)
    click.echo(f"{name} is removed from {place}.")


def _place(path: Path | None) -> Path:
    """The file that is meant."""
    if path is not None:
        return path
    setting = settings().keys
    from api.keys import is_inline
    from ragbot.errors import ConfigError

    if not setting:
        raise ConfigError("no file of keys is named; give --file, or set RAGBOT_KEYS to it")
    if is_inline(setting):
        raise ConfigError(
            "RAGBOT_KEYS holds keys and names no file; give --file, and set it to that"
        )
    return Path(setting)
