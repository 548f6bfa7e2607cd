"""`ragbot completion`: completion of commands and options in the shell."""

import click
from click.shell_completion import get_completion_class

EPILOG = """\b
Examples:
  ragbot completion bash >> ~/.bashrc
  ragbot completion zsh >> ~/.zshrc
  ragbot completion fish > ~/.config/fish/completions/ragbot.fish
"""


@click.command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes ragbot's commands in a shell."""
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(found(context.find_root().command, {}, "ragbot", "_RAGBOT_COMPLETE").source())
