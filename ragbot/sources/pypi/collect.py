"""What a module defines, imports, assigns and calls, by its syntax tree. Nothing is run.

Bodies of functions are not entered; both branches of `if` and `try` are, since which of them runs
depends on a machine that is not here.
"""

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace

from ragbot.sources.pypi.modules import (
    Binding,
    Definition,
    FunctionNode,
    Import,
    Module,
    Value,
    decorators,
    dotted,
)

LARGEST_SOURCE = 4_000_000  # bytes of a module
MOST_MARKS = 250_000
"""Ends of lines, semicolons and commas of a module: some 2.4 kB of syntax tree each at worst.

The longest module of torch has 82,000 of them in 0.5 MB; 4 MB of `x=1` lines have a million.
"""

_MARK = re.compile(rb"[\n;,]")


class UnreadableError(Exception):
    """The source is no Python that this Python's parser understands."""


def parse(name: str, path: str, source: bytes) -> Module:
    """The names of a module.

    Raises:
        UnreadableError: it cannot be parsed, or would take too much memory.
    """
    if len(source) > LARGEST_SOURCE or len(_MARK.findall(source)) > MOST_MARKS:
        raise UnreadableError(f"{path} is too long to be parsed; exclude it")
    module = Module(name, path, path.endswith("/__init__.py"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in somebody's string is not our business
            tree = ast.parse(source)
        _Collector(module).statements(tree.body)
    except MemoryError as error:
        raise UnreadableError(f"{path} cannot be parsed (it takes too much memory)") from error
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UnreadableError(f"{path} cannot be parsed ({error})") from error
    return module


class _Collector:
    """Fills a module or, with an owner, the members of a class."""

    def __init__(self, module: Module, owner: Definition | None = None) -> None:
        self._module, self._owner = module, owner
        self._scope = module.scope if owner is None else owner.members

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in _flat(body):
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    self._define(statement)
                case ast.Import():
                    self._import(statement)
                case ast.ImportFrom():
                    self._import_from(statement)
                case ast.Assign():
                    for target in statement.targets:
                        self._assign(target, statement.value)
                case ast.AnnAssign():
                    self._annotated(statement)
                case ast.AugAssign(target=ast.Name(id="__all__")):
                    self._module.listed.append(statement.value)
                case ast.AugAssign(target=ast.Attribute(attr="__doc__") as target):
                    before = ast.Attribute(target.value, "__doc__", ast.Load())
                    self._document(target.value, ast.BinOp(before, ast.Add(), statement.value))
                case ast.Expr(value=ast.Call() as call):
                    self._call(call)

    def _define(self, node: FunctionNode | ast.ClassDef) -> None:
        before = self._scope.get(node.name)
        if _is_overload(node) or _is_accessor(node):
            return
        prefix = f"{self._owner.qualname}." if self._owner else ""
        made = Definition(self._module.name, prefix + node.name, node, node.lineno)
        made.owner = self._owner
        if (docstring := _docstring(node)) is not None:
            made.docs.append(docstring)
        elif isinstance(before, Definition) and before.docs:
            return  # a stub for another platform or for type checkers
        self._scope[node.name] = made
        if isinstance(node, ast.ClassDef):
            _Collector(self._module, made).statements(node.body)
        node.body = []

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname:
                self._scope[alias.asname] = Import(alias.name, None, alias.asname == alias.name)
            else:
                first = alias.name.partition(".")[0]
                self._scope.setdefault(first, Import(first, None))

    def _import_from(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            parts = self._module.name.split(".")
            kept = len(parts) - node.level + self._module.is_package
            base = ".".join([*parts[: max(kept, 0)], *filter(None, [base])])
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name == "*":
                self._module.stars.append(base)
            elif not isinstance(self._scope.get(name), Definition):
                self._scope[name] = Import(base, alias.name, alias.asname == alias.name)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assign(node.target, node.value)
        elif self._owner and isinstance(node.target, ast.Name):
            bare = replace(self._value(node.target.id, ast.Constant(None), node), is_bare=True)
            self._scope.setdefault(node.target.id, bare)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target:
            case ast.Name(id="__all__"):
                self._module.listed.append(value)
            case ast.Name(id="__doc__"):
                if self._owner:
                    self._owner.docs.append(value)
            case ast.Name(id=name):
                if not isinstance(self._scope.get(name), Definition):
                    self._scope[name] = self._value(name, value, target)
            case ast.Attribute(value=of, attr="__doc__"):
                self._document(of, value)
            case ast.Attribute(value=ast.Name(id=of), attr=name):
                owner = self._scope.get(of)
                if isinstance(owner, Definition) and isinstance(owner.node, ast.ClassDef):
                    owner.members.setdefault(name, self._value(f"{of}.{name}", value, target))

    def _value(self, name: str, value: ast.expr, at: ast.stmt | ast.expr) -> Value:
        prefix = f"{self._owner.qualname}." if self._owner else ""
        return Value(self._module.name, prefix + name, value, at.lineno)

    def _call(self, call: ast.Call) -> None:
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="__all__"), attr="append" | "extend" as how),
                args=[given],
            ):
                listed = given if how == "extend" else ast.List([given], ast.Load())
                self._module.listed.append(listed)
            case ast.Call(
                func=ast.Name(id="setattr"),
                args=[of, ast.Constant(value="__doc__"), value],
            ):
                self._document(of, value)
            case _:
                self._module.calls.append(call)

    def _document(self, of: ast.expr, value: ast.expr) -> None:
        found: Binding | None = None
        names = dotted(of).split(".")
        scope = self._scope
        for name in names:
            found = scope.get(name)
            scope = found.members if isinstance(found, Definition) else {}
        if isinstance(found, Definition):
            found.docs.append(value)
        else:
            self._module.late.append((of, value))


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        match statement:
            case ast.If():
                yield from _flat([*statement.orelse, *statement.body])
            case ast.Try():
                handlers = [part for handler in statement.handlers for part in handler.body]
                yield from _flat([*handlers, *statement.orelse, *statement.body])
                yield from _flat(statement.finalbody)
            case ast.With():
                yield from _flat(statement.body)
            case _:
                yield statement


def _docstring(node: FunctionNode | ast.ClassDef) -> ast.expr | None:
    match node.body:
        case [ast.Expr(value=ast.Constant(value=str()) as constant), *_]:
            return constant
    return None


def _is_overload(node: FunctionNode | ast.ClassDef) -> bool:
    return any(name == "overload" for name, _ in decorators(node))


def _is_accessor(node: FunctionNode | ast.ClassDef) -> bool:
    return any(name in {"setter", "deleter"} for name, _ in decorators(node))
