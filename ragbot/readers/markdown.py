"""Reads Markdown, from CommonMark to what GitHub, Keras, TensorFlow and MyST make of it."""

import re
from collections.abc import Callable

from markdown_it.tree import SyntaxTreeNode

from ragbot.readers.decode import text_of
from ragbot.readers.flow import Flow
from ragbot.readers.front_matter import split_front_matter, title_of
from ragbot.readers.html_parts import write_html
from ragbot.readers.markdown_dropped import dropped_in
from ragbot.readers.markdown_myst import directive
from ragbot.readers.markdown_syntax import anchor_in, inline_text, parser
from ragbot.readers.sphinx import KINDS, STANDINGS, admonition_lead
from ragbot.readers.writer import DocumentWriter, fold
from ragbot.types import Document, RawDocument

_TARGET = re.compile(r"^\([\w.:/-]+\)=(?:\s+|$)")
_CONTENTS_MARK = re.compile(r"^\[\[?_?TOC_?\]?\]$", re.IGNORECASE)
_ALERT = re.compile(r"^\[!(\w+)\]\s*(.*)$", re.DOTALL)
_KINDS = KINDS | STANDINGS
_KIND_ALONE = re.compile(rf"^(?:\W*)({'|'.join(_KINDS.values())}):?\n", re.IGNORECASE)
_TASK = re.compile(r"^\[[ xX]\]\s+")


def read_markdown(raw: RawDocument) -> Document:
    """Read a Markdown document; front matter may give its title.

    Raises:
        ReadError: it is no UTF-8 text, or nothing is left of it.
    """
    fields, text = split_front_matter(text_of(raw.content))
    writer = DocumentWriter(raw)
    if fields:
        writer.drop("front matter")
    write_markdown(Flow(writer), text)
    return writer.finish(title_of(fields))


def write_markdown(flow: Flow, text: str) -> None:
    """Write Markdown text (without front matter) into a flow that may hold something already."""
    tokens = parser().parse(text)
    for construct in dropped_in(tokens):
        flow.drop(construct)
    _Walker(flow).children(SyntaxTreeNode(tokens))


def inline_markdown(text: str) -> str:
    """The words of one stretch of Markdown that holds no blocks."""
    tokens = parser().parseInline(text)
    return " ".join(inline_text(token.children or []) for token in tokens)


class _Walker:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._blocks: dict[str, Callable[[SyntaxTreeNode], None]] = {
            "heading": self._heading,
            "paragraph": self._paragraph,
            "fence": self._fence,
            "code_block": lambda node: flow.code(node.content),
            "math_block": lambda node: flow.code(node.content),
            "colon_fence": self._colon_fence,
            "bullet_list": self._list,
            "ordered_list": self._list,
            "blockquote": self._quote,
            "admonition": self._admonition,
            "table": self._table,
            "html_block": lambda node: write_html(flow, node.content, inline_markdown),
            "dl": self._definitions,
            "hr": lambda _: None,
            "footnote_anchor": lambda _: None,
        }

    def children(self, node: SyntaxTreeNode) -> None:
        """Write all that a node holds; a kind of block without a rule is passed through."""
        for child in node.children:
            self._blocks.get(child.type, self.children)(child)

    def _heading(self, node: SyntaxTreeNode) -> None:
        inline = node.children[0]
        tokens = inline.token.children if inline.token else None
        anchor = anchor_in(tokens or [], inline.content)
        self._flow.heading(int(node.tag[1:]), _text(node), anchor)

    def _paragraph(self, node: SyntaxTreeNode) -> None:
        text = _TARGET.sub("", _text(node))
        if _CONTENTS_MARK.match(text):
            self._flow.drop("table of contents")
        else:
            self._flow.paragraph(_TASK.sub("", text))

    def _fence(self, node: SyntaxTreeNode) -> None:
        if node.info.lstrip().startswith("{"):
            directive(self._flow, node.info, node.content, write_markdown)
        else:
            self._flow.code(node.content)

    def _colon_fence(self, node: SyntaxTreeNode) -> None:
        if node.info.strip():
            directive(self._flow, node.info, node.content, write_markdown)
        else:
            write_markdown(self._flow, node.content)

    def _list(self, node: SyntaxTreeNode) -> None:
        number = int(node.attrs.get("start", 1))
        for item in node.children:
            with self._flow.item(f"{number}." if node.type == "ordered_list" else "-"):
                self.children(item)
            number += 1

    def _quote(self, node: SyntaxTreeNode) -> None:
        with self._flow.quote():
            first = _text(node.children[0]) if node.children else ""
            if alert := _ALERT.match(first):
                self._led(node, alert[1], alert[2])
            elif alone := _KIND_ALONE.match(first):
                self._led(node, alone[1], first[alone.end() :])
            else:
                self.children(node)

    def _led(self, node: SyntaxTreeNode, kind: str, first: str) -> None:
        with self._flow.lead(*(admonition_lead(kind, "") if kind.lower() in _KINDS else (kind,))):
            self._flow.paragraph(first)
            for child in node.children[1:]:
                self._blocks.get(child.type, self.children)(child)

    def _admonition(self, node: SyntaxTreeNode) -> None:
        kind = str(node.meta.get("tag", ""))
        title, rest = "", node.children
        if rest and rest[0].type == "admonition_title":
            title, rest = fold(_text(rest[0])), rest[1:]
        with self._flow.lead(*admonition_lead(kind, title)):
            for child in rest:
                self._blocks.get(child.type, self.children)(child)

    def _table(self, node: SyntaxTreeNode) -> None:
        rows = [row for part in node.children for row in part.children]
        cells = [[_text(cell) for cell in row.children] for row in rows]
        self._flow.table(cells[0], cells[1:])

    def _definitions(self, node: SyntaxTreeNode) -> None:
        term = ""
        for child in node.children:
            if child.type == "dt":
                term = _text(child)
                continue
            with self._flow.item(), self._flow.lead(term):
                self.children(child)
            term = ""


def _text(node: SyntaxTreeNode) -> str:
    """The words of a block that holds inline text; "" where it holds blocks."""
    return "\n".join(
        inline_text(child.token.children or [])
        for child in node.children
        if child.type == "inline" and child.token is not None
    ).strip()
