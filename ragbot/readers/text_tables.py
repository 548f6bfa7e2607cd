"""Finds the cells of a table whose separators were lost when a page was scraped.

A glued row reads `SpeedFast, with a cacheSlow`: each cell starts with a capital right after the
last letter of the one before. A spaced one, below a header such as `Aspect Redis SQLite`, reads
`Speed Fast, with a cache Slow`: there a capital after a word without one starts a cell. Either is
trusted only when every row falls into the same number of cells.
"""

import re
from collections import Counter
from collections.abc import Container

_WORD = re.compile(r"[A-Za-z]+")
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])|(?<=[)\d])(?=[A-Z][a-z])")
_FEWEST_ROWS, _FEWEST_CELLS = 3, 3
_NAME = re.compile(r"[A-Z][\w.+#-]*")
_CAPITAL = re.compile(r"[A-Z][a-z]+(?:-[a-z]+)*[,;:]?")  # with no capital inside, as names have
_ACRONYM = re.compile(r"[A-Z\d]{2,}[,;:]?")
_GOES_ON = frozenset(
    (
        "and",
        "or",
        "but",
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "for",
        "to",
        "with",
        "by",
        "that",
        "as",
    )
)
_JOINING = frozenset(("and", "for", "in", "of", "on", "or", "the", "to", "with", "&"))


def words_in(lines: list[str]) -> Counter[str]:
    """How often each word occurs in some lines."""
    return Counter(word for line in lines for word in _WORD.findall(line))


class Elsewhere:
    """The words of a text that occur outside of some of its lines.

    By them a glued word is told from a name such as PostgreSQL.
    """

    def __init__(self, words: Counter[str], lines: list[str]) -> None:
        self._words = words
        self._here = words_in(lines)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._words[word] > self._here[word]


def may_be_glued(lines: list[str]) -> bool:
    """Whether there are rows enough and each has a place where two cells may have met."""
    return len(lines) >= _FEWEST_ROWS and all(_SEAM.search(line) for line in lines)


def glued_rows(lines: list[str], known: Container[str]) -> list[list[str]] | None:
    """The cells of each line that may be glued, None where they are no table beyond doubt.

    `known` are the words that occur elsewhere in the text; these are never cut.
    """
    rows = [_cells(line.strip(), known) for line in lines]
    widths = {len(row) for row in rows}
    return rows if len(widths) == 1 and widths.pop() >= _FEWEST_CELLS else None


def spaced_rows(lines: list[str]) -> list[list[str]] | None:
    """The cells of a header of names and of the lines below it; None where they are no table.

    A row begins with its name, whose words have capitals, and each cell with a capital.
    """
    names = lines[0].split()
    if len(lines) <= _FEWEST_ROWS or len(names) < _FEWEST_CELLS:
        return None
    if not all(map(_NAME.fullmatch, names)):
        return None
    rows = [_spaced_cells(line.split()) for line in lines[1:]]
    whole = {len(row) for row in rows} == {len(names)}
    return [names, *rows] if whole and all(map(_is_table_row, rows)) else None


def _is_table_row(cells: list[str]) -> bool:
    """Whether a row begins with a capital, and none of its cells breaks off in mid-sentence."""
    torn = any(cell.endswith(",") or cell.split()[-1].lower() in _GOES_ON for cell in cells)
    return cells[0][0].isupper() and not torn and not cells[-1].endswith(".")


def _spaced_cells(words: list[str]) -> list[str]:
    """The name of a row, and its cells."""
    first = 0  # the last capital of those that the row begins with starts its first cell
    at = 1
    while at < len(words) and (_CAPITAL.fullmatch(words[at]) or words[at] in _JOINING):
        first = at if _CAPITAL.fullmatch(words[at]) else first
        at += 1
    cuts = [0, first] if first else [0]
    for at in range(max(first, 1) + 1, len(words)):
        before = words[at - 1]
        ended = not before[0].isupper() or _ACRONYM.fullmatch(before) or before.endswith(")")
        if ended and _CAPITAL.fullmatch(words[at]):
            cuts.append(at)
    return [" ".join(words[a:b]) for a, b in zip(cuts, [*cuts[1:], len(words)], strict=True)]


def _cells(line: str, known: Container[str]) -> list[str]:
    cuts = [0]
    for match in _WORD.finditer(line):
        if match[0] not in known:
            cuts += _cuts(match[0], match.start(), known)
    return [
        line[start:end].strip() for start, end in zip(cuts, [*cuts[1:], len(line)], strict=True)
    ]


def _cuts(word: str, at: int, known: Container[str]) -> list[int]:
    """Where a glued word falls apart; pieces that make a known word stay together."""
    pieces = _SEAM.split(word)
    cuts = []
    while pieces:
        size = next((n for n in range(len(pieces), 1, -1) if "".join(pieces[:n]) in known), 1)
        at += len("".join(pieces[:size]))
        pieces = pieces[size:]
        if pieces:
            cuts.append(at)
    return cuts
