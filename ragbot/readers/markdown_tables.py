"""Keeps the cells of table rows in which a pipe stands that separates nothing."""

import re
from collections.abc import Callable

_DELIMITERS = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_PIPE = re.compile(r"(?<!\\)\|")
_SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})")


def with_whole_cells(text: str, drop: Callable[[str], None]) -> str:
    r"""Markdown in which pipes in the code of table rows are escaped where they break up a cell.

    A row that has more cells than its header even so keeps the rest in its last one, and is
    reported to `drop`.
    """
    if "|" not in text:
        return text
    lines = text.split("\n")
    fence = ""
    at = 0
    while at < len(lines):
        if match := _FENCE.match(lines[at]):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        elif not fence and at and "|" in lines[at] and _DELIMITERS.match(lines[at]):
            at = _table(lines, at, drop)
            continue
        at += 1
    return "\n".join(lines)


def _table(lines: list[str], at: int, drop: Callable[[str], None]) -> int:
    """Mend the rows of the table whose delimiters stand on line `at`; the line after it."""
    width = _width(lines[at])
    if _width(lines[at - 1]) > width:
        lines[at - 1] = _escaped(lines[at - 1])
    if _width(lines[at - 1]) != width:
        return at + 1
    at += 1
    while at < len(lines) and lines[at].strip(" \t>"):
        if _width(lines[at]) > width:
            lines[at] = _escaped(lines[at])
        if _width(lines[at]) > width:
            drop("bar between more cells than the header has")
            lines[at] = _joined(lines[at], width)
        at += 1
    return at


def _width(line: str) -> int:
    """How many cells a row has."""
    body = line.strip(" \t>")
    body = body.removeprefix("|")
    if body.endswith("|") and not body.endswith("\\|"):
        body = body[:-1]
    return len(_PIPE.findall(body)) + 1


def _escaped(line: str) -> str:
    return _SPAN.sub(lambda match: _PIPE.sub(r"\\|", match[0]), line)


def _joined(line: str, width: int) -> str:
    """The row with the pipes after its last cell's beginning escaped."""
    end = len(line.rstrip())
    last = end - 1 if line.rstrip().endswith("|") else end
    begin = 1 if line.lstrip(" \t>").startswith("|") else 0
    pipes = [match.start() for match in _PIPE.finditer(line)]
    for place in reversed(pipes[begin + width - 1 :]):
        if place < last:
            line = f"{line[:place]}\\|{line[place + 1 :]}"
    return line
