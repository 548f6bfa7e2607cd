"""Reads plain text: finds the headings, lists and tables that nothing marks as such."""

import re

from ragbot.readers.decode import text_of
from ragbot.readers.front_matter import split_front_matter
from ragbot.readers.markdown import read_markdown
from ragbot.readers.text_dialect import Dialect, dialect_of
from ragbot.readers.text_lines import (
    Bullet,
    bullet_of,
    is_comment_form,
    is_image_caption,
    is_row,
    is_rule,
    looks_like_heading,
    may_head,
    row_cells,
    unwrapped,
)
from ragbot.readers.text_tables import Elsewhere, glued_rows, may_be_glued, spaced_rows, words_in
from ragbot.readers.writer import DocumentWriter
from ragbot.types import Document, RawDocument

_ATX = re.compile(r"^(#{1,6})[ \t]+(\S.*?)[ \t#]*$")
_UNDERLINE = re.compile(r"^(=+|-+|~+)\s*$")
_NUMBERED = re.compile(r"^\d{1,3}[.)]\s")
_LONGEST_PARAGRAPH = 200  # lines
_MOST_HEADINGS = 3  # upon each other
_TITLE, _PART, _NUMBERED_PART = 1, 2, 3

Group = list[str]


def read_text(raw: RawDocument) -> Document:
    """Read a plain text; one that is Markdown or reStructuredText is read as that.

    Front matter and `##` headings make it Markdown, directives and roles reStructuredText.

    Raises:
        ReadError: it is no UTF-8 text, or nothing is left of it.
    """
    text = text_of(raw.content)
    fields, _ = split_front_matter(text)
    dialect = Dialect.MARKDOWN if fields else dialect_of(text)
    if dialect is Dialect.MARKDOWN:
        return read_markdown(raw)
    if dialect is Dialect.RST:
        from ragbot.readers.rst import read_rst  # noqa: PLC0415 - loads docutils

        return read_rst(raw)
    writer = DocumentWriter(raw)
    _Text(writer, _groups(text)).write()
    return writer.finish()


