"""Puts the lines of a page that is set in columns into the order in which they are read.

Where things stand decides, not the order in which the file draws them. A gutter is a place that
several rows leave free, with running text on both sides: the columns of a table are narrow, or
filled by a few words, and stay rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ragbot.readers.pdf_lines import Line

_FEWEST_ROWS = 3
_FEWEST_CHARACTERS = 15  # of the usual piece of a line on either side of a gutter
_FILLED = 0.55  # of its column's width, by the usual piece
_MOST_COLUMNS = 3  # halvings
_SAME_ROW = 0.5  # of a line's height

Row = list[Line]


def in_columns(lines: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines of a page, each given in the pieces that wide gaps make of it, in reading order.

    A page without columns keeps its lines in the order in which they are given.
    """
    pieces = [piece for line in lines for piece in line]
    ordered = _ordered(pieces, _MOST_COLUMNS)
    return ordered if ordered is not None else [_whole(line) for line in lines if line]


def _ordered(pieces: list[Line], depth: int) -> list[Line] | None:
    """The pieces joined to lines in reading order, None where there is no gutter among them."""
    rows = _rows(pieces)
    gutter = _gutter(rows) if depth else None
    if gutter is None:
        return None
    done: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for row in [*rows, None]:
        if row is None or any(piece.left < gutter < piece.right for piece in row):
            done += _column(left, depth) + _column(right, depth)
            left, right = [], []
            done += [_whole(row)] if row else []
            continue
        left += [piece for piece in row if piece.right <= gutter]
        right += [piece for piece in row if piece.left >= gutter]
    return done


def _column(pieces: list[Line], depth: int) -> list[Line]:
    ordered = _ordered(pieces, depth - 1)
    if ordered is not None:
        return ordered
    lines = [_whole(row) for row in _rows(pieces)]
    if not lines:
        return []
    edges = min(line.left for line in lines), max(line.right for line in lines)
    return [replace(line, edges=edges) for line in lines]


def _rows(pieces: Iterable[Line]) -> list[Row]:
    """The pieces that stand beside each other, from the top of the page to its bottom."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda one: (-(one.bottom + one.top), one.left)):
        middle = (piece.bottom + piece.top) / 2
        if rows and any(
            abs((other.bottom + other.top) / 2 - middle) < _SAME_ROW * (piece.top - piece.bottom)
            for other in rows[-1]
        ):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda one: one.left) for row in rows]


def _gutter(rows: Sequence[Row]) -> float | None:
    """Where a gutter runs that has running text on both sides, None where there is none."""
    gaps = [(a.right, b.left) for row in rows for a, b in pairwise(row) if b.left > a.right]
    best, most = None, _FEWEST_ROWS - 1
    for left, right in gaps:
        middle = (left + right) / 2
        beside = [row for row in rows if _is_beside(row, middle)]
        if len(beside) > most and _is_text(beside, middle):
            best, most = middle, len(beside)
    return best


def _is_beside(row: Row, gutter: float) -> bool:
    return row[0].right <= gutter <= row[-1].left and not any(
        piece.left < gutter < piece.right for piece in row
    )


def _is_text(rows: Sequence[Row], gutter: float) -> bool:
    """Whether both sides of a gutter hold running text rather than the cells of a table."""
    for is_left in (True, False):
        sides = [[p for p in row if (p.right <= gutter) == is_left] for row in rows]
        lines = [_whole(side) for side in sides]
        width = max(line.right for line in lines) - min(line.left for line in lines)
        usual = median(line.right - line.left for line in lines)
        if median(len(line.text) for line in lines) < _FEWEST_CHARACTERS or usual < _FILLED * width:
            return False
    return True


def _whole(pieces: Sequence[Line]) -> Line:
    """One line of the pieces that stand beside each other."""
    return Line(
        " ".join(piece.text.strip() for piece in pieces),
        min(piece.left for piece in pieces),
        max(piece.right for piece in pieces),
        min(piece.bottom for piece in pieces),
        max(piece.top for piece in pieces),
    )
