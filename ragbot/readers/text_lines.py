"""What a line of plain text is, judged by its looks."""

import re
from dataclasses import dataclass

from ragbot.readers.writer import slug

_BULLET = re.compile(r"^([ \t]*)([•\-*\u2013‣◦●▪]|\d{1,3}[.)])[ \t]+(\S.*)$")
_RULE = re.compile(r"^[ \t]*(?:\|?[\s:|+-]*-{3,}[\s:|+-]*|[=_~*]{3,}|(?:[-*_] ){2,}[-*_])[ \t]*$")
_BAR = re.compile(r"[ \t]\|[ \t]")
_ENDS = (".", ",", ";", ":", "!", "…", "|", "\\", "{", "}", "=", "(")
_COMMENT_FORM = re.compile(r"^leave a (?:reply|comment)\b", re.IGNORECASE)
_NOT_PUBLISHED = re.compile(r"email address will not be published", re.IGNORECASE)
_LONGEST_RULE = 300
_MOST_WORDS, _MOST_CHARACTERS = 14, 100
_WRAPPED_FROM, _WRAPPED_TO = 40, 120


@dataclass(frozen=True, slots=True)
class Bullet:
    """A list item's first line: `indent` in columns, `marker` "-" or a number such as "3."."""

    indent: int
    marker: str
    text: str


def bullet_of(line: str) -> Bullet | None:
    """The line as the start of a list item, None where it is none."""
    match = _BULLET.match(line)
    if match is None or is_rule(line):
        return None
    marker = f"{match[2][:-1]}." if match[2][0].isdigit() else "-"
    return Bullet(len(match[1].expandtabs(4)), marker, match[3])


def is_rule(line: str) -> bool:
    """Whether the line is a drawn line, the one under a table's header included."""
    return len(line) <= _LONGEST_RULE and bool(_RULE.match(line))


def is_row(line: str) -> bool:
    """Whether the line is a row of a table: cells between ` | ` or tabs."""
    line = line.strip()
    if "|" in line:
        framed = len(line) > 2 and line.startswith("|") and line.endswith("|")
        return framed or bool(_BAR.search(line)) or is_rule(line)
    return sum(bool(cell.strip()) for cell in line.split("\t")) > 2


def row_cells(line: str) -> list[str]:
    """The cells of a row, without those that outer bars or trailing tabs would add."""
    if "|" in line:
        return re.split(r"\s*\|\s*", line.strip().removeprefix("|").removesuffix("|").strip())
    return re.split(r"\t+", line.strip())


def looks_like_heading(line: str) -> bool:
    """Whether a line alone could be a heading: short, capitalised, no end of a sentence."""
    return may_head(line) and not is_row(line) and not is_rule(line)


def may_head(line: str) -> bool:
    """Whether the line is short, starts with a capital or a number, and does not end a sentence."""
    line = line.strip()
    words = line.split()
    body = re.sub(r"^\d{1,3}[.)]\s+", "", line)
    if not body or len(words) > _MOST_WORDS or len(line) > _MOST_CHARACTERS:
        return False
    is_capital = body[0].isupper() or body[0].isdigit()
    return is_capital and not line.endswith(_ENDS) and any(char.isalpha() for char in body)


def is_image_caption(line: str, heading: str) -> bool:
    """Whether a line is the name of an image that a page shows under a heading.

    Scraped pages keep such names: `what-is-a-queue`, or `queue` below "What is a queue?".
    """
    name = line.strip()
    if name != name.lower() or not re.fullmatch(r"[\w-]+", name):
        return False
    return set(name.split("-")) <= set(slug(heading).split("-"))


def is_comment_form(lines: list[str]) -> bool:
    """Whether the form for readers' comments starts here, with which a scraped page ends."""
    return (
        bool(lines)
        and bool(_COMMENT_FORM.match(lines[0].strip()))
        and any(_NOT_PUBLISHED.search(line) for line in lines)
    )


def unwrapped(lines: list[str]) -> bool:
    """Whether the lines are one paragraph that was wrapped at a fixed width."""
    if len(lines) < 2:
        return True
    body, after = lines[:-1], [line.strip() for line in lines[1:]]
    fits = all(_WRAPPED_FROM <= len(line) <= _WRAPPED_TO for line in body)
    if not fits or len(lines[-1]) > _WRAPPED_TO:
        return False
    return 4 * sum(not line[0].isupper() for line in after) >= len(after)
