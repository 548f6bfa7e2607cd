"""The part of a file that an include of Sphinx or MyST asks for."""

import ast
import re
import textwrap
from collections.abc import Mapping

_FIRST, _LAST = ("start-at", "start-after"), ("end-at", "end-before")
_DIGITS = re.compile("[0-9]+")


def part_of(text: str, options: Mapping[str, str]) -> str:
    """The text, or what the options leave of it: lines by number, by words, or a Python object.

    An option that fits nothing is passed over; so is one that asks for looks only.
    """
    if name := options.get("pyobject", "").strip():
        text = _object(text, name) or text
    lines = text.splitlines()
    if asked := options.get("lines", "").strip():
        lines = lines_by_number(lines, asked, "-")
    begin, end = _number(options, "start-line"), _number(options, "end-line")
    lines = lines[begin or 0 : end]
    lines = _between(lines, options)
    text = "\n".join(lines)
    return textwrap.dedent(text) if "dedent" in options else text


def lines_by_number(lines: list[str], asked: str, to: str) -> list[str]:
    """The lines that numbers and spans ask for, such as `1-4,7`; all where that fits none.

    `to` stands between the two ends of a span, either of which may be left out.
    """
    kept: list[str] = []
    for part in asked.split(","):
        first, span, last = (one.strip() for one in part.partition(to))
        if not (first or last) or not _DIGITS.fullmatch(first + last):
            continue
        begin = _line_number(first) if first else 1
        end = _line_number(last) if last else (len(lines) if span else begin)
        kept += lines[max(begin - 1, 0) : end]
        if len(kept) > len(lines):  # the same again and again
            break
    return kept or lines


def _line_number(digits: str) -> int:
    """The number; one of more than nine digits is past the end of any file."""
    return int(digits.lstrip("0")[:9] or "0")


def _number(options: Mapping[str, str], name: str) -> int | None:
    value = options.get(name, "").strip()
    return int(value) if re.fullmatch(r"-?\d{1,9}", value) else None


def _between(lines: list[str], options: Mapping[str, str]) -> list[str]:
    """The lines from one that holds some words to one that holds others."""
    for name in _FIRST:
        words = options.get(name, "")
        at = _line_with(lines, words) if words else None
        if at is not None:
            lines = lines[at + (name == "start-after") :]
    for name in _LAST:
        words = options.get(name, "")
        at = _line_with(lines[1:], words) if words else None
        if at is not None:
            lines = lines[: at + 1 + (name == "end-at")]
    return lines


def _line_with(lines: list[str], words: str) -> int | None:
    return next((number for number, line in enumerate(lines) if words in line), None)


def _object(text: str, name: str) -> str:
    """The lines of a function or a class of Python by its dotted name, "" where there is none."""
    try:
        body: list[ast.stmt] = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return ""
    found: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | None = None
    for part in name.split("."):
        found = next(
            (
                node
                for node in body
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
                and node.name == part
            ),
            None,
        )
        if found is None:
            return ""
        body = found.body
    if found is None:
        return ""
    first = min([found.lineno, *(one.lineno for one in found.decorator_list)])
    return "\n".join(text.splitlines()[first - 1 : found.end_lineno])
