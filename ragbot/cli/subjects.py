"""`ragbot subjects`: what may be compared, proposed out of the index."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from ragbot.cli.options import again, corpus_option, index_option, json_option, settings
from ragbot.errors import ConfigError

EPILOG = """\b
Examples:
  ragbot subjects                             print what the index suggests
  ragbot subjects --write --corpus my-docs    begin my-docs/subjects.toml with it

Subjects are folders and names that are often said, aspects headings that come again. Look them
over: what is compared, and on what, is for you to say. Then build again.
"""


@click.command(epilog=EPILOG)
@click.option("--write", is_flag=True, help="Write subjects.toml into the corpus folder.")
@corpus_option
@index_option
@json_option
def subjects(write: bool, corpus: Path | None, index: Path | None, as_json: bool) -> None:
    """Propose subjects and aspects out of the index, for you to look over."""
    chosen = settings(corpus=corpus, index=index)
    from ragbot.index.generation import Generation
    from ragbot.index.proposed import as_toml, propose

    proposal = propose(Generation.open(chosen.index).library)
    text = "\n".join(as_toml(proposal)) + "\n"
    if write:
        path = chosen.corpus / "subjects.toml"
        _write(path, text)
        click.echo(f"Wrote {path}: look it over, then `{again('build')}`.", err=True)
    if as_json:
        click.echo(json.dumps(asdict(proposal), ensure_ascii=False))
    elif not write:
        click.echo(text, nl=False)


def _write(path: Path, text: str) -> None:
    """Write where nothing is lost by it: where there is no entry yet."""
    try:
        if path.exists() and _says_something(path.read_text(encoding="utf-8")):
            raise ConfigError(f"{path} is there already; move it away to have a new one written")
        path.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigError(f"{path} cannot be written ({why})") from error


def _says_something(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith("#") for line in lines)
