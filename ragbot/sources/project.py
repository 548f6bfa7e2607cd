"""What a documentation project's own settings say of its documents: `conf.py`, `mkdocs.yml`.

Both are read as data; nothing of them is run.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_MOST = 500_000  # bytes of settings
_SPHINX, _MKDOCS = "conf.py", ("mkdocs.yml", "mkdocs.yaml")
_TEXTS = ("version", "release", "project", "today")
_MARKUPS = {"restructuredtext": "text/x-rst", "markdown": "text/markdown"}
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Project:
    """What settings say, by the path of a document relative to `folder`.

    `definitions` are substitutions in reStructuredText; `suffixes` the media type of documents by
    their ending; `titles` those of a table of contents; `address` what their addresses begin with.
    """

    folder: Path
    definitions: str = ""
    suffixes: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    ending: str = ""

    def url(self, path: str) -> str:
        """The address of a document, "" where the settings tell none."""
        if not self.address:
            return ""
        stem = path.rsplit(".", 1)[0]
        if self.ending:
            return f"{self.address}/{stem}{self.ending}"
        folder, _, name = stem.rpartition("/")
        stem = folder if name in {"index", "README"} else stem
        return f"{self.address}/{stem}/" if stem else f"{self.address}/"


def project_of(path: Path, root: Path) -> Project | None:
    """The project that a file belongs to: the nearest settings above it, up to `root`."""
    for folder in path.parents:
        if not (folder == root or folder.is_relative_to(root)):
            break
        for name in (_SPHINX, *_MKDOCS):
            try:
                there = (folder / name).lstat()
            except OSError:
                continue
            if there.st_size <= _MOST and (folder / name).is_file():
                found = _read(folder / name, there.st_mtime_ns)
                if found and path.is_relative_to(found.folder):
                    return found
    return None


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> Project | None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
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
    base = told.get("html_baseurl")
    return Project(
        folder,
        definitions="\n\n".join([*lines, *shared]),
        suffixes=_suffixes(told.get("source_suffix")),
        address=base.rstrip("/") if isinstance(base, str) else "",
        ending=".html",
    )


def _suffixes(told: object) -> dict[str, str]:
    if isinstance(told, str):
        return {told: "text/x-rst"}
    if isinstance(told, list | tuple):
        return {str(one): "text/x-rst" for one in told if str(one) not in {".md", ".ipynb"}}
    if isinstance(told, dict):
        return {str(k): _MARKUPS[str(v)] for k, v in told.items() if str(v) in _MARKUPS}
    return {}


class _Loader(yaml.BaseLoader):
    """Builds strings, lists and dicts only; what a tag asks for is left out."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(problem="it holds an alias")
        return super().compose_node(parent, index)


_Loader.add_multi_constructor("!", lambda *_: "")
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: "")


def _mkdocs(folder: Path, text: str) -> Project | None:
    try:
        told = yaml.load(text, Loader=_Loader)  # noqa: S506 - it builds plain values only
    except (yaml.YAMLError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    docs, site = told.get("docs_dir") or "docs", told.get("site_url")
    is_folders = str(told.get("use_directory_urls", "true")).lower() != "false"
    titles: dict[str, str] = {}
    _titles(told.get("nav"), titles)
    return Project(
        folder / str(docs),
        titles=titles,
        address=site.rstrip("/") if isinstance(site, str) else "",
        ending="" if is_folders else ".html",
    )


def _titles(nav: object, titles: dict[str, str]) -> None:
    """Put the title of each document that a table of contents names into `titles`."""
    for entry in nav if isinstance(nav, list) else ():
        for title, place in entry.items() if isinstance(entry, dict) else ():
            if isinstance(place, str):
                titles.setdefault(place, str(title))
            else:
                _titles(place, titles)
