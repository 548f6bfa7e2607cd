"""Which names are public: told by decorators, by `__all__` and `__init__`, or by attach calls."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ragbot.sources.pypi.library import Library
from ragbot.sources.pypi.modules import Definition, Import, Module, Value, decorators, dotted
from ragbot.sources.pypi.recipe import Export, PypiObtain

_TEST = re.compile(r"tests?|tests?_.*|.*_tests?|conftest")


@dataclass(frozen=True, slots=True)
class Public:
    """A public name of a definition.

    `is_written` is false where the name only follows from where the definition stands. `current` is
    set for a name that the package itself calls out of date: the name it would have if it were not.
    """

    name: str
    definition: Definition
    is_written: bool = True
    current: str = ""


def public_names(library: Library, recipe: PypiObtain) -> Iterator[Public]:
    """Every public name that the recipe's rules find, some of them more than once."""
    yield from _exported(library, recipe)
    yield from _attached(library, recipe)
    yield from _walked(library, recipe)


def is_private(name: str) -> bool:
    """Whether a part of a dotted name starts with an underscore."""
    return any(part.startswith("_") for part in name.split("."))


def _exported(library: Library, recipe: PypiObtain) -> Iterator[Public]:
    for module in library.holding(tuple(recipe.exports)) if recipe.exports else ():
        for binding in list(_all_bindings(module.scope)):
            if isinstance(binding, Definition):
                for name, call in decorators(binding.node):
                    if call is not None and name in recipe.exports:
                        yield from _names(library, module, call, recipe.exports[name], binding)
            elif isinstance(binding, Value) and isinstance(binding.expression, ast.Call):
                yield from _by_call(library, recipe, module, binding.expression, binding)
        for call in module.calls:
            yield from _by_call(library, recipe, module, call, None)


def _all_bindings(scope: dict[str, Definition | Import | Value]) -> Iterator[Definition | Value]:
    for binding in scope.values():
        if not isinstance(binding, Import):
            yield binding
        if isinstance(binding, Definition):
            yield from _all_bindings(binding.members)


def _by_call(
    library: Library, recipe: PypiObtain, module: Module, call: ast.Call, value: Value | None
) -> Iterator[Public]:
    """`export("name")(thing)`, and `export("name").method(..., "THING")`."""
    match call.func:
        case ast.Call() as export:
            given = dotted(call.args[0]) if call.args else ""
        case ast.Attribute(value=ast.Call() as export):
            last = call.args[-1] if call.args else None
            given = str(last.value) if isinstance(last, ast.Constant) else ""
        case _:
            return
    rule = recipe.exports.get(dotted(export.func).rsplit(".", 1)[-1])
    if rule is None:
        return
    found = library.definition(module.name, given) if given else None
    if found is None and value is not None:
        found = library.behind(value)
    if found is not None:
        yield from _names(library, module, export, rule, found)


def _names(
    library: Library, module: Module, call: ast.Call, rule: Export, definition: Definition
) -> Iterator[Public]:
    for argument in call.args:
        for name in library.texts(module.name, argument):
            yield Public(rule.prefix + name, definition)
    for keyword in call.keywords:
        if keyword.arg in rule.deprecated:
            for name in library.texts(module.name, keyword.value):
                old = rule.deprecated[keyword.arg] + name
                yield Public(old, definition, current=rule.prefix + name)


def _attached(library: Library, recipe: PypiObtain) -> Iterator[Public]:
    for module in library.holding(tuple(recipe.attach)) if recipe.attach else ():
        for call in module.calls:
            if (name := _target(library, recipe, module, call)) and not is_private(name):
                known = library.definition(module.name, name)
                if known is None or not known.docs:
                    made = Definition(module.name, name, None, call.lineno, [call.args[1]])
                    yield Public(name, made)
        for binding in list(_all_bindings(module.scope)):
            if isinstance(binding, Value) and isinstance(binding.expression, ast.Call):
                name = _target(library, recipe, module, binding.expression)
                if name and not is_private(name):
                    yield Public(name, library.behind(binding))


def _target(library: Library, recipe: PypiObtain, module: Module, call: ast.Call) -> str:
    """The name of what an attach call documents, "" of any other call."""
    how = library.attached(call)
    if how is None:
        return ""
    match call.args[0]:
        case ast.Constant(value=str(given)):
            pass
        case expression:
            given = dotted(expression)
    first, _, rest = given.partition(".")
    if isinstance(found := module.scope.get(first), Import):
        base = ".".join(filter(None, [found.module, found.name]))
        given = f"{base}.{rest}" if rest else base
    name = recipe.attach[how].replace("{0}", given) if given else ""
    for prefix, published in recipe.rename.items():
        if name == prefix or name.startswith(f"{prefix}."):
            return published + name[len(prefix) :]
    return name


def _walked(library: Library, recipe: PypiObtain) -> Iterator[Public]:
    for root, prefix in recipe.public.items():
        for name in library.paths:
            if name != root and not name.startswith(f"{root}."):
                continue
            inside = name[len(root) :].lstrip(".")
            if is_private(inside) or any(_TEST.fullmatch(part) for part in inside.split(".")):
                continue
            if (module := library.module(name)) is not None:
                yield from _contents(library, module, prefix + name[len(root) :])


def _contents(library: Library, module: Module, public: str) -> Iterator[Public]:
    starred = set(_starred(library, module, set())) if module.is_package else set()
    listed = set(library.listed(module))
    is_listed = bool(listed) or any(isinstance(part, ast.List) for part in module.listed)
    listed |= starred if is_listed else set()
    top = module.name.partition(".")[0]
    for name in dict.fromkeys([*sorted(listed | starred), *module.scope]):
        binding = module.scope.get(name)
        is_import = binding is None or isinstance(binding, Import)
        is_ours = not isinstance(binding, Import) or binding.module.partition(".")[0] == top
        is_passed_on = isinstance(binding, Import) and binding.is_public
        if name.startswith("_") or not is_ours:
            continue
        if is_listed and name not in listed and not is_passed_on:
            continue
        if is_import and not (is_listed or module.is_package):
            continue
        if (definition := library.definition(module.name, name)) is not None:
            is_written = name in listed or is_import
            yield Public(f"{public}.{name}", definition, is_written=is_written)


def _starred(library: Library, module: Module, seen: set[str]) -> Iterator[str]:
    """The names that `from ... import *` brings into a module."""
    for star in module.stars:
        other = library.module(star)
        if other is None or star in seen:
            continue
        seen.add(star)
        yield from library.listed(other) or [n for n in other.scope if not n.startswith("_")]
        yield from _starred(library, other, seen)
