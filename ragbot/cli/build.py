"""`ragbot build`: documents in, index out."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.options import index_option, json_option, settings

if TYPE_CHECKING:
    from ragbot.index.build import Report

SHOWN_PROBLEMS = 20
EPILOG = """\b
Examples:
  ragbot build
  ragbot build --sync
  ragbot build --corpus my-docs --index my-index
  ragbot build --corpus my-docs --subjects my-docs/subjects.toml --strict

The corpus folder holds a sources.toml, or is any folder of .md, .rst, .txt and .ipynb files.
"""


@click.command(epilog=EPILOG)
@click.option(
    "--corpus", type=click.Path(path_type=Path, file_okay=False), help="Folder of the documents."
)
@index_option
@click.option(
    "--subjects",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Subjects and aspects, where the corpus folder has no subjects.toml.",
)
@click.option("--model", type=click.Path(path_type=Path), help="Folder of another encoder.")
@click.option("--strict", is_flag=True, default=None, help="Fail on the first unreadable file.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
@click.option("--sync", is_flag=True, help="Fetch the sources first, as `ragbot sync` does.")
@click.option(
    "--progress",
    "shown",
    type=click.Choice(["bar", "json"]),
    default="bar",
    help="Progress on stderr: a bar, or JSON lines for a program.",
)
@json_option
def build(
    corpus: Path | None,
    index: Path | None,
    subjects: Path | None,
    model: Path | None,
    strict: bool | None,
    force: bool,
    sync: bool,
    shown: str,
    as_json: bool,
) -> None:
    """Build the index from a corpus folder and make it live."""
    chosen = settings(corpus=corpus, index=index, subjects=subjects, model=model, strict=strict)
    from ragbot.cli.progress import Bars, JsonLines
    from ragbot.index.build import build as build_index

    with JsonLines() if shown == "json" else Bars() as bars:
        if sync:
            from ragbot.cli.sync import complain
            from ragbot.sources.sync import sync as sync_sources

            complain(sync_sources(chosen.corpus, chosen.index, (), bars))
        report = build_index(chosen, progress=bars, force=force)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        click.echo(f"not read: {problem.path}: {problem.reason}", err=True)
    if len(report.problems) > SHOWN_PROBLEMS:
        more = len(report.problems) - SHOWN_PROBLEMS
        click.echo(f"... and {more} more; --json lists all", err=True)
    if report.unsynced:
        names = ", ".join(report.unsynced)
        click.echo(f"not fetched yet: {names} (`ragbot build --sync` does)", err=True)
    if not report.subjects_file:
        click.echo(
            "no subjects.toml: questions are answered without a table (see --subjects)", err=True
        )
    if as_json:
        data = asdict(report) | {"counts": report.counts.model_dump()}
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        click.echo(_in_words(report))
    if report.problems:
        raise SystemExit(1)


def _in_words(report: "Report") -> str:
    counts = report.counts
    done = "built" if report.changed else "is up to date"
    text = (
        f"Generation {report.generation} {done} in {report.seconds:.1f} s: "
        f"{counts.documents:,} documents of {counts.sources:,} sources, "
        f"{counts.passages:,} passages, {counts.statements:,} statements."
    )
    if counts.folded_documents or counts.folded_passages:
        text += (
            f" {counts.folded_documents:,} more documents and {counts.folded_passages:,} of the "
            "passages repeat others and count once."
        )
    if report.problems:
        text += f" {len(report.problems):,} files were not read."
    return text
