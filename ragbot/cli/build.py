"""`ragbot build`: documents in, index out."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.options import corpus_option, index_option, json_option, settings, verbose_option
from ragbot.cli.report import complain, say_what_is_left, tell

if TYPE_CHECKING:
    from ragbot.errors import RagbotError
    from ragbot.index.losses import Consent
    from ragbot.index.report import Report
    from ragbot.settings import Settings

EPILOG = """\b
Examples:
  ragbot build
  ragbot build --sync
  ragbot build --watch                again whenever the corpus changes, until Ctrl+C
  ragbot build --forget               what was removed from the corpus leaves the caches too
  ragbot build --corpus my-docs --index my-index
  ragbot build --corpus my-docs --subjects my-docs/subjects.toml --strict

A new generation goes live if its files and counts are right and it answers at least as many of the
canary questions in the corpus folder's canaries.toml as the live one does; else it is kept, the
exit status is 1, and `ragbot index activate` makes it live all the same. So is one that would take
away more than a third of the live documents, and five or more, unless --yes is given, or --corpus
with another folder than before; what it takes away is said in any case.

The corpus folder holds a sources.toml, or is any folder of .md, .rst, .txt and .ipynb files.
"""


@click.command(epilog=EPILOG)
@corpus_option
@index_option
@click.option(
    "--subjects",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Subjects and aspects, where the corpus folder has no subjects.toml.",
)
@click.option("--model", type=click.Path(path_type=Path), help="Folder of another encoder.")
@click.option("--strict", is_flag=True, default=None, help="Fail on the first unreadable file.")
@click.option(
    "--follow-links",
    is_flag=True,
    default=None,
    help="Read what links out of the corpus folder lead to.",
)
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
@click.option("--yes", is_flag=True, help="Make it live however many documents it takes away.")
@click.option("--forget", is_flag=True, help="Drop from the caches what is no longer used.")
@click.option(
    "--watch",
    type=click.FloatRange(min=0.1),
    is_flag=False,
    flag_value=10.0,
    metavar="[SECONDS]",
    help="Look every so many seconds, 10 by default, and build what has changed.",
)
@click.option("--sync", is_flag=True, help="Fetch the sources first, as `ragbot sync` does.")
@click.option(
    "--progress",
    "shown",
    type=click.Choice(["bar", "json"]),
    default="bar",
    help="Progress on stderr: a bar, or JSON lines for a program.",
)
@verbose_option
@json_option
def build(
    corpus: Path | None,
    index: Path | None,
    subjects: Path | None,
    model: Path | None,
    strict: bool | None,
    follow_links: bool | None,
    force: bool,
    yes: bool,
    forget: bool,
    watch: float | None,
    sync: bool,
    shown: str,
    verbose: bool,
    as_json: bool,
) -> None:
    """Build the index from a corpus folder and make it live."""
    chosen = settings(
        corpus=corpus,
        index=index,
        subjects=subjects,
        model=model,
        strict=strict,
        follow_links=follow_links,
    )
    from ragbot.index.losses import Consent

    consent = Consent(everything=yes, corpus_named=corpus is not None)
    if watch is not None:
        if force or forget or sync:
            raise click.UsageError("--watch goes with none of --force, --forget and --sync")
        _watch(chosen, watch, consent, as_json=as_json)
        return
    once(
        chosen,
        consent,
        force=force,
        forget=forget,
        sync=sync,
        lines=shown == "json",
        verbose=verbose,
        as_json=as_json,
    )


def once(
    chosen: "Settings",
    consent: "Consent",
    *,
    force: bool = False,
    forget: bool = False,
    sync: bool = False,
    lines: bool = False,
    verbose: bool = False,
    as_json: bool = False,
) -> None:
    """Build, say what was done, and exit with 1 where files were left out or it is not live.

    `consent` says what may vanish with it; `lines`: progress as JSON lines; `verbose`: name
    everything that was not read.
    """
    from ragbot.cli.progress import Bars, JsonLines
    from ragbot.evaluation.canaries import CanaryJudge
    from ragbot.index.build import build as build_index

    judge = CanaryJudge(chosen)

    with JsonLines() if lines else Bars() as bars:
        if sync:
            from ragbot.cli.sync import complain as complain_of_sync
            from ragbot.sources.sync import sync as sync_sources

            complain_of_sync(sync_sources(chosen.corpus, chosen.index, (), bars), verbose=verbose)
        report = build_index(
            chosen, progress=bars, force=force, forget=forget, judge=judge, consent=consent
        )
    complain(report, verbose=verbose)
    tell(report, as_json=as_json)
    if forget:
        say_what_is_left(chosen, report)
    if report.problems or not report.live:
        raise SystemExit(1)


def _watch(chosen: "Settings", seconds: float, consent: "Consent", *, as_json: bool) -> None:
    """Build, one line each time, until Ctrl+C."""
    import threading

    from ragbot.errors import RagbotError
    from ragbot.evaluation.canaries import CanaryJudge
    from ragbot.index.watch import Watcher

    def told(what: "Report | RagbotError") -> None:
        if isinstance(what, RagbotError):
            click.echo(f"ragbot: {what}", err=True)
            return
        for note in what.notes:
            click.echo(note, err=True)
        tell(what, as_json=as_json)
        sys.stdout.flush()

    click.echo(f"Watching {chosen.corpus}. Stop with Ctrl+C.", err=True)
    with suppress(KeyboardInterrupt):
        Watcher(chosen, told, lambda: CanaryJudge(chosen), consent=consent).run(
            seconds, threading.Event()
        )
