"""Tables of HTML whose cells span columns and rows, or hold lists."""

from collections.abc import Mapping, Sequence
from typing import Any

_MOST_COLUMNS, _MOST_ROWS = 50, 500  # that one cell may span
ITEM_SEPARATOR = "; "
"""What stands between the items of a list that is put on one line."""

Attributes = Mapping[str, str | None]


class Grid:
    """The rows of a table under way, each cell where it stands on the page.

    A cell that spans rows is repeated in each; one that spans columns is followed by empty ones. A
    row is a header where all its cells are.
    """

    def __init__(self) -> None:
        self.in_head = False
        self._rows: list[tuple[list[str], bool]] = []
        self._heads: list[list[str]] = []  # rows in which a cell is repeated in all its columns
        self._spanning: dict[int, tuple[int, str]] = {}  # by column: rows left, and the text

    def begin_row(self) -> None:
        """Go on to the next row."""
        self._fill(to_end=True)
        self._rows.append(([], True))
        self._heads.append([])

    def add(self, text: str, given: Attributes, *, is_header: bool) -> None:
        """Add a cell to the row; `given` are its attributes."""
        if not self._rows:
            self.begin_row()
        self._fill()
        cells, all_headers = self._rows[-1]
        columns, rows = _span(given, "colspan"), _span(given, "rowspan")
        texts = [text, *[""] * (columns - 1)]
        if rows > 1:
            self._spanning |= {len(cells) + n: (rows - 1, t) for n, t in enumerate(texts)}
        cells += texts
        self._heads[-1] += [""] * (len(cells) - columns - len(self._heads[-1])) + [text] * columns
        self._rows[-1] = (cells, all_headers and (is_header or self.in_head))

    def all_rows(self) -> list[tuple[list[str], bool]]:
        """Every row with whether it is a header."""
        self._fill(to_end=True)
        return self._rows

    def rows(self) -> list[tuple[list[str], bool]]:
        """The rows that hold anything, each with whether it is a header; of headers there is one.

        Header rows that follow upon each other are one, each column with the words of all.
        """
        rows = [row for row in self.all_rows() if any(cell.strip() for cell in row[0])]
        many = next((n for n, (_, is_header) in enumerate(rows) if not is_header), len(rows))
        if not 1 < many < len(rows):
            return rows
        return [(merged(self._heads[:many], len(rows[0][0])), True), *rows[many:]]

    def _fill(self, *, to_end: bool = False) -> None:
        """Repeat in the row what reaches into it from above, up to its next cell or to its end."""
        cells = self._rows[-1][0] if self._rows else []
        while len(cells) in self._spanning or (
            to_end and max(self._spanning, default=-1) >= len(cells)
        ):
            left, text = self._spanning.pop(len(cells), (0, ""))
            if left > 1:
                self._spanning[len(cells)] = (left - 1, text)
            cells.append(text)


def merged(heads: Sequence[Sequence[str]], width: int) -> list[str]:
    """One header of several rows of headers: the words of each column, none said twice."""
    columns = ([row[at].strip() if at < len(row) else "" for row in heads] for at in range(width))
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns]


def _span(given: Attributes, name: str) -> int:
    """How many columns or rows a cell spans."""
    value = (given.get(name) or "1").strip()
    most = _MOST_COLUMNS if name == "colspan" else _MOST_ROWS
    return min(max(int(value), 1), most) if value.isascii() and value.isdecimal() else 1


def spread(table: Any) -> None:
    """Give each row of a table its cells, as they stand on the page; lists in them on one line."""
    grid = Grid()
    cells = [cell for cell in table.iter("td", "th") if _table_of(cell) is table]
    if not any(cell.get("rowspan") or cell.get("colspan") for cell in cells):
        for cell in cells:
            _put_on_line(cell)
        return
    rows = [row for row in table.iter("tr") if _table_of(row) is table]
    for row in rows:
        grid.begin_row()
        for cell in row.iterchildren("td", "th"):
            _put_on_line(cell)
            grid.add(cell.text_content(), cell.attrib, is_header=cell.tag == "th")
            row.remove(cell)
    whole = grid.rows()
    for row, (texts, is_header) in zip(rows, whole, strict=False):
        for text in texts:
            cell = row.makeelement("th" if is_header else "td")
            cell.text = text
            row.append(cell)
    for row in rows[len(whole) :]:
        row.getparent().remove(row)


def _table_of(part: Any) -> Any:
    return next(part.iterancestors("table"), None)


def _put_on_line(cell: Any) -> None:
    """Replace the lists of a cell by their words, item after item, and breaks by spaces."""
    for line_break in list(cell.iter("br")):
        line_break.tail = f" {line_break.tail or ''}"
        line_break.drop_tag()
    inside = dict.fromkeys(cell.iter("ul", "ol"))
    for listing in inside:
        if any(outer in inside for outer in listing.iterancestors("ul", "ol")):
            continue  # its words are those of the list it lies in
        words = [
            " ".join(item.xpath("./text()|./*[not(self::ul or self::ol)]//text()")).strip()
            for item in listing.iter("li")
        ]
        line = ITEM_SEPARATOR.join(" ".join(one.split()) for one in words if one.split())
        parent, before = listing.getparent(), listing.getprevious()
        line = f" {line} {listing.tail or ''}"
        if before is not None:
            before.tail = f"{before.tail or ''}{line}"
        else:
            parent.text = f"{parent.text or ''}{line}"
        parent.remove(listing)
