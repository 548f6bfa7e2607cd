"""The modules of a package as one library: names followed through imports, docstrings worked out.

A module is parsed when it is first asked for.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping

from ragbot.sources.pypi import texts
from ragbot.sources.pypi.collect import UnreadableError, parse
from ragbot.sources.pypi.modules import (
    Binding,
    Definition,
    Import,
    Module,
    Value,
    dotted,
)

_DEEPEST = 40  # imports of imports


class Library:
    """Finds definitions by module and name, and tells their docstrings.

    `files` are Python sources by their path in the wheel; `attach` the names of calls that give a
    docstring to their first argument. `unreadable` says what could not be parsed, by path.
    """

    def __init__(self, files: Mapping[str, bytes], attach: Mapping[str, str]) -> None:
        self._files = files
        self._attach = frozenset(attach)
        self.paths = {_module_name(path): path for path in sorted(files)}
        self.unreadable: dict[str, str] = {}
        self._modules: dict[str, Module | None] = {}
        self._made: dict[int, Definition] = {}
        self._levels: dict[int, int] = {}

    def module(self, name: str) -> Module | None:
        """The module of that name, None where the library has none."""
        if name not in self._modules:
            self._modules[name] = None
            path = self.paths.get(name)
            if path is not None:
                try:
                    self._modules[name] = parse(name, path, self._files[path])
                except UnreadableError as error:
                    self.unreadable[path] = str(error)
        return self._modules[name]

    def holding(self, words: Iterator[str] | tuple[str, ...]) -> Iterator[Module]:
        """The modules in whose source one of these words stands."""
        sought = [word.encode() for word in words]
        for name, path in self.paths.items():
            source = self._files[path]
            if any(word in source for word in sought) and (module := self.module(name)):
                yield module

    def find(self, module: str, name: str, depth: int = 0) -> Definition | Value | Module | None:
        """What a dotted name stands for, as seen in a module; imports are followed."""
        first, *rest = name.split(".")
        found = self._in_module(module, first, depth)
        for part in rest:
            if isinstance(found, Value):
                found = self.behind(found, depth + 1)
            if isinstance(found, Module):
                found = self._in_module(found.name, part, depth)
            elif isinstance(found, Definition):
                member = self.member(found, part)
                found = self._imported(member, depth) if isinstance(member, Import) else member
        return found

    def definition(self, module: str, name: str, depth: int = 0) -> Definition | None:
        """The definition behind a dotted name; other names and wrappers of it are seen through."""
        found = self.find(module, name, depth)
        if isinstance(found, Value):
            found = self.behind(found, depth)
        return found if isinstance(found, Definition) else None

    def behind(self, value: Value, depth: int = 0) -> Definition:
        """What a value is another name of, or a definition of its own."""
        if id(value) in self._made or depth > _DEEPEST:
            return self._made.get(id(value)) or _plain(value)
        self._made[id(value)] = made = _plain(value)
        expression = value.expression
        if isinstance(expression, ast.Call):
            if self.attached(expression) is not None:
                made.docs.append(expression.args[1])
            elif wrapped := self._wrapped(expression, made, depth):
                self._made[id(value)] = wrapped
        elif found := self.definition(value.module, dotted(expression), depth + 1):
            self._made[id(value)] = found
        return self._made[id(value)]

    def attached(self, call: ast.Call) -> str | None:
        """The name of the function if this call attaches a docstring, else None."""
        name = dotted(call.func).rsplit(".", 1)[-1]
        return name if name in self._attach and len(call.args) > 1 else None

    def bases(self, definition: Definition) -> Iterator[Definition]:
        """The classes that a class is made of, itself first, as far as the library has them."""
        seen: set[int] = set()
        waiting = [definition]
        while waiting:
            one = waiting.pop(0)
            if id(one) not in seen and isinstance(one.node, ast.ClassDef):
                seen.add(id(one))
                yield one
                waiting = [*self.direct_bases(one), *waiting]

    def direct_bases(self, definition: Definition) -> list[Definition]:
        """The bases that a class names, as far as the library has them."""
        if not isinstance(definition.node, ast.ClassDef):
            return []
        named = [dotted(base) for base in definition.node.bases]
        found = [self.definition(definition.module, name) for name in named if name]
        return [base for base in found if base is not None]

    def member(self, definition: Definition, name: str) -> Binding | None:
        """A member of a class or of its bases."""
        return next(
            (base.members[name] for base in self.bases(definition) if name in base.members), None
        )

    def docstring(self, definition: Definition) -> str:
        """The docstring, dedented, as it stands after all that was assigned; "" without one."""
        return inspect.cleandoc(self.raw_docstring(definition)).strip()

    def raw_docstring(self, definition: Definition) -> str:
        """The docstring as it is; while it is worked out, the one before it."""
        key = id(definition)
        level = self._levels.get(key, len(definition.docs))
        for index in range(level - 1, -1, -1):
            self._levels[key] = index
            found = texts.text(definition.docs[index], _Scope(self, definition.module, definition))
            if level == len(definition.docs):
                del self._levels[key]
            else:
                self._levels[key] = level
            if found is not None and found.strip():
                return found
        return ""

    def listed(self, module: Module) -> list[str]:
        """The names in a module's `__all__`, as far as they can be told without running it."""
        scope = _Scope(self, module.name, None)
        return [name for part in module.listed for name in texts.texts(part, scope)]

    def texts(self, module: str, expression: ast.expr) -> list[str]:
        """The texts that an expression of a module stands for."""
        return texts.texts(expression, _Scope(self, module, None))

    def _in_module(self, module: str, name: str, depth: int) -> Definition | Value | Module | None:
        held = self.module(module)
        if held is None or depth > _DEEPEST:
            return None
        found = held.scope.get(name)
        if isinstance(found, Import):
            return self._imported(found, depth + 1)
        if found is not None:
            return found
        for star in held.stars:
            below = self._in_module(star, name, depth + 1) if star != module else None
            if below is not None and not isinstance(below, Module):
                return below
        return self.module(f"{module}.{name}")

    def _imported(self, found: Import, depth: int) -> Definition | Value | Module | None:
        if found.name is None:
            return self.module(found.module)
        return self._in_module(found.module, found.name, depth)

    def _wrapped(self, call: ast.Call, made: Definition, depth: int) -> Definition | None:
        """The function that a call wraps: the one whose docstring tells this name, or the only."""
        given = [dotted(arg) for arg in [*call.args, *(word.value for word in call.keywords)]]
        found = [self.definition(made.module, one, depth + 1) for one in given if one]
        documented = [one for one in found if one is not None and one.docs]
        told = [one for one in documented if self.docstring(one).startswith(f"{made.name}(")]
        return told[0] if told else documented[0] if len(documented) == 1 else None


