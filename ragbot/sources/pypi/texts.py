"""String expressions, worked out without running them: joined, formatted, replaced, dedented."""

import ast
import inspect
import re
import string
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

_DEEPEST = 60  # expressions within expressions, names of names
_LONGEST = 400_000  # characters
_METHODS = {"format", "join", "replace", "strip", "lstrip", "rstrip"}
_PERCENT = re.compile(r"%(?:\((\w+)\))?([#0\- +]*\d*(?:\.\d+)?)([sdrif%])")


class Names(Protocol):
    """What the names of an expression stand for, where it is written."""

    def text_of(self, expression: ast.expr, depth: int) -> str | None:
        """The text that a name or attribute stands for, None if it is no text."""
        ...

    def value_of(self, expression: ast.expr) -> "tuple[ast.expr, Names] | None":
        """The expression that a name was assigned, with the names that are known there."""
        ...


def text(expression: ast.expr, names: Names, depth: int = 0) -> str | None:
    """The text that an expression stands for, None if it is none or cannot be told."""
    if depth > _DEEPEST:
        return None
    found: str | None = None
    match expression:
        case ast.Constant(value=str(value)):
            found = value
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [text(side, names, depth + 1) for side in (left, right)]
            found = "".join(part or "" for part in parts) if any(parts) else None
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            template = text(left, names, depth + 1)
            found = None if template is None else _percent(template, right, names, depth)
        case ast.JoinedStr(values=values):
            found = "".join(_piece(value, names, depth) for value in values)
        case ast.IfExp(body=body, orelse=other):
            found = text(body, names, depth + 1) or text(other, names, depth + 1)
        case ast.BoolOp(values=values):
            found = next(filter(None, (text(value, names, depth + 1) for value in values)), None)
        case ast.Name() | ast.Attribute():
            found = names.text_of(expression, depth + 1)
        case ast.Subscript(value=value, slice=key):
            found = mapping(value, names, depth + 1).get(text(key, names, depth + 1) or "")
        case ast.Call():
            found = _called(expression, names, depth)
    return found if found is None or len(found) <= _LONGEST else None


def texts(expression: ast.expr, names: Names, depth: int = 0) -> list[str]:
    """The texts of a list, tuple or set, of lists added up, or of one text."""
    if depth > _DEEPEST:
        return []
    match expression:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return [found for part in parts for found in texts(part, names, depth + 1)]
        case ast.Starred(value=value):
            return texts(value, names, depth + 1)
        case ast.Name() | ast.Attribute() if there := names.value_of(expression):
            return texts(*there, depth + 1)
    found = text(expression, names, depth)
    if found is None and isinstance(expression, ast.BinOp):
        sides = (expression.left, expression.right)
        return [one for side in sides for one in texts(side, names, depth + 1)]
    return [] if found is None else [found]


def mapping(expression: ast.expr, names: Names, depth: int = 0) -> dict[str, str]:
    """The texts of a dictionary by name.

    Of a call all arguments are taken: dictionaries are merged, and a text that lists names with
    their descriptions, one below another, is cut into them.
    """
    if depth > _DEEPEST:
        return {}
    found: dict[str, str] = {}
    match expression:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if key is None:
                    found |= mapping(value, names, depth + 1)
                elif (name := text(key, names, depth + 1)) is not None:
                    found[name] = text(value, names, depth + 1) or ""
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            found = mapping(left, names, depth + 1) | mapping(right, names, depth + 1)
        case ast.Name() | ast.Attribute():
            if (value_there := names.value_of(expression)) is not None:
                found = mapping(*value_there, depth + 1)
        case ast.Call(args=args, keywords=keywords):
            for argument in args:
                found |= mapping(argument, names, depth + 1) or descriptions(
                    text(argument, names, depth + 1) or ""
                )
            found |= _keywords(keywords, names, depth)
    return found


def descriptions(listed: str) -> dict[str, str]:
    """Cut "name (type): text" entries, each at the same indentation, by their names."""
    lines = listed.expandtabs(4).split("\n")
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    if not indents:
        return {}
    least = min(indents[1:] or indents)
    entries = re.split(rf"\n {{{least}}}(?!\s)", "\n" + listed.expandtabs(4))
    kept = [entry.strip() for entry in entries if entry.strip()]
    return {entry.split(maxsplit=1)[0].rstrip(":"): entry for entry in kept}


def _called(call: ast.Call, names: Names, depth: int) -> str | None:
    """What a call makes of a text; of a call nobody knows, its longest text."""
    given = [text(arg, names, depth + 1) or "" for arg in call.args]
    match call.func:
        case ast.Attribute(value=value, attr=how) if how in _METHODS:
            template = text(value, names, depth + 1)
            if template is None:
                return None
            if how == "format":
                return filled(template, given, _keywords(call.keywords, names, depth))
            if how == "join":
                return template.join(texts(call.args[0], names, depth + 1)) if given else None
            return _changed(template, how, given)
        case ast.Name(id=how) | ast.Attribute(attr=how):
            longest = max(given, key=len, default="")
            known = {"dedent": textwrap.dedent, "cleandoc": inspect.cleandoc}
            return known.get(how, str)(longest) if longest else None
    return None


def _changed(given: str, how: str, args: list[str]) -> str:
    if how == "replace":
        is_told = len(args) > 1 and args[0]
        return given.replace(args[0], args[1])[:_LONGEST] if is_told else given
    change: Callable[..., str] = getattr(given, how)
    return change(*args[:1])


def _keywords(keywords: Sequence[ast.keyword], names: Names, depth: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for keyword in keywords:
        if keyword.arg is None:
            found |= mapping(keyword.value, names, depth + 1)
        else:
            found[keyword.arg] = text(keyword.value, names, depth + 1) or _plain(keyword.value)
    return found


def _piece(value: ast.expr, names: Names, depth: int) -> str:
    if isinstance(value, ast.FormattedValue):
        return text(value.value, names, depth + 1) or _plain(value.value)
    return text(value, names, depth + 1) or ""


def _plain(expression: ast.expr) -> str:
    match expression:
        case ast.Constant(value=int() | float() as value):
            return str(value)
    return ""


class _Filling(string.Formatter):
    """Fills a template; a name that is not given leaves nothing. No attributes, no calls."""

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, str]:
        if field_name.isdecimal():
            index = int(field_name)
            return (args[index] if index < len(args) else ""), field_name
        return kwargs.get(field_name, ""), field_name

    def format_field(self, value: Any, _format_spec: str) -> str:
        return str(value)


def filled(template: str, args: Sequence[str], kwargs: Mapping[str, str]) -> str:
    """The template with its braces filled, or as it is where its braces do not pair."""
    try:
        return _Filling().vformat(template, args, kwargs)
    except (ValueError, IndexError):
        return template


def _percent(template: str, right: ast.expr, names: Names, depth: int) -> str:
    named = mapping(right, names, depth + 1)
    parts = right.elts if isinstance(right, ast.Tuple) else [right]
    given = iter([text(part, names, depth + 1) or _plain(part) for part in parts])

    def put(match: re.Match[str]) -> str:
        if match[3] == "%":
            return "%"
        return named.get(match[1], "") if match[1] else next(given, "")

    return _PERCENT.sub(put, template)
