"""The symbols of a package, found in quarantine: the trees of its modules can be of any size."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from ragbot.quarantine import Quarantine, Work
from ragbot.sources.pypi.library import Library
from ragbot.sources.pypi.recipe import PypiObtain
from ragbot.sources.pypi.symbols import Symbol, symbols

_TASK = "ragbot.sources.pypi.extract:extract"
_SYMBOL = TypeAdapter(Symbol)


@dataclass(frozen=True, slots=True)
class Unread:
    """A module that could not be parsed: its path in the wheel and the reason in words."""

    path: str
    reason: str


def extracted(
    quarantine: Quarantine, files: Mapping[str, bytes], recipe: PypiObtain
) -> Iterator[Symbol | Unread]:
    """Every public symbol in the order of the names, then the modules that could not be parsed.

    `files` are Python sources by their path in the wheel.

    Raises:
        ReadError: the symbols cannot be found within the limits.
    """
    facts = {
        "recipe": recipe.model_dump(mode="json"),
        "sizes": {path: len(source) for path, source in files.items()},
    }
    for told in quarantine.items(_TASK, facts, b"".join(files.values())):
        found = json.loads(told)
        yield Unread(**found) if "reason" in found else _SYMBOL.validate_python(found)


def extract(work: Work) -> Iterator[bytes]:
    """The task: each symbol, then each unread module, as JSON."""
    files: dict[str, bytes] = {}
    at = 0
    for path, size in work.facts["sizes"].items():
        files[path] = work.content[at : at + size]
        at += size
    recipe = PypiObtain.model_validate(work.facts["recipe"])
    library = Library(files, recipe.attach)
    for symbol in symbols(library, recipe):
        yield json.dumps(asdict(symbol)).encode()
    for path, reason in sorted(library.unreadable.items()):
        yield json.dumps(asdict(Unread(path, reason))).encode()
