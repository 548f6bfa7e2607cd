"""`ragbot add` and `ragbot remove`: sources in and out."""

from pathlib import Path

import click

from ragbot.cli.options import (
    AUTHORITIES,
    again,
    corpus_option,
    index_option,
    settings,
    verbose_option,
)

ADD_EPILOG = """\b
Examples:
  ragbot add corpus/notes                               files in the corpus folder
  ragbot add https://example.org/a-versus-b --authority vendor --subject alpha
  ragbot add git+https://example.org/docs.git --authority official
  ragbot add pypi:httpx --subject httpx

Writes an entry into sources.toml, where it can be made more precise, fetches it and builds.
"""
REMOVE_EPILOG = """\b
Examples:
  ragbot remove httpx-api
"""


@click.command(epilog=ADD_EPILOG)
@click.argument("place", metavar="PATH|URL|git+URL|pypi:NAME")
@click.option("--id", "name", help="Id of the source.")
@click.option("--title", help="Its title.")
@click.option("--publisher", help="Who publishes it.")
@click.option("--authority", type=click.Choice(AUTHORITIES), help="Who speaks.")
@click.option("--subject", "subjects", multiple=True, help="What it is about (repeatable).")
@click.option("--licence", help="Its licence.")
@corpus_option
@index_option
@verbose_option
def add(
    place: str,
    name: str | None,
    title: str | None,
    publisher: str | None,
    authority: str | None,
    subjects: tuple[str, ...],
    licence: str | None,
    corpus: Path | None,
    index: Path | None,
    verbose: bool,
) -> None:
    """Add a source, fetch it and build."""
    chosen = settings(corpus=corpus, index=index)
    from ragbot.cli.build import once
    from ragbot.cli.progress import Bars
    from ragbot.cli.sync import complain
    from ragbot.index.losses import NO_CONSENT
    from ragbot.sources import edit
    from ragbot.sources.sync import sync as sync_sources

    given = {
        "id": name,
        "title": title,
        "publisher": publisher,
        "authority": authority,
        "subjects": list(subjects),
        "licence": licence,
    }
    added = edit.add(chosen.corpus, place, given)
    click.echo(f"Added {added} to {chosen.corpus / 'sources.toml'}.")
    with Bars() as bars:
        outcomes = sync_sources(chosen.corpus, chosen.index, (added,), bars)
    complain(outcomes, verbose=verbose)
    if any(outcome.error for outcome in outcomes):
        retry = again("build", "--sync")
        click.echo(f"{added} stays in sources.toml; `{retry}` tries again", err=True)
        raise SystemExit(1)
    once(chosen, NO_CONSENT, verbose=verbose)


@click.command(epilog=REMOVE_EPILOG)
@click.argument("source")
@corpus_option
@index_option
def remove(source: str, corpus: Path | None, index: Path | None) -> None:
    """Remove a source, what was fetched of it, and build."""
    chosen = settings(corpus=corpus, index=index)
    from ragbot.cli.build import once
    from ragbot.index.losses import Consent
    from ragbot.sources import edit
    from ragbot.sources.sync import forget

    left = edit.remove(chosen.corpus, source)
    forget(chosen.index, source)
    click.echo(f"Removed {source} from {chosen.corpus / 'sources.toml'}.")
    if left:
        click.echo(
            f"{chosen.corpus / left} is read all the same, with the folder in which it lies; "
            "move or delete it to have it gone",
            err=True,
        )
    once(chosen, Consent(sources=frozenset({source})))
