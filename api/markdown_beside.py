"""Names side by side as Markdown."""

from collections.abc import Iterator, Mapping

from api.markdown_text import code_block, code_in_table, code_span, escaped, marks
from ragbot.types import ApiSymbol, Argument, Cited, Claim, SideBySide


def beside_parts(beside: SideBySide, names: Mapping[str, str], cited: Cited) -> Iterator[str]:
    """A name and its counterparts in paragraphs; `names` are those of the subjects by id."""
    if beside.note:
        yield escaped(beside.note)
    first, *others = beside.counterparts
    for symbol in (beside.asked, first):
        yield f"**{code_span(symbol.name)}** ({escaped(_place(symbol, names))})"
        for piece in symbol.signature:
            yield f"{code_block(piece.text)}\n{marks(piece, cited)}"
        if symbol.summary:
            yield _quoted(symbol.summary, cited)
        yield from (f"Caveat: {_quoted(claim, cited)}" for claim in symbol.caveats)
    if beside.arguments:
        lines = ["| argument | its counterpart | |", "|---|---|---|"]
        for pair in beside.arguments:
            mark = "other default" if pair.is_other_default else ""
            lines.append(
                f"| {_said(pair.asked, cited)} | {_said(pair.counterpart, cited)} | {mark} |"
            )
        yield "\n".join(lines)
    yield from (_quoted(claim, cited) for claim in beside.told)
    if others:
        yield "Also near:\n\n" + "\n".join(f"- {_near(symbol, cited)}" for symbol in others)


def _place(symbol: ApiSymbol, names: Mapping[str, str]) -> str:
    name = names.get(symbol.subject, symbol.subject)
    return name if symbol.reference == name else f"{name}, in the reference of {symbol.reference}"


def _near(symbol: ApiSymbol, cited: Cited) -> str:
    name = code_span(symbol.name)
    return f"{name}: {_quoted(symbol.summary, cited)}" if symbol.summary else name


def _said(argument: Argument, cited: Cited) -> str:
    """An argument as a cell of the table."""
    text = code_in_table(argument.text)
    return f"{text} {_quoted(argument.said, cited)}" if argument.said else text


def _quoted(claim: Claim, cited: Cited) -> str:
    return f"“{escaped(claim.text)}” {marks(claim, cited)}"
