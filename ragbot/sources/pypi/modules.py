"""What is known of a module: its definitions, imports, values and calls."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True, eq=False)
class Definition:
    """A function, class or documented value.

    `docs` are the expressions that its docstring was set to, in order; each may refer to the
    docstring before it.
    """

    module: str
    qualname: str
    node: FunctionNode | ast.ClassDef | None
    line: int
    docs: list[ast.expr] = field(default_factory=list)
    members: "dict[str, Binding]" = field(default_factory=dict)
    owner: "Definition | None" = None

    @property
    def name(self) -> str:
        """Its name without what it is in."""
        return self.qualname.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class Import:
    """A name that stands for a module (`name` is None) or for something in one."""

    module: str
    name: str | None
    is_public: bool = False
    """Whether it is imported to be passed on: `from a import b as b`."""


@dataclass(frozen=True, slots=True)
class Value:
    """A name that an expression is assigned to, or (`is_bare`) that is only declared."""

    module: str
    qualname: str
    expression: ast.expr
    line: int
    is_bare: bool = False


Binding = Definition | Import | Value


@dataclass(slots=True)
class Module:
    """A module's names and what is done to them at its top level."""

    name: str
    path: str
    is_package: bool
    scope: dict[str, Binding] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    listed: list[ast.expr] = field(default_factory=list)
    """Expressions that `__all__` is made of."""
    calls: list[ast.Call] = field(default_factory=list)
    late: list[tuple[ast.expr, ast.expr]] = field(default_factory=list)
    """(what, docstring) of docstrings that are assigned to something of another module."""


def dotted(expression: ast.expr) -> str:
    """`a.b.c` of an expression that is just that (`getattr(a.b, "c")` too), else ""."""
    match expression:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            base = dotted(value)
            return f"{base}.{name}" if base else ""
        case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_]):
            base = dotted(value)
            return f"{base}.{name}" if base else ""
    return ""


def decorators(node: FunctionNode | ast.ClassDef | None) -> Iterator[tuple[str, ast.Call | None]]:
    """The last name of each decorator, with its call where it is one."""
    for decorator in node.decorator_list if node is not None else ():
        call = decorator if isinstance(decorator, ast.Call) else None
        name = dotted(call.func if call else decorator)
        if name:
            yield name.rsplit(".", 1)[-1], call
