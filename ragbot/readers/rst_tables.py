"""The cells of a doctree's tables."""

from typing import cast

from docutils import nodes

from ragbot.readers.html_tables import ITEM_SEPARATOR
from ragbot.readers.rst_text import UNSHOWN, text_of_node


def rows_of(
    group: nodes.Element, part: type[nodes.Element], *, repeat: bool = False
) -> list[list[str]]:
    """The cells of a table's head or body; a cell that spans rows is repeated in each.

    One that spans columns is followed by empty ones, or with `repeat` repeated as well.
    """
    rows: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}
    for row in (row for held in group.findall(part) for row in held.children):
        cells: list[str] = []
        for entry in cast("nodes.Element", row).children:
            _repeat(cells, spanning)
            element = cast("nodes.Element", entry)
            text = _entry_text(element)
            if more := element.get("morerows", 0):
                spanning[len(cells)] = (more, text)
            cells += [text, *[text if repeat else ""] * element.get("morecols", 0)]
        _repeat(cells, spanning)
        rows.append(cells)
    return rows


def _repeat(cells: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    while len(cells) in spanning:
        more, text = spanning.pop(at := len(cells))
        if more > 1:
            spanning[at] = (more - 1, text)
        cells.append(text)


def _entry_text(entry: nodes.Element) -> str:
    """The words of a cell on one line, the items of a list set apart."""
    between = ITEM_SEPARATOR if entry.tagname in {"bullet_list", "enumerated_list"} else " "
    return between.join(
        text_of_node(block) if isinstance(block, nodes.TextElement) else _entry_text(block)
        for block in entry.children
        if isinstance(block, nodes.Element) and not isinstance(block, UNSHOWN)
    )
