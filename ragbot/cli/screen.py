"""Draws an answer in the terminal."""

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ragbot.answer import plain_beside
from ragbot.answer.generate.wording import sentence
from ragbot.answer.plain import (
    NEAR_MISS,
    conflict_lines,
    dated,
    notes,
    sides,
    silence,
    standing,
    steps_in_order,
    understood,
    unknown,
)
from ragbot.cli.terminal import Terminal
from ragbot.types import Answer, BlockKind, Cell, Citation, Cited, Claim, Summary

NARROW = 24  # characters a column; under that, cells are drawn one under the other
MARKS = {"official": "green", "vendor": "yellow", "independent": "cyan", "tutorial": "magenta"}


def draw(answer: Answer) -> None:
    """Print an answer on stdout, as a table where the terminal is wide enough."""
    console = Terminal()
    question = answer.question
    _draw_notices(console, answer)
    if answer.refusal:
        return
    cited = answer.cited()
    if answer.lead_note:
        console.print(f"[yellow]{escape(answer.lead_note)}[/]")
    for claim, side in sides(answer):
        said = _claim(claim, cited, quoted=True)
        named = Text.assemble((f"{side}: ", "bold"), said) if side else said
        console.print(Padding(named, (0, 0, 0, 2)))
    for gap in answer.gaps:
        console.print(f"[yellow]{escape(gap)}[/]")
    if answer.cells:
        console.print()
        wide = console.width // (len(question.columns) + 1) >= NARROW
        console.print(_table(answer, cited) if wide else _stack(answer, cited))
    names = {column.id: column.name for column in question.columns}
    for beside in answer.side_by_side:
        console.print(escape("\n".join(plain_beside.lines(beside, names, cited))))
    for step in steps_in_order(answer.steps, cited):
        console.print(Padding(escape(step), (0, 0, 0, 2)))
    for claim in answer.findings:
        console.print(Padding(_claim(claim, cited, quoted=False), (0, 0, 1, 2)))
    for conflict in answer.conflicts:
        first, *rest = conflict_lines(conflict, cited)
        console.print(f"[bold yellow]{escape(first)}[/]")
        console.print(Padding(escape("\n".join(rest)), (0, 0, 0, 2)))
    console.print()
    for citation in answer.citations:
        console.print(_source(citation), soft_wrap=True)


def _draw_notices(console: Console, answer: Answer) -> None:
    """What stands above the quotes: how it was understood, what is missing, why it is refused."""
    question, refusal = answer.question, answer.refusal
    for line in understood(question):
        console.print(f"[dim]{escape(line)}[/]")
    for line in unknown(answer):
        console.print(f"[yellow]{escape(line)}[/]")
    if refusal:
        console.print(f"[bold yellow]{escape(refusal.reason)}[/]")
        if refusal.near_miss and refusal.nearest:
            console.print(f"[dim]{NEAR_MISS}[/]")
        for citation in refusal.nearest:
            console.print(Padding(_nearest(citation), (0, 0, 0, 2)))


def draw_summary(answer: Answer, summaries: Iterator[Summary]) -> None:
    """Print a language model's summary of an answer sentence by sentence, as it comes."""
    console = Terminal()
    cited = answer.cited()
    shown = 0
    last = None
    for last in summaries:
        for claim in last.sentences[shown:]:
            if not shown:
                console.print(f"\n[dim]In the words of[/] {escape(last.model)}")
            console.print(Padding(escape(sentence(claim, cited)), (0, 0, 0, 2)))
            shown += 1
    if last is not None:
        console.print(f"[dim]{escape(last.note)}[/]")


def _table(answer: Answer, cited: Cited) -> RenderableType:
    question = answer.question
    table = Table(show_lines=True, expand=True, border_style="dim")
    table.add_column("", style="bold", ratio=1)
    for column in question.columns:
        table.add_column(column.name, ratio=3)
    cells = {(cell.aspect, cell.subject): cell for cell in answer.cells}
    for row in question.rows:
        said = (_cell(cells[row.id, column.id], cited) for column in question.columns)
        table.add_row(row.name, *said)
    return table


def _stack(answer: Answer, cited: Cited) -> RenderableType:
    names = {column.id: column.name for column in answer.question.columns}
    table = Table(show_lines=True, show_header=False, expand=True, border_style="dim")
    for row in answer.question.rows:
        text = Text(f"{row.name}\n", style="bold")
        for cell in answer.cells:
            if cell.aspect == row.id:
                text.append(f"\n{names[cell.subject]}\n", style="bold")
                text.append_text(_cell(cell, cited))
                text.append("\n")
        table.add_row(text)
    return table


def _cell(cell: Cell, cited: Cited) -> Text:
    if not cell.claims:
        return Text(silence(cell), style="dim italic")
    return Text("\n\n").join(_claim(claim, cited, quoted=False) for claim in cell.claims)


def _claim(claim: Claim, cited: Cited, *, quoted: bool) -> Text:
    text = Text()
    for evidence in claim.evidence:
        citation = cited[evidence.span]
        if evidence.label:
            text.append(f"{evidence.label}: ", style="dim")
        code = evidence.kind is BlockKind.CODE
        said = f"“{evidence.quote}”" if quoted else evidence.quote
        text.append(said, style="default on grey11" if code else "")
        text.append(f" [{citation.number}]", style=MARKS[citation.authority])
    if told := notes(claim, cited):
        text.append(f" ({told})", style="dim italic")
    return text


def _nearest(citation: Citation) -> Text:
    return Text.assemble(
        "nearest: ", citation.evidence.quote, (f"  ({citation.title}, {citation.place})", "dim")
    )


def _source(citation: Citation) -> Text:
    digest = ", digest in our own words" if citation.kind == "digest" else ""
    told = standing(citation)
    marks = f"; {told}" if told else ""
    section = " > ".join(citation.section)
    return Text.assemble(
        (f"[{citation.number}] ", MARKS[citation.authority]),
        citation.title,
        (f" — {section}" if section else "", "dim"),
        f" ({citation.publisher}, {citation.authority}{digest}, {dated(citation)}{marks})",
        (f" {citation.place}", "blue"),
    )
