"""Reads HTML pages: their main text, or the whole page where no main text can be told apart."""

from typing import Any

from ragbot.readers.flow import Flow
from ragbot.readers.html_decode import html_text
from ragbot.readers.html_main import ASIDE, ASIDE_END, MainText, heading_text, main_text
from ragbot.readers.html_parts import write_html
from ragbot.readers.writer import DocumentWriter, Place
from ragbot.types import Document, RawDocument

_BLOCKS = {"head", "p", "list", "item", "table", "quote", "row", "cell", "div"}


def read_html(raw: RawDocument) -> Document:
    """Read a page of HTML.

    Raises:
        ReadError: it is binary, or holds no text.
    """
    page = main_text(html_text(raw.content))
    writer = DocumentWriter(raw)
    flow = Flow(writer)
    if page.tree is not None:
        _Walker(flow, page).children(page.tree)
    else:
        write_html(flow, page.body, lambda inline: inline)
    flow.flush_leads()
    for construct, count in page.dropped.items():
        flow.drop(construct, count)
    return writer.finish(page.title)


class _Walker:
    """Writes the tree of a main text; words between blocks are paragraphs of their own."""

    def __init__(self, flow: Flow, page: MainText) -> None:
        self._flow = flow
        self._anchors = {words: list(names) for words, names in page.anchors.items()}
        self._outer: list[Place] = []

    def children(self, element: Any) -> None:
        """Write what an element holds, in order."""
        words = [element.text or ""]
        for child in element:
            if _is_block(child):
                self._paragraph(words)
                self._block(child)
            else:
                _add(words, child)
            words.append(child.tail or "")
        self._paragraph(words)

    def _paragraph(self, words: list[str]) -> None:
        self._flow.paragraph("".join(words))
        words.clear()

    def _block(self, element: Any) -> None:
        if element.tag == "head":
            self._heading(element, heading_text(_words(element)))
        elif element.tag == "code":
            self._flow.code("".join(element.itertext()))
        elif element.tag == "list":
            self._list(element)
        elif element.tag == "table":
            self._table(element)
        elif element.tag == "quote":
            with self._flow.quote():
                self.children(element)
        else:
            self.children(element)

    def _heading(self, element: Any, words: str) -> None:
        if words == ASIDE_END:
            if self._outer:
                self._flow.resume(self._outer.pop())
        elif words.startswith(ASIDE):
            self._outer.append(self._flow.aside(words.removeprefix(ASIDE)))
        else:
            names = self._anchors.get(words) or [""]
            level = int((element.get("rend") or "h2")[1:2] or 2)
            self._flow.heading(level, words, names.pop(0))

    def _list(self, element: Any) -> None:
        number, term = 0, ""
        for item in element:
            kind = item.get("rend") or ""
            if kind.startswith("dt"):
                term = _words(item)
                continue
            number += 1
            marker = f"{number}." if element.get("rend") == "ol" else "-"
            with self._flow.item(marker), self._flow.lead(term):
                self.children(item)
            term = ""

    def _table(self, element: Any) -> None:
        rows = [
            ([_words(cell) for cell in row], all(cell.get("role") == "head" for cell in row))
            for row in element.iter("row")
            if len(row)
        ]
        rows = [(cells, head) for cells, head in rows if any(cell.strip() for cell in cells)]
        if not rows:
            return
        if all(len(cells) == 1 for cells, _ in rows):
            for cells, _ in rows:
                self._flow.paragraph(cells[0])
        elif rows[0][1]:
            self._flow.table(rows[0][0], [cells for cells, _ in rows[1:]])
        else:
            self._flow.table(None, [cells for cells, _ in rows])


def _is_block(element: Any) -> bool:
    if element.tag == "code":  # a listing holds an element of its own, see main_text
        return element.find("code") is not None or "\n" in "".join(element.itertext()).strip()
    return element.tag in _BLOCKS


def _words(element: Any) -> str:
    words = [element.text or ""]
    for child in element:
        _add(words, child)
        words.append(child.tail or "")
    return "".join(words)


def _add(words: list[str], child: Any) -> None:
    if child.tag == "lb":
        words.append(" ")
    elif child.get("rend") == "#sup" and words[-1][-1:].isalnum():
        words.append(f"^{_words(child)}")
    elif child.tag in _BLOCKS:
        words.append(f" {_words(child)} ")
    else:
        words.append(_words(child))
