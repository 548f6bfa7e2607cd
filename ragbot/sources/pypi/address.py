"""Where a symbol is shown in public, by the rules of the recipe."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from ragbot.sources.pypi.recipe import Address
from ragbot.sources.pypi.symbols import Symbol

_FIELD = re.compile(r"\{(\w+)\}")


def address(symbol: Symbol, version: str, rules: Iterable[Address]) -> str:
    """The URL that the first fitting rule makes, "" where none fits."""
    for rule in rules:
        match = re.match(rule.match, symbol.name)
        if match and rule.of in {"all", "members" if symbol.owner else "others"}:
            told = _fields(symbol, version) | {k: v or "" for k, v in match.groupdict().items()}
            return _FIELD.sub(lambda field, told=told: quote(told[field[1]], "/"), rule.url)  # type: ignore[misc]
    return ""


def _fields(symbol: Symbol, version: str) -> dict[str, str]:
    owner, _, member = symbol.name.rpartition(".")
    return {
        "name": symbol.name,
        "slashes": symbol.name.replace(".", "/"),
        "owner": owner,
        "owner_slashes": owner.replace(".", "/"),
        "member": member,
        "defined": f"{symbol.module}.{symbol.qualname}",
        "path": symbol.path,
        "line": str(symbol.line),
        "version": version,
        "major_minor": ".".join(version.split(".")[:2]),
    }
