"""What a documentation project's own settings say of its documents: `conf.py`, `mkdocs.yml`.

Both are read as data; nothing of them is run.
"""

import ast
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ragbot.readers.decode import plain_lines
from ragbot.readers.plain_yaml import plain_yaml
from ragbot.sources.address_rule import AddressRule
from ragbot.sources.files import File, Problem, content
from ragbot.sources.walk import Reach

_MOST = 500_000  # bytes of settings
_SPHINX, _MKDOCS = "conf.py", ("mkdocs.yml", "mkdocs.yaml")
_TEXTS = ("version", "release", "project", "today")
_MARKUPS = {"restructuredtext": "text/x-rst", "markdown": "text/markdown"}
_NO_ADDRESS = AddressRule()


@dataclass(frozen=True, slots=True)
class Project:
    """What settings say, by the path of a document relative to `folder`.

    `definitions` are substitutions in reStructuredText; `suffixes` the media type of documents by
    their ending; `titles` those of a table of contents; `address` makes their addresses.
    """

    folder: Path
    definitions: str = ""
    suffixes: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    address: AddressRule = _NO_ADDRESS


def project_of(path: Path, reach: Reach) -> Project | None:
    """The project that a file belongs to: the nearest settings above it, in the corpus folder.

    Settings that a link leads to are read where documents would be.
    """
    home = reach.corpus.resolve()
    for folder in path.parents:
        if not (folder == reach.corpus or folder.is_relative_to(reach.corpus)):
            break
        for name in (_SPHINX, *_MKDOCS):
            try:
                real = (folder / name).resolve(strict=True)
                there = real.stat()
            except (OSError, RuntimeError):
                continue
            if not (reach.follow_links or real.is_relative_to(home)):
                continue
            if there.st_size <= _MOST and stat.S_ISREG(there.st_mode):
                found = _read(folder / name, real, there.st_mtime_ns)
                if found and path.is_relative_to(found.folder):
                    return found
    return None


@lru_cache(maxsize=64)
def _read(path: Path, real: Path, _changed: int) -> Project | None:
    data = content(File(real, path.name), _MOST)
    if isinstance(data, Problem):
        return None
    text = plain_lines(data.decode("utf-8", "replace"))
    return _sphinx(path.parent, text) if path.name == _SPHINX else _mkdocs(path.parent, text)


def _sphinx(folder: Path, text: str) -> Project | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    told: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                told[node.targets[0].id] = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
    lines = [
        f".. |{name}| replace:: {' '.join(str(told[name]).split())}"
        for name in _TEXTS
        if isinstance(told.get(name), str) and told[name].strip()
    ]
    shared = [
        told[name] for name in ("rst_prolog", "rst_epilog") if isinstance(told.get(name), str)
    ]
    return Project(
        folder,
        definitions="\n\n".join([*lines, *shared]),
        suffixes=_suffixes(told.get("source_suffix")),
        address=_address(told.get("html_baseurl"), "{stem}.html"),
    )


def _suffixes(told: object) -> dict[str, str]:
    if isinstance(told, str):
        return {told: "text/x-rst"}
    if isinstance(told, list | tuple):
        return {str(one): "text/x-rst" for one in told if str(one) not in {".md", ".ipynb"}}
    if isinstance(told, dict):
        return {str(k): _MARKUPS[str(v)] for k, v in told.items() if str(v) in _MARKUPS}
    return {}


def _mkdocs(folder: Path, text: str) -> Project | None:
    told = plain_yaml(text, tags=False)
    if not isinstance(told, dict):
        return None
    docs = told.get("docs_dir") or "docs"
    is_folders = str(told.get("use_directory_urls", "true")).lower() != "false"
    titles: dict[str, str] = {}
    _titles(told.get("nav"), titles)
    return Project(
        folder / str(docs),
        titles=titles,
        address=_address(told.get("site_url"), "{stem}/" if is_folders else "{stem}.html"),
    )


def _address(base: object, page: str) -> AddressRule:
    """The rule of addresses below a base; none where that is no address of the web."""
    if not isinstance(base, str) or {"{", "}"} & set(base):
        return _NO_ADDRESS
    try:
        return AddressRule(address=f"{base.strip().rstrip('/')}/{page}")
    except ValidationError:
        return _NO_ADDRESS


def _titles(nav: object, titles: dict[str, str]) -> None:
    """Put the title of each document that a table of contents names into `titles`."""
    for entry in nav if isinstance(nav, list) else ():
        for title, place in entry.items() if isinstance(entry, dict) else ():
            if isinstance(place, str):
                titles.setdefault(place, str(title))
            else:
                _titles(place, titles)
