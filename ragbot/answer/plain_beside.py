"""Names side by side as plain text."""

from collections.abc import Iterator, Mapping

from ragbot.types import ApiSymbol, Argument, Cited, Claim, SideBySide


def lines(beside: SideBySide, names: Mapping[str, str], cited: Cited) -> Iterator[str]:
    """A name and its counterparts in lines; `names` are those of the subjects by id."""
    if beside.note:
        yield beside.note
    first, *others = beside.counterparts
    for symbol in (beside.asked, first):
        yield f"\n{symbol.name} ({_place(symbol, names)})"
        for piece in symbol.signature:
            yield from (f"    {line}" for line in piece.text.splitlines())
            yield f"    {_numbers(piece, cited)}"
        if symbol.summary:
            yield f"  {_quoted(symbol.summary, cited)}"
        yield from (f"  Caveat: {_quoted(claim, cited)}" for claim in symbol.caveats)
    if beside.arguments:
        yield "\nArguments that correspond"
    for pair in beside.arguments:
        mark = " (other default)" if pair.is_other_default else ""
        yield f"  {pair.asked.text} | {pair.counterpart.text}{mark}"
        yield from _said(pair.asked, cited)
        yield from _said(pair.counterpart, cited)
    yield from (f"\n{_quoted(claim, cited)}" for claim in beside.told)
    if others:
        yield "\nAlso near"
    for symbol in others:
        yield f"  {_near(symbol, cited)}"
    yield ""


def _place(symbol: ApiSymbol, names: Mapping[str, str]) -> str:
    name = names.get(symbol.subject, symbol.subject)
    return name if symbol.reference == name else f"{name}, in the reference of {symbol.reference}"


def _near(symbol: ApiSymbol, cited: Cited) -> str:
    return f"{symbol.name}: {_quoted(symbol.summary, cited)}" if symbol.summary else symbol.name


def _said(argument: Argument, cited: Cited) -> Iterator[str]:
    if argument.said:
        yield f"    {_quoted(argument.said, cited)}"


def _quoted(claim: Claim, cited: Cited) -> str:
    return f"“{claim.text}” {_numbers(claim, cited)}"


def _numbers(claim: Claim, cited: Cited) -> str:
    found = (cited[e.span].number for e in claim.evidence)
    return " ".join(f"[{number}]" for number in found)
