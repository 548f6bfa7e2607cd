"""What `ragbot build` says of what it did."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ragbot.cli.options import again

if TYPE_CHECKING:
    from ragbot.index.report import Report
    from ragbot.settings import Settings

SHOWN_PROBLEMS = 20
SHOWN_PASSED = 3  # of each reason
ALL = "--verbose names all"


def complain(report: "Report", *, verbose: bool) -> None:
    """Say on stderr what was not read, with `verbose` all of it, and what else is amiss."""
    for note in report.notes:
        click.echo(note, err=True)
    shown = len(report.problems) if verbose else SHOWN_PROBLEMS
    for problem in report.problems[:shown]:
        click.echo(f"not read: {problem.path}: {problem.reason}", err=True)
    if len(report.problems) > shown:
        more = len(report.problems) - shown
        click.echo(f"... and {more} more; --verbose or --json lists all", err=True)
    for reason, paths in report.passed_by_reason().items():
        named = ", ".join(paths if verbose else paths[:SHOWN_PASSED])
        rest = "" if verbose or len(paths) <= SHOWN_PASSED else f", ... ({ALL})"
        click.echo(f"passed over, {reason}: {len(paths):,} ({named}{rest})", err=True)
    if report.unsynced:
        names = ", ".join(report.unsynced)
        click.echo(f"not fetched yet: {names} (`{again('build', '--sync')}` does)", err=True)
    if not report.subjects_file:
        click.echo(
            "no subjects.toml: questions are answered without a table (see --subjects)", err=True
        )


def tell(report: "Report", *, as_json: bool) -> None:
    """Say on stdout what was built."""
    if as_json:
        passed = {reason: len(paths) for reason, paths in report.passed_by_reason().items()}
        data = asdict(report) | {"counts": report.counts.model_dump(), "passed_counts": passed}
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        click.echo(_in_words(report))


def say_what_is_left(chosen: "Settings", report: "Report") -> None:
    """Say that a removed document is still in the generations before it was removed."""
    from ragbot.index.generation import names

    older = [name for name in names(chosen.index) if name != report.generation]
    if older:
        click.echo(
            f"older generations still hold what they were built from: {', '.join(older)} "
            f"(`{again('index', 'remove', older[0], folders=('index',))}`)",
            err=True,
        )


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
    if report.forgotten:
        text += f" {report.forgotten:,} entries of the caches were dropped."
    if report.lost.refused:
        text += (
            f" It would take away {report.lost.words}. So the live one stays; if that is meant, "
            "build again with --yes."
        )
    elif report.lost.documents:
        text += f" It takes away {report.lost.words}."
    if not report.live and not report.lost.refused:
        text += (
            " It answers fewer canaries than the live one, which stays; make it live all the same "
            f"with `{again('index', 'activate', report.generation, folders=('index',))}`."
        )
    if report.problems:
        text += f" {len(report.problems):,} files were not read."
    return text
