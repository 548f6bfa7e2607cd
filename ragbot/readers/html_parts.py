"""Reads the HTML that stands inside Markdown: tables, listings, lists and plain paragraphs."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from ragbot.readers.flow import Flow
from ragbot.readers.html_dropped import Attributes, dropped_name
from ragbot.readers.html_tables import ITEM_SEPARATOR, Grid
from ragbot.readers.sphinx import KINDS, STANDINGS

_VOID = {"img"}
_LISTS, _ITEMS = {"ul", "ol", "dl"}, {"li", "dd"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_INLINE = {
    "a", "abbr", "b", "bdi", "big", "center", "cite", "code", "col", "colgroup", "del", "dfn",
    "em", "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr", "input", "source", "thead",
    "tbody", "tfoot", "link",
}  # fmt: skip
_TEMPLATE = re.compile(r"\{%.*?%\}|\{\{[^{}]*\}\}|\{:[^{}]*\}", re.DOTALL)
_MARKDOWN = re.compile(r"\]\(|`|\*\*")


def write_html(flow: Flow, html: str, inline: Callable[[str], str]) -> None:
    """Write a fragment of HTML; `inline` clears Markdown markup that stands in its text.

    Elements that are left open are closed at the end of the fragment.
    """
    parser = _Fragment(flow, inline)
    parser.feed(html)
    parser.close()
    parser.finish()


class _Fragment(HTMLParser):
    def __init__(self, flow: Flow, inline: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self._flow = flow
        self._inline = inline
        self._text: list[str] = []
        self._skipping: list[str] = []
        self._lists: list[int | None] = []
        self._items = 0
        self._in_pre = False
        self._lead = ""
        self._tables: list[Grid] = []
        self._cell: tuple[bool, dict[str, str | None]] | None = None
        self._term = ""
        self._in_term = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.append(tag)
        elif name := dropped_name(tag, attrs):
            self._flow.drop(name)
            if tag not in _VOID:
                self._skipping.append(tag)
        elif tag == "br":
            self._text.append("\n" if self._in_pre else " ")
        elif tag == "thead" and self._tables:
            self._tables[-1].in_head = True
        elif tag == "sup":
            self._text.append("^" if self._text and self._text[-1][-1:].isalnum() else "")
        elif tag not in _INLINE:
            self._begin_block(tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if tag in {"br", "hr", "img", "p"}:
            self.handle_starttag(tag, attrs)

    def handle_comment(self, data: str) -> None:
        if data.strip():
            self._flow.drop("comment")

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.pop()
        elif tag == "thead" and self._tables:
            self._tables[-1].in_head = False
        elif tag not in _INLINE:
            self._end_block(tag)

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            text, count = (data, 0) if self._in_pre else _TEMPLATE.subn("", data)
            self._text.append(text)
            if count:
                self._flow.drop("template tag", count)

    def finish(self) -> None:
        """Write and close whatever the fragment left open."""
        self._flush()
        while self._tables:
            self._end_table()
        while self._items:
            self._end_item()

    def _begin_block(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "table":
            self._flush_outside_table()
            self._tables.append(Grid())
        elif self._tables:
            self._begin_in_table(tag, attrs)
        else:
            if self._in_term:
                self._end_term()
            self._flush()
            self._in_pre = self._in_pre or tag == "pre"
            if tag in _LISTS:
                self._lists.append(0 if tag == "ol" else None)
            elif tag in _ITEMS:
                self._begin_item()
                self._lead, self._term = (self._term, "") if tag == "dd" else (self._lead, "")
            elif tag == "dt":
                self._close_item()
                self._in_term = True
            elif tag == "aside":
                self._lead = (KINDS | STANDINGS).get(attrs.get("class") or "", "")

    def _begin_in_table(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "tr":
            self._end_cell()
            self._tables[-1].begin_row()
        elif tag in {"td", "th"}:
            self._end_cell()
            self._cell = (tag == "th", attrs)
            self._text.clear()
        elif tag == "li" and (said := "".join(self._text).rstrip()):
            self._text[:] = [said, " " if said.endswith((":", ";")) else ITEM_SEPARATOR]
        else:
            self._text.append(" ")

    def _end_block(self, tag: str) -> None:
        if self._tables:
            if tag == "table":
                self._end_table()
            elif tag in {"td", "th", "tr"}:
                self._end_cell()
            else:
                self._text.append(" ")
        elif tag in _HEADINGS:
            self._flow.heading(_HEADINGS[tag], self._take())
        elif tag == "dt":
            self._end_term()
        elif tag == "pre" and self._in_pre:
            self._flush()
            self._in_pre = False
        else:
            self._flush()
            if tag in _LISTS and self._lists:
                self._close_item()
                self._flow.paragraph(self._term)
                self._term = ""
                self._lists.pop()
            elif tag in _ITEMS and self._items:
                self._end_item()

    def _end_term(self) -> None:
        """Keep a term for what defines it; two terms may share that."""
        self._term = ", ".join(filter(None, (self._term, self._take().strip())))
        self._in_term = False

    def _begin_item(self) -> None:
        self._close_item()
        marker = "-"
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            marker = f"{self._lists[-1]}."
        self._flow.begin_item(marker)
        self._items += 1

    def _close_item(self) -> None:
        """End the item before, whose closing tag may be left out."""
        if self._items and self._items >= max(len(self._lists), 1):
            self._end_item()

    def _end_item(self) -> None:
        self._flow.paragraph(self._lead)
        self._lead = ""
        self._flow.end_item()
        self._items -= 1

    def _end_cell(self) -> None:
        if self._cell is not None:
            is_header, given = self._cell
            self._tables[-1].add(self._take().strip(), given, is_header=is_header)
            self._cell = None

    def _end_table(self) -> None:
        self._end_cell()
        table = self._tables.pop()
        if self._tables:  # a table inside a cell: its words belong to the cell
            self._text.append(" ".join(cell for cells, _ in table.rows() for cell in cells))
            return
        rows = table.rows()
        if all(len(cells) < 2 for cells, _ in rows):
            for cells, _ in rows:
                self._flow.paragraph(cells[0])
        elif rows[0][1]:
            self._flow.table(rows[0][0], [cells for cells, _ in rows[1:]])
        else:
            self._flow.table(None, [cells for cells, _ in rows])

    def _flush_outside_table(self) -> None:
        if not self._tables:
            self._flush()

    def _flush(self) -> None:
        if self._in_pre:
            self._flow.code("".join(self._text))
            self._text.clear()
        else:
            text, lead = self._take(), self._lead
            if lead and text.strip():
                self._lead = ""
                is_said = text.strip().lower().startswith(lead.lower())
                text = text if is_said else f"{lead}: {text}"
            self._flow.paragraph(text)

    def _take(self) -> str:
        text = "".join(self._text)
        self._text.clear()
        return self._inline(text) if _MARKDOWN.search(text) else text
