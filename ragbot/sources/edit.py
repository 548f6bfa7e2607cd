"""Adds sources to a sources.toml and removes them, leaving its comments as they are."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import tomlkit
from tomlkit.exceptions import TOMLKitError

from ragbot import toml_file
from ragbot.errors import ConfigError, RagbotError
from ragbot.sources.catalog import CATALOG_FILE, UNDATED, UNKNOWN, has_catalog, load
from ragbot.sources.identity import id_of

Facts = Mapping[str, object]


def add(corpus: Path, place: str, given: Facts) -> str:
    """Write an entry for a place into the corpus' sources.toml; returns its id.

    `place` is a file or folder inside the corpus folder, an http(s) address, git+URL or
    pypi:NAME; `given` are facts of the source that are known better than they can be guessed.

    Raises:
        ConfigError: there is such a source already, or the entry would be wrong.
    """
    path = corpus / CATALOG_FILE
    before = toml_file.read_text(path) if has_catalog(corpus) else ""
    document = _parsed(before, path)
    facts, obtain = _entry(corpus, place)
    facts |= {name: value for name, value in given.items() if value}
    entry = tomlkit.table()
    for name, value in facts.items():
        entry.add(name, value)
    entry.add("obtain", _table(obtain))
    if "source" not in document:
        document.add("source", tomlkit.aot())
    document["source"].append(entry)
    _replace(path, before, tomlkit.dumps(document))
    return str(facts["id"])


def remove(corpus: Path, name: str) -> None:
    """Take a source out of the corpus' sources.toml.

    Raises:
        ConfigError: there is no such source.
    """
    path = corpus / CATALOG_FILE
    document = _parsed(toml_file.read_text(path) if has_catalog(corpus) else "", path)
    entries = document.get("source", [])
    places = [i for i, entry in enumerate(entries) if entry.get("id") == name]
    if not places:
        raise ConfigError(f"{path} has no source {name!r}; `ragbot sources` lists them")
    del entries[places[0]]
    if not entries:
        document.remove("source")
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def _entry(corpus: Path, place: str) -> tuple[dict[str, object], dict[str, object]]:
    """What is known of a source by its place alone, and how to obtain it."""
    if place.startswith("pypi:"):
        package = place.removeprefix("pypi:")
        module = package.replace("-", "_")
        facts = _facts(f"{package}-api", f"{package} API reference", "documentation")
        # What the package's top module exports is public, under its name there.
        rules = {"modules": [module], "public": {module: module}}
        return facts, {"kind": "pypi", "package": package, **rules}
    if place.startswith("git+"):
        url = place.removeprefix("git+")
        name = urlsplit(url).path.strip("/").removesuffix(".git").rsplit("/", 1)[-1]
        facts = _facts(name, name, "documentation") | {"url": url}
        return facts, {"kind": "git", "url": url, "paths": ["**"]}
    if place.startswith(("http://", "https://")):
        parts = urlsplit(place)
        name = parts.path.strip("/").rsplit("/", 1)[-1] or parts.netloc
        facts = _facts(name, name, "article") | {"url": place, "publisher": parts.netloc}
        return facts, {"kind": "web", "url": place}
    return _local(corpus, place)


def _local(corpus: Path, place: str) -> tuple[dict[str, object], dict[str, object]]:
    found = Path(place)
    if not found.exists() and (corpus / place).exists():
        found = corpus / place
    if not found.exists():
        raise ConfigError(
            f"{place}: there is no such file or folder; an address begins with https://, git+ or "
            "pypi:"
        )
    try:
        inside = found.resolve().relative_to(corpus.resolve())
    except ValueError as error:
        raise ConfigError(
            f"{place} is not in the corpus folder {corpus}; copy it there, or build it by itself "
            f"with `ragbot build --corpus {place}`"
        ) from error
    return _facts(inside.stem, inside.stem, "article"), {"kind": "files", "path": str(inside)}


def _facts(name: str, title: str, kind: str) -> dict[str, object]:
    return {
        "id": id_of(name),
        "title": title,
        "author": UNKNOWN,
        "publisher": UNKNOWN,
        "url": UNKNOWN,
        "published": UNDATED,
        "authority": "independent",
        "subjects": [],
        "licence": UNKNOWN,
        "kind": kind,
    }


def _table(values: Facts) -> tomlkit.items.Table:
    table = tomlkit.table()
    for name, value in values.items():
        table.add(name, value)
    return table


def _parsed(text: str, path: Path) -> tomlkit.TOMLDocument:
    toml_file.parse(text, str(path))  # says in words what is wrong
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _replace(path: Path, before: str, text: str) -> None:
    """Write the file; what the catalogue would refuse is put back as it was."""
    path.write_text(text, encoding="utf-8")
    try:
        load(path)
    except RagbotError:
        if before:
            path.write_text(before, encoding="utf-8")
        else:
            path.unlink()
        raise
