"""The command line: results on stdout, everything else on stderr, exit 0, 1 or 2."""

import sys
from typing import Any

import click

from ragbot import __version__
from ragbot.cli import last_resort
from ragbot.cli.adapt import adapt
from ragbot.cli.ask import ask, compare
from ragbot.cli.build import build
from ragbot.cli.bundle import bundle
from ragbot.cli.check import check
from ragbot.cli.doctor import doctor
from ragbot.cli.edit import add, remove
from ragbot.cli.gaps import feedback, gaps
from ragbot.cli.index import index
from ragbot.cli.init import init
from ragbot.cli.keys import keys
from ragbot.cli.mcp import mcp
from ragbot.cli.names import names
from ragbot.cli.search import search
from ragbot.cli.serve import serve
from ragbot.cli.shell import completion
from ragbot.cli.sources import sources
from ragbot.cli.subjects import subjects
from ragbot.cli.sync import sync
from ragbot.cli.trust import trust
from ragbot.errors import QuestionError, RagbotError, UnknownNameError
from ragbot.interpreter import guard_children

EPILOG = """\b
Examples:
  ragbot build                                  index the shipped corpus
  ragbot ask "Keras or PyTorch for mobile?"     a table of quotes, each with its source
  ragbot compare keras pytorch --on deployment  the same, by name
  ragbot serve                                  chat page and API on 127.0.0.1:8000

\b
Exit status: 0 done (a refusal is an answer), 1 it failed, or a build left files out,
2 the command line is wrong.
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ragbot")
def cli() -> None:
    """Compare software from its documentation; every statement is a quote you can open."""


COMMANDS = (
    init,
    build,
    ask,
    compare,
    check,
    search,
    names,
    serve,
    mcp,
    bundle,
    keys,
    feedback,
    gaps,
    sources,
    subjects,
    sync,
    add,
    remove,
    index,
    adapt,
    doctor,
    trust,
    completion,
)
for command in COMMANDS:
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; what fails on purpose is said in a line on stderr, without a traceback."""
    if arguments is None:  # this process is ours alone
        guard_children()
    odd = last_resort.not_utf_8(sys.argv[1:] if arguments is None else arguments)
    if odd:
        click.echo(
            f"ragbot: the argument '{odd}' is not UTF-8; type it, or rename it, so", err=True
        )
        sys.exit(2)
    out = sys.stdout
    try:
        try:
            status = cli.main(arguments, prog_name="ragbot", standalone_mode=False)
        finally:
            sys.stdout.flush()  # while what goes wrong can still be said
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Aborted!", err=True)
        sys.exit(1)
    except (QuestionError, UnknownNameError) as error:
        click.echo(f"ragbot: {error}", err=True)
        sys.exit(2)
    except RagbotError as error:
        click.echo(f"ragbot: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        last_resort.leave_reader()
    except SystemExit:
        if sys.stdout is out:
            raise
        last_resort.leave_reader()  # click met it first, and has muted stdout
    except last_resort.CAUGHT as error:
        click.echo(f"ragbot: {last_resort.in_words(error)}", err=True)
        last_resort.give_up_stdout()
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
