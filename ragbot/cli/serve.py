"""`ragbot serve`: the chat page and the API."""

import logging
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from ragbot.cli.options import corpus_option, index_option, settings

if TYPE_CHECKING:
    from ragbot.settings import Settings

EPILOG = """\b
Examples:
  ragbot serve
  ragbot serve --bundle docs.ragbot   a file of `ragbot bundle`, without a network
  ragbot serve --port 0               any free port; the address is printed
  RAGBOT_KEYS=keys.txt ragbot serve --host 0.0.0.0
                                      for others, who need a key (`ragbot keys add`); put a
                                      proxy with TLS before it and name its host in
                                      RAGBOT_ALLOWED_HOSTS
"""


@click.command(epilog=EPILOG)
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on, 0 for any free one.  [default: 8000]",
)
@click.option(
    "--open",
    "is_open",
    is_flag=True,
    default=None,
    help="Listen beyond loopback without keys: whoever reaches it may ask.",
)
@click.option("--root-path", help="Prefix under which a proxy serves it, as /ragbot.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Serve a file of `ragbot bundle`, unpacked into --index or a folder for the time.",
)
@corpus_option
@index_option
def serve(
    host: str | None,
    port: int | None,
    is_open: bool | None,
    root_path: str | None,
    bundle: Path | None,
    corpus: Path | None,
    index: Path | None,
) -> None:
    """Serve the chat page and the API until stopped."""
    given: dict[str, Any] = {"corpus": corpus, "index": index}
    with ExitStack() as left:
        if bundle is not None:
            given |= _unpacked(bundle, index, left)
        _run(settings(host=host, port=port, open=is_open, root_path=root_path, **given), left)


def _unpacked(bundle: Path, index: Path | None, left: ExitStack) -> dict[str, Any]:
    """The settings of a bundle, unpacked; without an index folder into one that goes at the end."""
    from ragbot.index.bundle import unpack

    click.echo(f"Unpacking {bundle} ...", err=True)
    place = index or Path(left.enter_context(TemporaryDirectory(prefix="ragbot-")))
    return unpack(bundle, place)


def _run(chosen: "Settings", left: ExitStack) -> None:
    """Serve until stopped; `left` is what has to be cleared away then."""
    from api.logs import set_up

    set_up(chosen)
    _tell_of_file()
    _tell_of_keys(chosen)
    click.echo("Loading the index ...", err=True)
    from api.server import run

    if run(chosen, on_ready=_ready) is False:
        # A thread is still at work on what nobody waits for any more; Python would wait for it.
        # Only for this: whatever else comes back must not end the process without a word.
        left.close()
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)


def _tell_of_file() -> None:
    """Say which ragbot.toml is read: it may not be the one that was meant."""
    from ragbot import settings_file

    file = settings_file.find()
    if file:
        names = ", ".join(file.values)
        click.echo(f"Settings of {file.path} ({file.standing}): {names}", err=True)


def _tell_of_keys(chosen: "Settings") -> None:
    """Say who may ask."""
    from api.hosts import is_loopback

    if chosen.keys:
        click.echo("Who asks needs a key (`ragbot keys list`).", err=True)
    elif chosen.open:
        click.echo("No keys are set, and --open is: whoever reaches it may ask.", err=True)
    elif is_loopback(chosen.host):
        click.echo("No keys are set: only this machine may ask (`ragbot keys add`).", err=True)


def _ready(address: str) -> None:
    click.echo(f"ragbot is ready: {address} (API: {address}docs). Stop it with Ctrl+C.")
