"""An answer as Markdown, for clients that show nothing else: marks [n], a table, the sources.

Every mark [n] stands for a citation, and the sources at the end have it again. Quotes are foreign
text: what would be Markdown or a mark in them is escaped, so that they read as they are written.
"""

from collections.abc import Callable, Iterator, Sequence

from api.markdown_beside import beside_parts
from api.markdown_text import code_block, code_in_table, code_span, escaped, marks
from ragbot.answer.plain import (
    NEAR_MISS,
    dated,
    disputed,
    elsewhere,
    notes,
    side_in_words,
    sides,
    silence,
    standing,
    understood,
    unknown,
)
from ragbot.types import Answer, BlockKind, Citation, Cited, Claim, Conflict, Refusal, Summary


def as_markdown(answer: Answer) -> str:
    """The answer with its marks, and its sources at the end."""
    return "\n\n".join(parts(answer))


def parts(answer: Answer) -> Iterator[str]:
    """The paragraphs, tables and lists of an answer, in order; blank lines belong between them."""
    question = answer.question
    yield from (f"*{escaped(line)}*" for line in understood(question))
    yield from map(escaped, unknown(answer))
    if answer.refusal:
        yield from _refused(answer.refusal)
        return
    cited = answer.cited()
    if answer.lead_note:
        yield escaped(answer.lead_note)
    for claim, side in sides(answer):
        yield f"**{escaped(side)}:** {_claim(claim, cited)}" if side else _claim(claim, cited)
    yield from map(escaped, answer.gaps)
    for beside in answer.side_by_side:
        names = {column.id: column.name for column in question.columns}
        yield from beside_parts(beside, names, cited)
    if answer.cells:
        yield _table(answer, cited)
    yield from _steps(answer.steps, cited)
    if answer.findings:
        yield from _findings(answer.findings, cited)
    for conflict in answer.conflicts:
        yield _conflict(conflict, cited)
    if answer.citations:
        yield "**Sources**"
        yield "\n".join(f"- [{each.number}] {_source(each)}" for each in answer.citations)


def summary_pieces(summary: Summary, answer: Answer) -> Iterator[str]:
    """A language model's sentences with their marks, in the order written; joined, a paragraph.

    A sentence that is for a cell has a paragraph of its own.
    """
    cited = answer.cited()
    names = {column.id: column.name for column in answer.question.columns}
    rows = {row.id: row.name for row in answer.question.rows}
    for place, claim in enumerate(summary.sentences):
        said = f"{escaped(claim.text)} {marks(claim, cited)}"
        if claim.aspect is not None and claim.subject is not None:
            cell = f"{names[claim.subject]}, {rows[claim.aspect]}"
            yield f"\n\n**{escaped(cell)}:** {said}"
        else:
            yield f" {said}" if place else said


def summary_note(summary: Summary) -> str:
    """What became of a summary, as a paragraph."""
    return f"*{escaped(summary.note)}*"


def _refused(refusal: Refusal) -> Iterator[str]:
    yield escaped(refusal.reason)
    if refusal.near_miss and refusal.nearest:
        yield escaped(NEAR_MISS)
    if refusal.nearest:
        yield "\n".join(f"- Nearest: {_quote(near)} ({_source(near)})" for near in refusal.nearest)


def _table(answer: Answer, cited: Cited) -> str:
    columns = answer.question.columns
    cells = {(cell.aspect, cell.subject): cell for cell in answer.cells}
    lines = [
        "| | " + " | ".join(escaped(column.name) for column in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for row in answer.question.rows:
        found = [cells.get((row.id, column.id)) for column in columns]
        if any(found):
            said = [
                " / ".join(_claim(claim, cited, code_in_table) for claim in cell.claims)
                or f"*{silence(cell)}*"
                if cell
                else ""
                for cell in found
            ]
            lines.append(f"| **{escaped(row.name)}** | " + " | ".join(said) + " |")
    return "\n".join(lines)


def _steps(steps: Sequence[Claim], cited: Cited) -> Iterator[str]:
    for place, claim in enumerate(steps):
        first = claim.evidence[0]
        citation = cited[first.span]
        if not place:
            path = " > ".join(dict.fromkeys((citation.title, *citation.section)))
            yield f"In order, from *{escaped(path)}*:"
        if first.kind is BlockKind.CODE:
            yield f"{code_block(first.quote)}\n[{citation.number}]"
        else:
            yield _claim(claim, cited)


def _findings(findings: Sequence[Claim], cited: Cited) -> Iterator[str]:
    """A list; a listing of several lines stands between its parts, as a block of its own."""
    items: list[str] = []
    for claim in findings:
        first = claim.evidence[0]
        if first.kind is not BlockKind.CODE or "\n" not in first.quote.strip():
            items.append(f"- {_claim(claim, cited)}")
            continue
        if items:
            yield "\n".join(items)
        items = []
        yield f"{code_block(first.quote)}\n{marks(claim, cited)}"
    if items:
        yield "\n".join(items)


def _conflict(conflict: Conflict, cited: Cited) -> str:
    lines = [f"**{escaped(disputed(conflict))}**", ""]
    for place, side in enumerate(conflict.sides):
        found = [cited[evidence.span] for evidence in side.evidence]
        said = " / ".join(f"{_quote(citation)} [{citation.number}]" for citation in found)
        followed = "; this answer follows it" if conflict.follows == place else ""
        lines.append(f"- {escaped(side_in_words(side))}{followed}: {said}")
    outcome = "followed because" if conflict.follows is not None else "left open:"
    return "\n".join([*lines, "", f"({outcome} {escaped(conflict.why)})"])


def _claim(claim: Claim, cited: Cited, code: Callable[[str], str] = code_span) -> str:
    found = [cited[evidence.span] for evidence in claim.evidence]
    said = " ".join(f"{_quote(citation, code)} [{citation.number}]" for citation in found)
    told = notes(claim, cited)
    return f"{said} *({escaped(told)})*" if told else said


def _quote(citation: Citation, code: Callable[[str], str] = code_span) -> str:
    evidence = citation.evidence
    is_code = evidence.kind is BlockKind.CODE
    quoted = code(evidence.quote) if is_code else f"“{escaped(evidence.quote)}”"
    return f"{escaped(evidence.label)}: {quoted}" if evidence.label else quoted


def _source(citation: Citation) -> str:
    title = escaped(citation.title)
    if citation.url.startswith(("https://", "http://")):
        address = citation.url.replace("<", "%3C").replace(">", "%3E")
        title = f"[{title}](<{address}>)"
    digest = ", digest" if citation.kind == "digest" else ""
    said = f"{citation.publisher}, {citation.authority}{digest}, {dated(citation)}"
    told = f"; {standing(citation)}" if citation.facts else ""
    own = citation.path and citation.place == citation.path
    file = f"; {citation.path}" if own else ""
    return f"{title}, {escaped(said + file + told + elsewhere(citation))}"
