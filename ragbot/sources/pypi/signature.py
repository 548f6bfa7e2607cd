"""Signatures: names with defaults, out of a function's tree or its docstring's first line."""

import ast
import re
from collections.abc import Iterator

from ragbot.sources.pypi.library import Library
from ragbot.sources.pypi.modules import Definition, FunctionNode, Value, decorators

_LONGEST_DEFAULT = 80  # characters
_LONGEST_ANNOTATION = 60
_LONGEST_LINE = 88
_TOLD = re.compile(r"^(?:\.\. function:: *)?([A-Za-z_][\w.]*)(\(.*\))( *-> *[^\n\\]+)?", re.DOTALL)


def signature(library: Library, definition: Definition, name: str, docstring: str) -> str:
    """How a symbol of that public name is called, or just the name of what cannot be called."""
    last = name.rsplit(".", 1)[-1]
    told = told_signature(docstring, last)
    node = _callable(library, definition)
    if told and last != definition.name:
        return name + told
    if node is None:
        if fields := _fields(definition):
            return name + _laid_out(name, fields, "")
        is_class = isinstance(definition.node, ast.ClassDef)
        return name + told if told else f"class {name}" if is_class else name
    is_method = definition.owner is not None or isinstance(definition.node, ast.ClassDef)
    marks = {mark for mark, _ in decorators(node)}
    if _is_property(node):
        return name
    parameters = list(_parameters(node.args, drop=is_method and "staticmethod" not in marks))
    if told and {"*args", "**kwargs"} <= set(parameters):
        return name + told
    returns = "" if isinstance(definition.node, ast.ClassDef) else _annotation(node.returns)
    return name + _laid_out(name, parameters, f" -> {returns}" if returns else "")


def defaults(library: Library, definition: Definition) -> dict[str, str]:
    """The default of each parameter that has one."""
    node = _callable(library, definition)
    if node is None:
        return {}
    return {arg.arg: _default(value) for arg, value in _with_defaults(node.args) if value}


def kind_of(definition: Definition) -> str:
    """What a definition is: class, function, method, property or data."""
    match definition.node:
        case ast.ClassDef():
            return "class"
        case None:
            return "data"
        case node if _is_property(node):
            return "property"
    return "function" if definition.owner is None else "method"


def told_signature(docstring: str, name: str) -> str:
    """The "(arguments) -> result" with which a docstring starts, "" where it does not.

    A line that ends in a backslash, or has an open bracket, goes on in the next.
    """
    for start in _starts(docstring, name):
        match = _TOLD.match(start)
        if match is None or match[1].rsplit(".", 1)[-1] != name:
            continue
        depth = 0
        for at, char in enumerate(start):
            depth += (char in "([{") - (char in ")]}")
            if char == ")" and depth == 0:
                opened = start.index("(")
                result = re.match(r"\s*(->[^\n\\]*)?", start[at + 1 :])
                arrow = (result[1] or "").strip() if result else ""
                inside = " ".join(start[opened : at + 1].split())
                return inside + (f" {arrow}" if arrow else "")
    return ""


def _starts(docstring: str, name: str) -> Iterator[str]:
    yield docstring.lstrip()[:2000]
    if (at := docstring.find(f".. function:: {name}(")) >= 0:
        yield docstring[at : at + 2000]


def _callable(library: Library, definition: Definition) -> FunctionNode | None:
    """The function that is called: of a class, its `__init__` or else its `__new__`."""
    match definition.node:
        case ast.ClassDef():
            for name in ("__init__", "__new__"):
                found = library.member(definition, name)
                if isinstance(found, Definition) and not isinstance(found.node, ast.ClassDef):
                    return found.node
            return None
        case node:
            return node


def _is_property(node: FunctionNode | ast.ClassDef) -> bool:
    return any(mark.endswith("property") for mark, _ in decorators(node))


def _fields(definition: Definition) -> list[str]:
    """The fields of a dataclass or named tuple, with their defaults."""
    node = definition.node
    if not isinstance(node, ast.ClassDef):
        return []
    marks = {mark for mark, _ in decorators(node)}
    is_tuple = any(isinstance(base, ast.Name) and base.id == "NamedTuple" for base in node.bases)
    if "dataclass" not in marks and not is_tuple:
        return []
    fields = []
    for name, value in definition.members.items():
        if isinstance(value, Value) and not name.startswith("_"):
            fields.append(name if value.is_bare else f"{name}={_default(value.expression)}")
    return fields


def _with_defaults(args: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    positional = [*args.posonlyargs, *args.args]
    missing = [None] * (len(positional) - len(args.defaults))
    yield from zip(positional, [*missing, *args.defaults], strict=True)
    yield from zip(args.kwonlyargs, args.kw_defaults, strict=True)


def _parameters(args: ast.arguments, *, drop: bool) -> Iterator[str]:
    told = dict(_with_defaults(args))
    positional = [*args.posonlyargs, *args.args]
    for index, arg in enumerate(positional):
        if index or not drop:
            yield _parameter(arg, told[arg])
        if args.posonlyargs and arg is args.posonlyargs[-1] and (index or not drop):
            yield "/"
    if args.vararg:
        yield f"*{args.vararg.arg}"
    elif args.kwonlyargs:
        yield "*"
    for arg in args.kwonlyargs:
        yield _parameter(arg, told[arg])
    if args.kwarg:
        yield f"**{args.kwarg.arg}"


def _parameter(arg: ast.arg, default: ast.expr | None) -> str:
    annotation = _annotation(arg.annotation)
    if annotation:
        return f"{arg.arg}: {annotation}" + (f" = {_default(default)}" if default else "")
    return arg.arg + (f"={_default(default)}" if default else "")


def _default(expression: ast.expr) -> str:
    written = ast.unparse(expression)
    return written if len(written) <= _LONGEST_DEFAULT else "..."


def _annotation(expression: ast.expr | None) -> str:
    """An annotation as it is written, "" for one too long to help the reader."""
    if expression is None:
        return ""
    match expression:
        case ast.Constant(value=str(quoted)):
            written = quoted
        case _:
            written = ast.unparse(expression)
    return written if len(written) <= _LONGEST_ANNOTATION and "\n" not in written else ""


def _laid_out(name: str, parameters: list[str], returns: str) -> str:
    line = f"({', '.join(parameters)}){returns}"
    if len(name) + len(line) <= _LONGEST_LINE:
        return line
    rows = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"(\n{rows}){returns}"
