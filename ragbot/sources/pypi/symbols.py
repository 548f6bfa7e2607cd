"""One symbol a document: the best public name of each definition, its other names, its members."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from ragbot.sources.pypi.library import Library
from ragbot.sources.pypi.modules import Definition, Value, decorators
from ragbot.sources.pypi.public import Public, is_private, public_names
from ragbot.sources.pypi.recipe import PypiObtain
from ragbot.sources.pypi.signature import defaults, kind_of, signature


@dataclass(frozen=True, slots=True)
class Symbol:
    """A public symbol with its docstring as it is written.

    `owner` is the public class it is a member of, "" of what is none. `deprecated` is "" or what
    the package says instead of it. `module` and `qualname` say where it is defined, `path` and
    `line` where in the wheel.
    """

    name: str
    aliases: tuple[str, ...]
    kind: str
    owner: str
    signature: str
    defaults: dict[str, str]
    docstring: str
    docformat: str
    deprecated: str
    module: str
    qualname: str
    path: str
    line: int


@dataclass(slots=True)
class _Named:
    """A definition with its names, the best first."""

    definition: Definition
    names: list[str]
    is_old: bool = False
    owner: str = ""


def symbols(library: Library, recipe: PypiObtain) -> Iterator[Symbol]:
    """Every public symbol that has a docstring, in the order of the names."""
    found = _named(public_names(library, recipe), recipe)
    if recipe.members:
        found += _members(library, found)
    taken: set[str] = set()
    for one in sorted(found, key=lambda one: one.names[0]):
        names = [name for name in one.names if name not in taken and not _is_left(name, recipe)]
        docstring = _docstring(library, one.definition)
        if names and docstring:
            names.sort(key=lambda name: not docstring.startswith(f"{name.rsplit('.', 1)[-1]}("))
            taken.update(names)
            yield _symbol(library, recipe, one, names, docstring)


def _named(public: Iterable[Public], recipe: PypiObtain) -> list[_Named]:
    """The definitions that have public names; a name that two have goes to the first.

    An old definition of something that has a current one gives its names to that.
    """
    entries = [one for one in public if not is_private(one.name)]
    entries.sort(key=lambda one: (bool(one.current), not one.is_written))
    owners: dict[str, Definition] = {}
    for one in entries:
        owners.setdefault(one.name, one.definition)
    heirs = {id(one.definition): owners[one.current] for one in entries if one.current in owners}
    held: dict[int, list[Public]] = {}
    for one in entries:
        heir = heirs.get(id(one.definition), one.definition) if one.current else one.definition
        if owners[one.name] is one.definition:
            held.setdefault(id(heir), []).append(replace(one, definition=heir))
    named = (_best_first(entries, owners, recipe) for entries in held.values())
    return [one for one in named if one is not None]


def _best_first(
    entries: list[Public], owners: Mapping[str, Definition], recipe: PypiObtain
) -> _Named | None:
    kept = [one for one in entries if not _is_left(one.name, recipe)]
    if not kept:
        return None
    kept.sort(key=lambda one: (bool(one.current), _is_old(one.name, recipe), _rank(one)))
    once = [one.current for one in kept if one.current and one.current not in owners]
    names = list(dict.fromkeys([*(one.name for one in kept), *once]))
    is_old = bool(kept[0].current) or _is_old(names[0], recipe)
    return _Named(kept[0].definition, names, is_old)


def _rank(one: Public) -> tuple[bool, int]:
    return not one.is_written, one.name.count(".")


def _is_left(name: str, recipe: PypiObtain) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in recipe.leave_out)


def _is_old(name: str, recipe: PypiObtain) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in recipe.deprecated)


def _members(library: Library, found: list[_Named]) -> list[_Named]:
    """Methods and properties of public classes, each under the first class that has it.

    Those inherited from classes that are not public are among them.
    """
    classes = {id(one.definition): one for one in found if kind_of(one.definition) == "class"}
    for one in found:
        owner = one.names[0].rpartition(".")[0]
        if any(owner == held.names[0] for held in classes.values()) and not one.owner:
            one.owner = owner
    known = {id(one.definition): one for one in found}
    made: dict[int, _Named] = {}
    for held in sorted(classes.values(), key=lambda one: (one.is_old, one.names[0])):
        for name, member in _own(library, held.definition, set(classes), set(), set()):
            names = [f"{owner}.{name}" for owner in held.names]
            if id(member) in known:
                continue
            if id(member) in made:
                made[id(member)].names += names
            else:
                made[id(member)] = _Named(member, names, held.is_old, held.names[0])
    return list(made.values())


def _own(
    library: Library, one: Definition, public: set[int], seen: set[str], visited: set[int]
) -> Iterator[tuple[str, Definition]]:
    """The public members of a class, past bases that have documents of their own."""
    visited.add(id(one))
    for name, binding in one.members.items():
        member = library.behind(binding) if isinstance(binding, Value) else binding
        if name.startswith("_") or name in seen or not isinstance(member, Definition):
            continue
        if member.docs:
            seen.add(name)
            yield name, member
    for base in library.direct_bases(one):
        if id(base) not in public and id(base) not in visited:
            yield from _own(library, base, public, seen, visited)


def _docstring(library: Library, definition: Definition) -> str:
    """The docstring; a class's is followed by what its `__init__` says."""
    docstring = library.docstring(definition)
    init = definition.members.get("__init__")
    if isinstance(init, Definition) and init.docs:
        docstring = f"{docstring}\n\n{library.docstring(init)}".strip()
    return docstring


def _symbol(
    library: Library, recipe: PypiObtain, one: _Named, names: list[str], docstring: str
) -> Symbol:
    definition = one.definition
    called = signature(library, definition, names[0], docstring)
    kind = kind_of(definition)
    if kind == "data" and called != names[0]:
        kind = "method" if one.owner else "function"
    return Symbol(
        name=names[0],
        aliases=tuple(names[1:]),
        kind=kind,
        owner=one.owner,
        signature=called,
        defaults=defaults(library, definition),
        docstring=docstring,
        docformat=recipe.docformat,
        deprecated=_deprecated(library, one),
        module=definition.module,
        qualname=definition.qualname,
        path=library.paths[definition.module],
        line=definition.line,
    )


def _deprecated(library: Library, one: _Named) -> str:
    for name, call in decorators(one.definition.node):
        if name == "deprecated":
            given = call.args if call is not None else []
            told = [t for part in given for t in library.texts(one.definition.module, part)]
            words = " ".join(text for text in told if " " in text)
            return " ".join(words.split()) or "do not use it in new code."
    return "this name is kept for old code only." if one.is_old else ""
