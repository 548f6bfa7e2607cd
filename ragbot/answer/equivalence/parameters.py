"""The parameters of a quoted signature, each with its place in it."""

from collections.abc import Iterator
from dataclasses import dataclass

_OPEN, _CLOSED = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: `[start, end)` of the signature reads `text`; `default` is "" for none."""

    name: str
    text: str
    default: str
    start: int
    end: int


def parameters(signature: str) -> tuple[Parameter, ...]:
    """The named parameters of "name(a, b: int = 3, *, c=None) -> x"; () where there are none."""
    return tuple(_named(signature, start, end) for start, end in _spans(signature))


def _spans(signature: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every parameter that has a name, stars left out."""
    opened = signature.find("(")
    if opened < 0:
        return
    depth, start, quoted = 0, opened + 1, ""
    for at in range(opened, len(signature)):
        char = signature[at]
        if quoted:
            quoted = "" if char == quoted else quoted
        elif char in "'\"":
            quoted = char
        depth += (char in _OPEN and not quoted) - (char in _CLOSED and not quoted)
        if (char == "," and depth == 1 and not quoted) or depth == 0:
            text = signature[start:at]
            begin = start + len(text) - len(text.lstrip())
            if text.strip()[:1].isidentifier():
                yield begin, begin + len(text.strip())
            start = at + 1
        if depth == 0:
            return


def _named(signature: str, start: int, end: int) -> Parameter:
    text = signature[start:end]
    depth, cut = 0, len(text)
    for at, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSED)
        if char == "=" and depth == 0:
            cut = at
            break
    name = text[:cut].split(":")[0].strip()
    return Parameter(name, text, text[cut + 1 :].strip(), start, end)
