"""Adds sources to a sources.toml and removes them, leaving its comments as they are."""

import shlex
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import tomlkit
from tomlkit.exceptions import TOMLKitError

from ragbot import toml_file
from ragbot.errors import ConfigError, RagbotError, UnknownNameError
from ragbot.limits import those_known
from ragbot.sources.catalog import CATALOG_FILE, UNDATED, UNKNOWN, has_catalog, load, no_corpus
from ragbot.sources.identity import id_of

Facts = Mapping[str, object]

# What a sources.toml begins with where there was none: without it all else would vanish.
REST = """\
# All else in this folder, as if there were no sources.toml.
[[folder]]
path = "."

"""


def add(corpus: Path, place: str, given: Facts) -> str:
    """Write an entry for a place into the corpus' sources.toml; returns its id.

    Where there was no sources.toml the folder was read as a whole, and goes on to be.

    `place` is a file or folder inside the corpus folder, an http(s) address, git+URL or
    pypi:NAME; `given` are facts of the source that are known better than they can be guessed.

    Raises:
        ConfigError: there is such a source already, or the entry would be wrong.
    """
    path = corpus / CATALOG_FILE
    if not corpus.is_dir():
        raise ConfigError(no_corpus(corpus))
    before = toml_file.read_text(path) if has_catalog(corpus) else ""
    document = _parsed(before if has_catalog(corpus) else REST, path)
    facts, obtain = _entry(corpus, place)
    facts |= {name: value for name, value in given.items() if value}
    if any(entry.get("id") == facts["id"] for entry in document.get("source", [])):
        raise ConfigError(
            f"{path} has a source {facts['id']!r} already: two sources have the id; "
            "give this one another with --id"
        )
    entry = tomlkit.table()
    for name, value in facts.items():
        entry.add(name, value)
    entry.add("obtain", _table(obtain))
    if "source" not in document:
        document.add("source", tomlkit.aot())
    document["source"].append(entry)
    _replace(path, before, tomlkit.dumps(document))
    return str(facts["id"])


def remove(corpus: Path, name: str) -> str:
    """Take a source out of the corpus' sources.toml.

    Returns the path in the corpus of its files where they go on to be read, as part of a folder
    that is read as a whole; else "".

    Raises:
        UnknownNameError: there is no such source.
        ConfigError: it is the only one.
    """
    path = corpus / CATALOG_FILE
    before = toml_file.read_text(path) if has_catalog(corpus) else ""
    document = _parsed(before, path)
    entries = document.get("source", [])
    places = [i for i, entry in enumerate(entries) if entry.get("id") == name]
    if not places:
        known = those_known(name, (str(entry.get("id")) for entry in entries))
        raise UnknownNameError(
            f"{path} has no source {name!r}; {known}. One that is made up for a file goes with the "
            "file: delete or move that"
        )
    obtain = entries[places[0]].get("obtain", {})
    folders = [str(folder.get("path", "")) for folder in document.get("folder", [])]
    del entries[places[0]]
    if not entries:
        document.remove("source")
    if not entries and not folders:
        raise ConfigError(
            f"{name} is the only source of {path}, and of nothing no index can be built; add "
            f"another first, or delete {path.name} to have every file of the folder read"
        )
    text = tomlkit.dumps(document)
    if text.split() == REST.split():
        path.unlink()  # it is as it was before the first source was added
    else:
        _replace(path, before, text)
    here = str(obtain.get("path", "")) if obtain.get("kind") == "files" else ""
    return here if any(PurePosixPath(here).is_relative_to(folder) for folder in folders) else ""


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
            f"{place} is not in the corpus folder. {_way_in(corpus, found)}"
        ) from error
    return _facts(inside.stem, inside.stem, "article"), {"kind": "files", "path": str(inside)}


def _way_in(corpus: Path, outside: Path) -> str:
    """Commands that bring in what lies outside of the corpus folder, ready to be typed."""
    inside = corpus / outside.resolve().name
    copy = shlex.join(("cp", "-r", str(outside), str(inside)))
    add = shlex.join(("ragbot", "add", str(inside), "--corpus", str(corpus)))
    said = f"Copy it there and add it:\n  {copy}\n  {add}"
    if outside.is_dir():
        alone = ("ragbot", "build", "--corpus", str(outside), "--index", f"index-{inside.name}")
        said += f"\nOr build it by itself, as an index of its own:\n  {shlex.join(alone)}"
    return said


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
    _write(path, text)
    try:
        load(path)
    except RagbotError:
        if before:
            _write(path, before)
        else:
            path.unlink()
        raise


def _write(path: Path, text: str) -> None:
    """Write the file, whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    except UnicodeEncodeError as error:
        raise ConfigError(f"{error.object[error.start - 20 : error.end]!r} is not UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror})") from error
