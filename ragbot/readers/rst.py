"""Reads reStructuredText as Sphinx projects write it."""

from collections.abc import Callable
from typing import cast

from docutils import nodes

from ragbot.readers.byline import byline_of
from ragbot.readers.decode import text_of
from ragbot.readers.flow import Flow
from ragbot.readers.html_tables import merged
from ragbot.readers.include_files import Files
from ragbot.readers.rst_dropped import dropped_in
from ragbot.readers.rst_notes import notes_in
from ragbot.readers.rst_syntax import parse_rst
from ragbot.readers.rst_tables import rows_of
from ragbot.readers.rst_text import cleared, lines_of_block, text_of_node, title_line
from ragbot.readers.sphinx import field_name
from ragbot.readers.writer import DocumentWriter
from ragbot.types import Document, RawDocument

_PAGE_FIELDS = {
    "orphan", "github_url", "tocdepth", "nosearch", "nocomments", "html_theme", "file_format",
}  # fmt: skip
_REFERRING = {
    "paragraph", "line_block", "table", "rubric", "title", "subtitle", "caption", "attribution",
}  # fmt: skip
_ERROR = 3
_LETTERS = {"loweralpha": "a", "upperalpha": "A"}


def read_rst(raw: RawDocument) -> Document:
    """Read a reStructuredText document.

    Raises:
        ReadError: it is no UTF-8 text, or nothing is left of it.
    """
    writer = DocumentWriter(raw)
    write_rst(Flow(writer), text_of(raw.content), Files(raw.included), raw.definitions)
    return writer.finish()


def write_rst(flow: Flow, text: str, files: Files | None = None, definitions: str = "") -> None:
    """Write reStructuredText into a flow that may hold something already.

    `files` are those that it may take in, `definitions` substitutions that it does not make itself.
    """
    tree = parse_rst(text, files, definitions)
    for construct in dropped_in(tree):
        flow.drop(construct)
    _Walker(flow, tree).write(tree)


class _Walker:
    def __init__(self, flow: Flow, tree: nodes.document) -> None:
        self._flow = flow
        self._level = 0
        self._notes = notes_in(tree)
        self._blocks: dict[str, Callable[[nodes.Element], None]] = {
            "section": self._section,
            "paragraph": self._paragraph,
            "rubric": self._paragraph,
            "title": self._paragraph,
            "subtitle": self._paragraph,
            "caption": self._paragraph,
            "attribution": self._paragraph,
            "line_block": lambda node: flow.paragraph(lines_of_block(node)),
            "literal_block": lambda node: flow.code(node.astext()),
            "doctest_block": lambda node: flow.code(node.astext()),
            "math_block": lambda node: flow.code(node.astext()),
            "bullet_list": self._list,
            "enumerated_list": self._list,
            "definition_list_item": self._definition,
            "field": self._field,
            "option_list_item": self._option,
            "block_quote": self._quote,
            "container": self._container,
            "table": self._table,
            "system_message": self._mistake,
        }
        silent = (
            "comment",
            "substitution_definition",
            "target",
            "pending",
            "image",
            "raw",
            "transition",
        )
        self._blocks |= dict.fromkeys((*silent, "label", "meta"), _nothing)

    def write(self, tree: nodes.document) -> None:
        """Write the whole text, and at its end the notes that have not found their place."""
        self.children(tree)
        for note in self._notes.rest():
            self._note(note)

    def children(self, node: nodes.Element) -> None:
        """Write all that a node holds; a kind of node without a rule is passed through."""
        for child in node.children:
            if isinstance(child, nodes.Element) and not self._notes.waits(child):
                self._blocks.get(child.tagname, self.children)(child)
                if child.tagname in _REFERRING:
                    self._footnotes(child)

    def _footnotes(self, node: nodes.Element) -> None:
        """Write the notes that a block refers to, each once."""
        for note in self._notes.referred(node):
            self._note(note)

    def _note(self, note: nodes.Element) -> None:
        with self._flow.quote():
            self.children(note)

    def _section(self, node: nodes.Element) -> None:
        self._level += 1
        title, ids = node.children[0], node["ids"]
        if isinstance(title, nodes.title):
            self._flow.heading(self._level, text_of_node(title), ids[0] if ids else "")
            self._footnotes(title)
            node = nodes.section("", *node.children[1:])
        self.children(node)
        self._level -= 1

    def _paragraph(self, node: nodes.Element) -> None:
        self._flow.paragraph(text_of_node(node))

    def _list(self, node: nodes.Element) -> None:
        first = node.get("start", 1)
        letter = _LETTERS.get(node.get("enumtype", ""))
        for number, item in enumerate(node.children, first):
            marker = "-"
            if node.tagname == "enumerated_list":
                marker = f"{chr(ord(letter) + number - 1) if letter else number}."
            with self._flow.item(marker):
                self.children(_element(item))

    def _definition(self, node: nodes.Element) -> None:
        told = [_element(child) for child in node.children]
        terms = [text_of_node(child) for child in told if isinstance(child, nodes.term)]
        with self._flow.item():
            with self._flow.lead(", ".join(terms)):
                for child in told:
                    if isinstance(child, nodes.definition):
                        self.children(child)
            for child in told:
                self._footnotes(child)

    def _field(self, node: nodes.Element) -> None:
        name = text_of_node(_element(node.children[0]))
        if name.lower() in _PAGE_FIELDS:
            self._flow.drop("page field")
            return
        told = f"{name}: {_element(node.children[1]).astext()}"
        if node.parent.tagname != "field_list" or byline_of(told) is None or self._level > 1:
            told = ""
        if told and self._flow.is_at_top:
            self._flow.paragraph(told)
            self._footnotes(node)
            return
        with self._flow.item():
            with self._flow.lead(field_name(name)):
                self.children(_element(node.children[1]))
            self._footnotes(_element(node.children[0]))

    def _option(self, node: nodes.Element) -> None:
        with self._flow.item(), self._flow.lead(text_of_node(_element(node.children[0]))):
            self.children(_element(node.children[1]))

    def _quote(self, node: nodes.Element) -> None:
        with self._flow.quote():
            self.children(node)

    def _container(self, node: nodes.Element) -> None:
        leads: list[str] = node.get("lead", [])
        if node.get("tab") and leads:
            with self._flow.labelled(cleared(leads[0])):
                self.children(node)
            return
        with self._flow.lead(*map(cleared, leads)):
            self.children(node)

    def _table(self, node: nodes.Element) -> None:
        for title in node.findall(nodes.title):
            self._paragraph(title)
        for group in node.findall(nodes.tgroup):
            head = rows_of(group, nodes.thead)
            header = head[0] if head else None
            if len(head) > 1:
                header = merged(rows_of(group, nodes.thead, repeat=True), len(head[0]))
            self._flow.table(header, rows_of(group, nodes.tbody))

    def _mistake(self, node: nodes.Element) -> None:
        """Keep the words of a title or a table that docutils could not place."""
        message = node.children[0].astext() if node.children else ""
        source = next(iter(node.findall(nodes.literal_block)), None)
        if source is None or node["level"] < _ERROR:
            return
        if " title" in message:
            self._flow.heading(self._level + 1, cleared(title_line(source.astext())))
        elif message.startswith("Malformed table"):
            self._flow.code(source.astext())


def _element(node: nodes.Node) -> nodes.Element:
    return cast("nodes.Element", node)


def _nothing(node: nodes.Element) -> None:
    """Leave a node out."""