class _Scope:
    """What names stand for in a module and, for a docstring, in the class it belongs to."""

    def __init__(self, library: Library, module: str, definition: Definition | None) -> None:
        self._library, self._module, self._definition = library, module, definition

    def text_of(self, expression: ast.expr, depth: int) -> str | None:
        """The text that a name stands for; of `X.__doc__` the docstring."""
        name = dotted(expression)
        if name.endswith(".__doc__"):
            found = self._find(name.removesuffix(".__doc__"), depth)
            if isinstance(found, Value):
                found = self._library.behind(found)
            return self._library.raw_docstring(found) if isinstance(found, Definition) else None
        value = self.value_of(expression)
        return None if value is None else texts.text(*value, depth + 1)

    def value_of(self, expression: ast.expr) -> tuple[ast.expr, texts.Names] | None:
        """The expression that a name was assigned, and the names known there."""
        name = dotted(expression)
        found = self._find(name, 0) if name else None
        if not isinstance(found, Value):
            return None
        return found.expression, _Scope(self._library, found.module, None)

    def _find(self, name: str, depth: int) -> Binding | Module | None:
        one = self._definition
        owner = one if one is None or one.members else one.owner
        if owner is not None and name in owner.members:
            return owner.members[name]
        return self._library.find(self._module, name, depth)


def _plain(value: Value) -> Definition:
    return Definition(value.module, value.qualname, None, value.line)


def _module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