class _Text:
    """Writes groups of lines, which are what stands between blank lines."""

    def __init__(self, writer: DocumentWriter, groups: list[Group]) -> None:
        self._writer = writer
        self._groups = groups
        self._title = _title_at(groups)
        self._words = words_in([line for group in groups for line in group])
        self._heading = ""

    def write(self) -> None:
        """Write all groups up to the form for comments, if there is one."""
        for at, group in enumerate(self._groups):
            rest = [line for later in self._groups[at : at + 3] for line in later]
            if at and is_comment_form(rest):
                return
            if len(group) == 1 and self._write_heading(at, group[0].strip()):
                continue
            if may_be_glued(group) and (rows := glued_rows(group, Elsewhere(self._words, group))):
                self._writer.table(None, rows)
            elif not any(map(is_row, group)) and (rows := spaced_rows(group)):
                self._writer.table(rows[0], rows[1:])
            else:
                self._write_group(group)

    def _write_heading(self, at: int, line: str) -> bool:
        """Write a line that stands alone if it is a heading, or drop it as an image's name."""
        if line == self._heading or is_image_caption(line, self._heading):
            return True
        if at == self._title:
            return self._head(_TITLE, line)
        follows = self._groups[at + 1][0] if at + 1 < len(self._groups) else ""
        before = self._groups[at - 1][-1] if at else ""
        is_in_list = bool(_NUMBERED.match(line)) and any(
            _NUMBERED.match(other.strip()) and not may_head(other) for other in (follows, before)
        )
        is_list = _NUMBERED.match(line) and _NUMBERED.match(follows.strip())
        if at < self._title or not follows or is_in_list or is_list or not looks_like_heading(line):
            return False
        return self._head(_NUMBERED_PART if _NUMBERED.match(line) else _PART, line)

    def _head(self, level: int, line: str) -> bool:
        self._heading = line
        self._writer.heading(level, line)
        return True

    def _write_group(self, lines: Group) -> None:
        at = 0
        while at < len(lines):
            at = self._write_at(lines, at)

    def _write_at(self, lines: Group, at: int) -> int:
        """Write what starts at line `at` of a group; the number of the line after it."""
        if is_rule(lines[at]):
            return at + 1
        if end := self._write_marked_heading(lines, at) or self._write_table(lines, at):
            return end
        if bullet_of(lines[at]):
            return self._write_items(lines, at)
        return self._write_prose(lines, at)

    def _write_marked_heading(self, lines: Group, at: int) -> int:
        """Write a heading that something marks; the number of the line after it, 0 if none is."""
        line = lines[at].strip()
        under = _UNDERLINE.match(lines[at + 1]) if at + 1 < len(lines) else None
        if match := _ATX.match(line):
            self._head(len(match[1]), match[2])
            return at + 1
        if under and len(under[1]) > 2:
            self._head(_TITLE if under[1][0] == "=" else _PART, line)
            return at + 2
        if _heads_group(lines, at):
            self._head(_NUMBERED_PART if _NUMBERED.match(line) else _PART, line)
            return at + 1
        return 0

    def _write_table(self, lines: Group, at: int) -> int:
        end = _table_end(lines, at)
        rows = [row_cells(row) for row in lines[at:end] if not is_rule(row)]
        if rows:
            self._writer.table(rows[0], rows[1:])
        return end

    def _write_prose(self, lines: Group, at: int) -> int:
        end = at + 1
        last = min(len(lines), at + _LONGEST_PARAGRAPH)
        while end < last and not (
            bullet_of(lines[end]) or is_row(lines[end]) or is_rule(lines[end])
        ):
            end += 1
        if not unwrapped(lines[at:end]):
            end = at + 1
        self._writer.prose(" ".join(lines[at:end]))
        return end

    def _write_items(self, lines: Group, at: int) -> int:
        indents: list[int] = []
        while at < len(lines) and (bullet := bullet_of(lines[at])):
            at += 1
            text = [bullet.text]
            while at < len(lines) and _continues(lines[at], bullet):
                text.append(lines[at])
                at += 1
            indents = [indent for indent in indents if indent < bullet.indent]
            self._writer.item(" ".join(text), len(indents), bullet.marker)
            indents.append(bullet.indent)
        return at


def _groups(text: str) -> list[Group]:
    groups: list[Group] = [[]]
    for line in text.split("\n"):
        if line.strip():
            groups[-1].append(line.rstrip())
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _title_at(groups: list[Group]) -> int:
    """The number of the group that is the title: the longest heading above the first paragraph."""
    heads: list[tuple[int, int]] = []
    for at, group in enumerate(groups):
        line = group[0].strip()
        if len(group) == 1 and (looks_like_heading(line) or is_image_caption(line, line)):
            heads.append((len(line.split()), -at))
        else:
            break
    words, at = max(heads, default=(0, 0))
    return -at if words > 2 else -1


def _table_end(lines: Group, at: int) -> int:
    """The end of the table that starts at line `at`, 0 where none does."""
    end = at
    while end < len(lines) and is_row(lines[end]):
        end += 1
    return end if end - at > 1 else 0


def _heads_group(lines: Group, at: int) -> bool:
    """Whether a line is the heading of the paragraph, list or table right below it.

    Headings may follow upon each other; then what stands below the last of them decides.
    """
    below = at
    while below < len(lines) and below < at + _MOST_HEADINGS and looks_like_heading(lines[below]):
        below += 1
    if below in {at, len(lines)}:
        return False
    line = lines[below].strip()
    is_sentence = line.endswith((".", "!", "?", ":", '"', "”")) and line[0].isupper()
    return is_sentence or bullet_of(line) is not None or _table_end(lines, below) > 0


def _continues(line: str, bullet: Bullet) -> bool:
    indent = len(line) - len(line.lstrip())
    return indent > bullet.indent and not bullet_of(line)
