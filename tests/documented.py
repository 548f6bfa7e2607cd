"""Writes the command line's help into the documents (`make docs`); the tests compare the two."""

import re
import sys
from pathlib import Path

import click
from click.testing import CliRunner

from ragbot.cli import cli

ROOT = Path(__file__).parent.parent
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "cli.md")
_PLACE = re.compile(r"(<!-- help: (ragbot[a-z ]*) -->\n).*?(<!-- /help -->)", re.DOTALL)
_CLI_HEAD = """# The command line

Results go to stdout, complaints and progress to stderr. Exit status: 0 done (a refusal is an
answer), 1 it failed or a build left files out, 2 the command line is wrong. This page is written by
`make docs`.
"""


def help_of(command: str) -> str:
    """What `COMMAND --help` prints, at 80 columns."""
    arguments = [*command.split()[1:], "--help"]
    result = CliRunner().invoke(cli, arguments, prog_name="ragbot", terminal_width=80)
    assert result.exit_code == 0, result.output
    return result.output.rstrip()


def filled(text: str) -> str:
    """A document with the help of each command that it asks for."""
    return _PLACE.sub(lambda m: f"{m[1]}\n```text\n{help_of(m[2])}\n```\n\n{m[3]}", text)


def cli_page() -> str:
    """docs/cli.md before it is filled: one section a command."""
    parts = [_CLI_HEAD]
    for name, command in sorted(cli.commands.items()):
        inner = sorted(command.commands) if isinstance(command, click.Group) else ()
        parts += [
            f"## ragbot {words}\n\n<!-- help: ragbot {words} -->\n<!-- /help -->\n"
            for words in (name, *(f"{name} {below}" for below in inner))
        ]
    return "\n".join(parts)


def main() -> int:
    """Write all documents; 0."""
    readme, page = DOCUMENTS
    readme.write_text(filled(readme.read_text(encoding="utf-8")), encoding="utf-8")
    page.write_text(filled(cli_page()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
