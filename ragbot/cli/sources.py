"""`ragbot sources`: every source, what the live index holds of it, and how old it is."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.options import corpus_option, index_option, json_option, settings

if TYPE_CHECKING:
    from ragbot.settings import Settings
    from ragbot.sources.fetching import Fetched
    from ragbot.sources.listing import Listed

EPILOG = """\b
Examples:
  ragbot sources
  ragbot sources --json
  ragbot sources --coverage names.txt    which public names no API reference has

Exit status 1 where there is no index, or --coverage finds names without a document.
"""


@click.command(epilog=EPILOG)
@corpus_option
@index_option
@click.option(
    "--coverage",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File of programming names, one a line: print those that no fetched reference has.",
)
@json_option
def sources(corpus: Path | None, index: Path | None, coverage: Path | None, as_json: bool) -> None:
    """List the sources with their documents, passages, versions, ages, licences and problems."""
    chosen = settings(corpus=corpus, index=index)
    if coverage is not None:
        _show_coverage(chosen, coverage, as_json=as_json)
        return
    from ragbot.errors import IndexMissingError
    from ragbot.index.generation import Generation
    from ragbot.sources.listing import listing

    missing = ""
    try:
        library = Generation.open(chosen.index).library
        held, counts = library.sources(), library.source_counts()
    except IndexMissingError as error:
        missing, held, counts = str(error), (), {}
    rows = listing(chosen.corpus, chosen.index, held, counts)
    if as_json:
        listed = [asdict(row.source) | asdict(row) | {"source": row.source.id} for row in rows]
        click.echo(json.dumps(listed, ensure_ascii=False))
    else:
        _draw(rows)
    if missing:
        click.echo(f"ragbot: {missing}", err=True)
        raise SystemExit(1)


def _draw(rows: "list[Listed]") -> None:
    from rich.table import Table

    from ragbot.cli.terminal import Terminal
    from ragbot.sources.listing import age

    table = Table("Source", "From", "Documents", "Passages", "Version", "Synced", "Licence")
    for row in rows:
        source = row.source
        date = source.updated if source.updated != "undated" else source.published
        fetched = row.obtained not in ("", "files")
        table.add_row(
            f"{source.title}\n[dim]{source.id}, {source.authority}[/]",
            row.obtained or "made up",
            f"{row.documents:,}",
            f"{row.passages:,}",
            row.resolved[:12] or source.version or date,
            age(row.synced) if fetched else "-",
            source.licence,
        )
    Terminal().print(table)
    for row in rows:
        for problem in row.problems:
            click.echo(f"{row.source.id}: {problem}", err=True)


def _show_coverage(chosen: "Settings", file: Path, *, as_json: bool) -> None:
    from ragbot.cli.batch import unreadable
    from ragbot.sources.pypi.coverage import coverage

    try:
        names = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(unreadable(file, error)) from error
    missing = coverage(names, _fetched(chosen))
    asked = len({name.strip() for name in names if name.strip() and not name.startswith("#")})
    if as_json:
        facts = {"names": asked, "documented": asked - len(missing), "missing": list(missing)}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for name in missing:
            click.echo(name)
    click.echo(f"{asked - len(missing)} of {asked} names have a document", err=True)
    if missing:
        raise SystemExit(1)


def _fetched(chosen: "Settings") -> "Iterator[Fetched]":
    from ragbot.sources.catalog import CATALOG_FILE, load
    from ragbot.sources.shelf import fetched, synced
    from ragbot.sources.sync import shelf_path

    for entry in load(chosen.corpus / CATALOG_FILE):
        path = shelf_path(chosen.index, entry.source.id)
        if entry.obtain.kind == "pypi" and synced(path):
            yield from fetched(path)
