"""`ragbot mcp`: the tools for programs that speak the Model Context Protocol."""

from importlib.util import find_spec
from pathlib import Path

import click

from ragbot.cli.options import index_option, settings

EPILOG = """\b
Examples:
  ragbot mcp                          started by a client, which speaks to its stdin
  ragbot mcp --index /srv/index

\b
In a client's configuration (the same for most of them):
  {"mcpServers": {"ragbot": {"command": "ragbot", "args": ["mcp", "--index", "/srv/index"]}}}

A running service serves the same at /mcp (streamable HTTP).
"""


@click.command(epilog=EPILOG)
@index_option
def mcp(index: Path | None) -> None:
    """Serve the tools of the Model Context Protocol on stdin and stdout."""
    chosen = settings(index=index)
    if find_spec("mcp") is None:
        from ragbot.errors import ConfigError

        raise ConfigError("`ragbot mcp` needs the extra mcp; install it: pip install 'ragbot[mcp]'")
    from api.mcp.over_stdio import run

    run(chosen)
