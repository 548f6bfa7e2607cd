"""Parses reStructuredText with docutils, with all that Sphinx and its extensions add to it.

Roles and directives that docutils does not know become text, titles or nothing. They are put in
place while a text is parsed and taken away afterwards, so other users of docutils see no change.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from types import ModuleType
from typing import Any

from docutils import frontend, nodes
from docutils.frontend import Values
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.parsers.rst.states import Inliner
from docutils.transforms.references import Substitutions
from docutils.utils import new_document, unescape

from ragbot.readers import sphinx
from ragbot.readers.include_files import Files
from ragbot.readers.rst_directives import directive_class
from ragbot.readers.rst_dropped import left_out
from ragbot.readers.rst_includes import INCLUDES, Include

_NATIVE = {
    "list-table", "table", "replace", "unicode", "date", "rubric", "epigraph", "highlights",
    "pull-quote", "compound", "topic", "sidebar",
}  # fmt: skip
_LONGEST = 10_000  # characters of a paragraph; in the sources we know the longest has 9,225
_docutils = RLock()
_DEFINED = re.compile(r"^\.\. \|([^|\n]+)\|", re.MULTILINE)
_DEFINITION = re.compile(r"^\.\. (?:\||_)[^\n]*(?:\n(?:[ \t]+[^\n]*)?(?=\n|\Z))*", re.MULTILINE)

Found = tuple[type[Directive] | None, list[nodes.system_message]]


def parse_rst(text: str, files: Files | None = None, definitions: str = "") -> nodes.document:
    """The doctree of a text: substitutions resolved, nothing reported.

    `files` are those that it may take in, `definitions` substitutions that it does not make itself.
    """
    settings = _settings().copy()
    settings.files = files or Files()
    document = new_document("text", settings)
    with _docutils, _sphinx_names():
        Parser(inliner=_inliner()).parse(_with_definitions(text, definitions), document)
    document.transformer.add_transforms([Substitutions])
    document.transformer.apply_transforms()
    return document


def _with_definitions(text: str, definitions: str) -> str:
    """The text with the definitions below it, but for those that it makes itself."""
    own = set(_DEFINED.findall(text))
    parts = _DEFINITION.findall(definitions)
    return "\n\n".join([text, *(part for part in parts if not own & set(_DEFINED.findall(part)))])


def _inliner() -> Inliner:
    """Docutils' reader of inline markup, a piece at a time of paragraphs longer than any is meant.

    For each mark that begins something it looks through all that follows for its end. (It is no
    class of ours since docutils looks for its patterns in the class itself.)
    """
    inliner = Inliner()
    of_piece = inliner.parse

    def parse(
        text: str, lineno: int, memo: Any, parent: nodes.Element
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        found: list[nodes.Node] = []
        messages: list[nodes.system_message] = []
        for piece in _pieces(text):
            some, more = of_piece(piece, lineno, memo, parent)
            found += some
            messages += more
        return found, messages

    inliner.parse = parse  # type: ignore[method-assign]
    return inliner


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces of about the longest length, each but the last with the space at its end."""
    start = 0
    while len(text) - start > _LONGEST:
        space = text.rfind(" ", start, start + _LONGEST)
        end = space + 1 if space > start else start + _LONGEST
        yield text[start:end]
        start = end
    yield text[start:]


@cache
def _settings() -> Values:
    settings: Values = frontend.get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.report_level = 5
    settings.halt_level = 5
    settings.warning_stream = False
    settings.line_length_limit = 10_000_000
    settings.syntax_highlight = "none"
    return settings


@contextmanager
def _sphinx_names() -> Iterator[None]:
    """Make docutils find our directives and roles for as long as the block lasts."""
    find_directive, find_role = directives.directive, roles.role

    def directive(name: str, language: ModuleType, document: nodes.document) -> Found:
        if name.lower() in _NATIVE:
            return find_directive(name, language, document)
        if name.lower() in INCLUDES:
            return Include, []
        return directive_class(name.lower()), []

    def role(_name: str, *_: object) -> tuple[object, list[nodes.system_message]]:
        return _role, []

    directives.directive, roles.role = directive, role  # type: ignore[assignment]
    try:
        yield
    finally:
        directives.directive, roles.role = find_directive, find_role


def _role(
    name: str, _rawtext: str, text: str, *_: object, **__: object
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    is_math = name.lower() == "math"
    shown = sphinx.role_text(name, unescape(text, restore_backslashes=is_math))
    return [nodes.Text(shown) if shown else left_out(f"{name.lower()} role")], []
