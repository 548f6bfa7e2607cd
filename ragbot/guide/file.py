"""Reads a subjects.toml."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from ragbot import toml_file
from ragbot.errors import ConfigError
from ragbot.guide.entries import GuideFile
from ragbot.guide.guide import Guide


def load(path: Path) -> Guide:
    """Read a subjects.toml.

    Raises:
        ConfigError: it is missing, no TOML, or says something that has no meaning here.
    """
    try:
        return parse(toml_file.read_text(path), str(path))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error


def parse(text: str, name: str = "subjects.toml") -> Guide:
    """Make a Guide of the text of a subjects.toml; `name` is what errors call it."""
    try:
        file = GuideFile.model_validate(toml_file.parse(text, name))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{name}: {where}: {first['msg'].lower()}") from error
    for kind, entries in (
        ("subject", file.subject),
        ("product", file.product),
        ("aspect", file.aspect),
    ):
        twice = _first_twice(entry.id for entry in entries)
        if twice:
            raise ConfigError(f"{name}: two [[{kind}]] entries have the id {twice!r}")
    known = {subject.id for subject in file.subject}
    for product in file.product:
        if product.subject and product.subject not in known:
            raise ConfigError(
                f"{name}: [[product]] {product.id!r} is of a subject {product.subject!r} "
                "that no [[subject]] has as its id"
            )
    return Guide(file.subject, file.aspect, file.all.words, file.all.general, text, file.product)


def _first_twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
