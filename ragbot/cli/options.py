"""Options that several commands share."""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ragbot.retrieval import Filters
    from ragbot.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
AUTHORITIES = ("official", "vendor", "independent", "tutorial")

corpus_option = click.option(
    "--corpus", type=click.Path(path_type=Path, file_okay=False), help="Folder of the documents."
)
index_option = click.option(
    "--index", type=click.Path(path_type=Path, file_okay=False), help="Folder of the index."
)
verbose_option = click.option(
    "--verbose", is_flag=True, help="Name everything that was not read, not the first only."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
batch_option = click.option(
    "--batch",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Read questions as JSON lines from a file, or - for stdin; print a JSON line for each.",
)


def filter_options(command: Command) -> Command:
    """Add --subject, --source and --authority."""
    for option in (
        click.option(
            "--authority",
            "authorities",
            multiple=True,
            type=click.Choice(AUTHORITIES),
            help="Only sources of that authority (repeatable).",
        ),
        click.option(
            "--source", "sources", multiple=True, help="Only that source, by id (repeatable)."
        ),
        click.option(
            "--subject", "subjects", multiple=True, help="Only that subject, by id (repeatable)."
        ),
    ):
        command = option(command)
    return command


def filters(options: Mapping[str, Any]) -> "Filters":
    """The filters that the options of `filter_options` ask for."""
    from ragbot.retrieval import Filters
    from ragbot.types import Authority

    return Filters(
        tuple(options["subjects"]),
        tuple(options["sources"]),
        tuple(Authority(name) for name in options["authorities"]),
    )


def again(*command: str, folders: tuple[str, ...] = ("corpus", "index")) -> str:
    """A command as it is to be typed so that it is about the same folders as the one that runs.

    `folders` are those of its options that name one.
    """
    given = click.get_current_context().params
    named = [
        word
        for name in folders
        if given.get(name) is not None
        for word in (f"--{name}", str(given[name]))
    ]
    return shlex.join(("ragbot", *command, *named))


def settings(**flags: object) -> "Settings":
    """The settings with the flags of a command; what they allow a reader is in force from now."""
    from ragbot.quarantine import in_force
    from ragbot.settings import load

    found = load(flags)
    in_force.set(found.limits)
    return found
