"""Blocks between two lines of colons or slashes: `:::tip Title`, `/// note | Title`."""

import re
from collections.abc import Callable

from ragbot.readers.markdown_marks import Mark, Role, written
from ragbot.readers.markdown_wrappers import attributes, mark_of

_COLONS = re.compile(r"^([ \t]*)(:{3,})[ \t]*(.*?)[ \t]*:*$")
_SLASHES = re.compile(r"^([ \t]*)(/{3,})[ \t]*([\w-]*)[ \t]*(?:\|[ \t]*(.*?))?[ \t]*$")
_NAMED = re.compile(r"^\{?\.?([A-Za-z][\w.:-]*)\}?(?=[\s\[{]|$)[ \t]*(.*)$")
_BRACKETS = re.compile(r"^\[(.*?)\]")
_IDENTIFIER = re.compile(r"^[A-Za-z_]\w*(?:[.:]\w+)*$")
_OPTIONS = re.compile(r"(?:\n[ \t]*(?=\n)|\n(?: {4}|\t)[^\n]*)*")
_YAML_OPTIONS = re.compile(r"(?:\n[ \t]{4,}[\w-]+:[^\n]*)+(?=\n|\Z)")


class Containers:
    """Makes marks of the lines that begin and end such blocks; those of MyST are left alone."""

    def __init__(self, text: str, drop: Callable[[str], None]) -> None:
        self._text = text
        self._drop = drop
        self._open: list[tuple[str, int, bool]] = []  # sign, length, whether MyST's

    def replaced(self, match: re.Match[str]) -> tuple[str, int]:
        """What stands for the line of a match, and where to go on."""
        line = match[0]
        if any(is_myst for _, _, is_myst in self._open):
            return self._in_myst(line), match.end()
        if colons := _COLONS.match(line):
            return self._colons(colons, match)
        slashes = _SLASHES.match(line)
        return self._slashes(slashes, match) if slashes else (line, match.end())

    def _in_myst(self, line: str) -> str:
        colons = _COLONS.match(line)
        if colons and colons[3].startswith("{") and not colons[3].startswith("{."):
            self._open.append((":", len(colons[2]), True))
        elif colons and not colons[3]:
            self._end(":", len(colons[2]))
        return line

    def _end(self, sign: str, length: int) -> bool:
        """Close the innermost block that such a line closes."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == sign and self._open[at][1] <= length:
                del self._open[at:]
                return True
        return False

    def _colons(self, colons: re.Match[str], match: re.Match[str]) -> tuple[str, int]:
        indent, fence, info = colons[1], colons[2], colons[3]
        if not info:
            was_open = self._end(":", len(fence))
            return (written(Mark(Role.END), indent) if was_open else match[0]), match.end()
        if info.startswith("{") and not info.startswith("{."):
            self._open.append((":", len(fence), True))
            return match[0], match.end()
        if _IDENTIFIER.match(info) and not self._is_closed(match.end(), info):
            self._drop("autodoc directive")
            options = _OPTIONS.match(self._text, match.end())
            return "\n", options.end() if options else match.end()
        named = _NAMED.match(info)
        if named is None:
            return match[0], match.end()
        self._open.append((":", len(fence), False))
        return written(_mark(named[1], named[2]), indent), match.end()

    def _is_closed(self, at: int, name: str) -> bool:
        """Whether a line of colons alone follows before another such block begins."""
        if "." in name:
            return False
        following = re.compile(r"^[ \t]*:{3,}[ \t]*(\S*)", re.MULTILINE).search(self._text, at)
        return following is not None and not following[1]

    def _slashes(self, slashes: re.Match[str], match: re.Match[str]) -> tuple[str, int]:
        indent, fence, name, title = slashes.groups()
        if not name:
            was_open = self._end("/", len(fence))
            return (written(Mark(Role.END), indent) if was_open else match[0]), match.end()
        self._open.append(("/", len(fence), False))
        options = _YAML_OPTIONS.match(self._text, match.end())
        end = options.end() if options else match.end()
        given = re.search(r"\btype:[ \t]*(\w+)", options[0]) if options else None
        kind = given[1] if given else name
        mark = mark_of(kind, {"title": title or ""}, []) or Mark(Role.PLAIN)
        return written(mark, indent), end


def _mark(name: str, rest: str) -> Mark:
    """The mark of `tip Title`, `tip[Title]`, `tip{title="Title"}` or a plain division."""
    brackets = _BRACKETS.match(rest)
    given = attributes(rest)
    title = brackets[1] if brackets else given.get("title", "")
    if not title and not brackets and not given and not rest.startswith("{"):
        title = rest
    return mark_of(name, {"title": title}, []) or Mark(Role.PLAIN)
