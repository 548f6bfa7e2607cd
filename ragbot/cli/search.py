"""`ragbot search`: the passages nearest to a query."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import click

from ragbot.cli.options import (
    batch_option,
    filter_options,
    filters,
    index_option,
    json_option,
    settings,
)

if TYPE_CHECKING:
    from ragbot.assistant import Assistant
    from ragbot.types import Hit

EPILOG = """\b
Examples:
  ragbot search "data loading"
  ragbot search "data loading" --explain
  ragbot search "save a model" --subject pytorch --limit 3 --json
  ragbot search --batch questions.jsonl > passages.jsonl

A line of a batch is {"id", "question"}; its result is {"id", "passages", "documents"}, best
first, at least 20 passages and 2,500 words where the index holds as much.
"""


_NAMED = {
    "passage": "meaning of the passage",
    "statement": "meaning of its nearest statement",
    "words": "shared words",
    "name": "it documents a name in the question",
    "aspect": "it speaks of what is asked about its subject",
}


@click.command(epilog=EPILOG)
@click.argument("query", required=False)
@click.option(
    "--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Passages."
)
@click.option("--explain", is_flag=True, help="Show for each passage what put it there.")
@index_option
@filter_options
@batch_option
@json_option
def search(
    query: str | None,
    limit: int,
    explain: bool,
    index: Path | None,
    batch: Path | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Find the passages nearest to a query."""
    if (query is None) == (batch is None):
        raise click.UsageError("give a query, or --batch FILE")
    from ragbot.cli.batch import read_batch

    asked = read_batch(batch) if batch is not None else []
    options = settings(index=index)
    from ragbot.assistant import Assistant
    from ragbot.evaluation.runs import search_line

    assistant = Assistant.open(options)
    for one in asked:
        line = search_line(assistant, one.id, one.question, one.history, filters(chosen))
        click.echo(json.dumps(line, ensure_ascii=False))
    if query is not None:
        hits = assistant.search(query, limit, filters(chosen))
        if as_json:
            from api.hits import HitOut  # one JSON form: that of the service

            of = assistant.generation.library.document
            found = [HitOut.from_hit(hit, of(hit.passage.document_id)) for hit in hits]
            click.echo(json.dumps([each.model_dump(mode="json") for each in found]))
        else:
            _draw(assistant, query, hits, explain=explain)


def _draw(assistant: "Assistant", query: str, hits: tuple["Hit", ...], *, explain: bool) -> None:
    from rich.text import Text

    from ragbot.cli.terminal import Terminal

    console = Terminal()
    for number, hit in enumerate(hits, 1):
        document = assistant.generation.library.document(hit.passage.document_id)
        where = " > ".join(dict.fromkeys((document.title, *hit.passage.heading_path)))
        ranks = f"dense {hit.dense_rank or '-'}, words {hit.lexical_rank or '-'}"
        found = Text.assemble(
            (f"{number}. {where}", "bold"), (f"  {hit.score:.3f} ({ranks})\n", "dim")
        )
        if explain:
            for reason in _reasons(query, hit):
                found.append(f"   {reason}\n", "cyan")
        console.print(found.append(hit.passage.text.strip() + "\n"))


def _reasons(query: str, hit: "Hit") -> Iterator[str]:
    """A line for each part of a score, the largest first, and one for the share of a subject."""
    from ragbot.types import Reason

    for part in sorted(hit.parts, key=lambda part: -part.score):
        line = f"{part.score:+.3f} {_NAMED[part.reason]}"
        match part.reason:
            case Reason.PASSAGE:
                line += f" (rank {hit.dense_rank or '-'})"
            case Reason.STATEMENT if hit.said:
                line += f": {shorten(hit.said, 100, placeholder=' ...')}"
            case Reason.WORDS:
                line += f": {', '.join(_shared(query, hit)) or '-'}"
        yield line
    if hit.ahead:
        way = "up" if hit.ahead > 0 else "down"
        yield f"{abs(hit.ahead)} places {way}, so that each subject gets its share"


def _shared(query: str, hit: "Hit") -> list[str]:
    """The words of a query that a passage holds in some form."""
    from ragbot.lexical.tokens import tokens

    held = set(tokens(" ".join((*hit.passage.heading_path, hit.passage.text))))
    return [word for word in dict.fromkeys(query.split()) if held & set(tokens(word))]
