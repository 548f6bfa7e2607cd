"""Reads Markdown, from CommonMark to what GitHub, Keras, TensorFlow and MyST make of it."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from ragbot.readers.decode import text_of
from ragbot.readers.flow import Flow
from ragbot.readers.front_matter import split_front_matter, title_of
from ragbot.readers.html_parts import write_html
from ragbot.readers.include_files import Files
from ragbot.readers.includes import with_files
from ragbot.readers.markdown_dropped import dropped_in
from ragbot.readers.markdown_marks import Mark, Role, marks_in
from ragbot.readers.markdown_myst import directive
from ragbot.readers.markdown_nodes import close_all, source_of, words_of_node
from ragbot.readers.markdown_prepare import prepare
from ragbot.readers.markdown_syntax import anchor_in, inline_text, parser
from ragbot.readers.markdown_tables import with_whole_cells
from ragbot.readers.sphinx import KINDS, STANDINGS, admonition_lead
from ragbot.readers.writer import DocumentWriter, fold
from ragbot.types import Document, RawDocument

_TARGET = re.compile(r"^\([\w.:/-]+\)=(?:\s+|$)")
_CONTENTS_MARK = re.compile(r"^\[\[?_?TOC_?\]?\]$", re.IGNORECASE)
_CONTENTS_LIST = re.compile(r"^\{:\s*toc\b[^{}]*\}$", re.MULTILINE)
_ALERT = re.compile(r"^\[!(\w+)\]\s*(.*)$", re.DOTALL)
_KINDS = KINDS | STANDINGS
_KIND_ALONE = re.compile(rf"^(?:\W*)({'|'.join(_KINDS.values())}):?\n", re.IGNORECASE)
_TASK = re.compile(r"^\[[ xX]\]\s+")


def read_markdown(raw: RawDocument) -> Document:
    """Read a Markdown document; front matter may give its title.

    Raises:
        ReadError: it is no UTF-8 text, or nothing is left of it.
    """
    return _read(raw, mdx=False)


def read_mdx(raw: RawDocument) -> Document:
    """Read Markdown with components, imports and expressions in it.

    Raises:
        ReadError: it is no UTF-8 text, or nothing is left of it.
    """
    return _read(raw, mdx=True)


def _read(raw: RawDocument, *, mdx: bool) -> Document:
    fields, text = split_front_matter(text_of(raw.content))
    writer = DocumentWriter(raw)
    if fields:
        writer.drop("front matter")
    write_markdown(Flow(writer), text, Files(raw.included), mdx=mdx)
    return writer.finish(title_of(fields))


def write_markdown(flow: Flow, text: str, files: Files | None = None, *, mdx: bool = False) -> None:
    """Write Markdown text (without front matter) into a flow that may hold something already.

    `files` are those that it may take in; `mdx` reads components and expressions whatever it looks
    like.
    """
    files = files or Files()
    text, mdx = prepare(with_files(text, files, flow.drop), flow.drop, mdx=mdx)
    env: dict[str, Any] = {}
    tokens = parser(mdx=mdx).parse(with_whole_cells(text, flow.drop), env)
    for construct in dropped_in(tokens):
        flow.drop(construct)
    unseen = [number for number in env.get("footnotes", {}).get("refs", {}).values() if number < 0]
    if unseen:
        flow.drop("footnote that nothing refers to", len(unseen))
    _Walker(flow, SyntaxTreeNode(tokens), files).write()


def inline_markdown(text: str) -> str:
    """The words of one stretch of Markdown that holds no blocks."""
    tokens = parser().parseInline(text)
    return " ".join(inline_text(token.children or []) for token in tokens)


class _Walker:
    def __init__(self, flow: Flow, root: SyntaxTreeNode, files: Files) -> None:
        self._flow = flow
        self._root = root
        self._files = files
        self._write = partial(write_markdown, files=files)
        self._notes = {
            note.meta["id"]: note
            for part in root.children
            if part.type == "footnote_block"
            for note in part.children
        }
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
            "tab": self._tab,
            "table": self._table,
            "html_block": lambda node: write_html(flow, node.content, inline_markdown),
            "dl": self._definitions,
            "hr": lambda _: None,
            "footnote_anchor": lambda _: None,
            "footnote_block": lambda _: None,  # each stands where it is referred to
        }

    def write(self) -> None:
        """Write the whole text."""
        self.children(self._root)

    def children(self, node: SyntaxTreeNode) -> None:
        """Write all that a node holds; a kind of block without a rule is passed through."""
        self._all(node.children)

    def _all(self, nodes: list[SyntaxTreeNode]) -> None:
        """Write blocks; what a mark among them begins lasts until its end, or that of all."""
        with ExitStack() as left_open:
            opened: list[ExitStack] = []
            left_open.callback(close_all, opened)
            for child in nodes:
                marks = marks_in(source_of(child)) if child.type == "paragraph" else []
                for mark in marks:
                    self._obey(mark, opened)
                if not marks:
                    self._blocks.get(child.type, self.children)(child)
                    self._footnotes(child)

    def _obey(self, mark: Mark, opened: list[ExitStack]) -> None:
        if mark.role is Role.END:
            if opened:
                opened.pop().close()
            return
        opened.append(ExitStack())
        title = inline_markdown(mark.title) if mark.title else ""
        if mark.role is Role.TAB:
            opened[-1].enter_context(self._flow.labelled(title))
        elif mark.role is Role.NOTE and (mark.kind or title):
            opened[-1].enter_context(self._flow.lead(*admonition_lead(mark.kind, title)))

    def _footnotes(self, node: SyntaxTreeNode) -> None:
        """Write the footnotes that a block refers to, each once."""
        if node.type not in {"paragraph", "heading", "table", "dt"} or not self._notes:
            return
        for part in node.walk():
            if part.type == "footnote_ref" and (note := self._notes.pop(part.meta["id"], None)):
                with self._flow.quote():
                    self.children(note)

    def _heading(self, node: SyntaxTreeNode) -> None:
        inline = node.children[0]
        tokens = inline.token.children if inline.token else None
        anchor = anchor_in(tokens or [], inline.content)
        self._flow.heading(int(node.tag[1:]), words_of_node(node), anchor)

    def _paragraph(self, node: SyntaxTreeNode) -> None:
        text = _TARGET.sub("", words_of_node(node))
        if _CONTENTS_MARK.match(text):
            self._flow.drop("table of contents")
        else:
            self._flow.paragraph(_TASK.sub("", text))

    def _fence(self, node: SyntaxTreeNode) -> None:
        if node.info.lstrip().startswith("{"):
            directive(self._flow, node.info, node.content, self._write, self._files)
        else:
            self._flow.code(node.content)

    def _colon_fence(self, node: SyntaxTreeNode) -> None:
        if node.info.strip():
            directive(self._flow, node.info, node.content, self._write, self._files)
        else:
            self._write(self._flow, node.content)

    def _list(self, node: SyntaxTreeNode) -> None:
        if any(
            _CONTENTS_LIST.search(source_of(part))
            for part in node.walk()
            if part.type == "paragraph"
        ):
            self._flow.drop("table of contents")
            return
        number = int(node.attrs.get("start", 1))
        for item in node.children:
            with self._flow.item(f"{number}." if node.type == "ordered_list" else "-"):
                self.children(item)
            number += 1

    def _quote(self, node: SyntaxTreeNode) -> None:
        with self._flow.quote():
            first = words_of_node(node.children[0]) if node.children else ""
            if alert := _ALERT.match(first):
                self._led(node, alert[1], alert[2])
            elif alone := _KIND_ALONE.match(first):
                self._led(node, alone[1], first[alone.end() :])
            else:
                self.children(node)

    def _led(self, node: SyntaxTreeNode, kind: str, first: str) -> None:
        with self._flow.lead(*(admonition_lead(kind, "") if kind.lower() in _KINDS else (kind,))):
            self._flow.paragraph(first)
            self._footnotes(node.children[0])
            self._all(node.children[1:])

    def _admonition(self, node: SyntaxTreeNode) -> None:
        title = fold(inline_markdown(node.meta["title"]))
        with self._flow.lead(*admonition_lead(node.meta["tag"], title)):
            self.children(node)

    def _tab(self, node: SyntaxTreeNode) -> None:
        with self._flow.labelled(inline_markdown(node.meta["title"])):
            self.children(node)

    def _table(self, node: SyntaxTreeNode) -> None:
        rows = [row for part in node.children for row in part.children]
        cells = [[words_of_node(cell) for cell in row.children] for row in rows]
        self._flow.table(cells[0], cells[1:])

    def _definitions(self, node: SyntaxTreeNode) -> None:
        terms: list[SyntaxTreeNode] = []
        for child in node.children:
            if child.type == "dt":
                terms.append(child)
                continue
            with self._flow.item():
                with self._flow.lead(words_of_node(terms[-1]) if terms else ""):
                    self.children(child)
                for term in terms:
                    self._footnotes(term)
            terms = []
