"""Shortcodes and template tags: Hugo's `{{< note >}}`, Jekyll's and GitBook's `{% hint %}`."""

import re
from collections.abc import Callable

from ragbot.readers.markdown_marks import Mark, Role, written
from ragbot.readers.markdown_wrappers import attributes, mark_of, positional
from ragbot.readers.sphinx import admonition_lead

_PARTS = re.compile(
    r"^(?:\{\{[<%]|\{%-?)\s*(/|end)?\s*([\w./-]*)\s*(.*?)\s*/?(?:[%>]\}\}|-?%\})$", re.DOTALL
)
_LISTINGS = {"highlight", "code", "codeblock", "prism"}
_VERBATIM = {"raw", "verbatim"}
_HIDDEN = {"comment"}
_SHOWN_BY = ("text", "caption")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]*$")
_BLANK = re.compile(r"^[ \t]*$")


class Shortcodes:
    """Makes text, code or marks of shortcodes, one after the other."""

    def __init__(self, text: str, drop: Callable[[str], None]) -> None:
        self._text = text
        self._drop = drop
        self._open: list[tuple[str, bool]] = []

    def replaced(self, match: re.Match[str], line: str) -> tuple[str, int]:
        """What stands for a shortcode, and where to go on; `line` is what stands before it."""
        parts = _PARTS.match(match[0])
        if parts is None or not parts[2]:
            return match[0], match.end()
        name, given = parts[2].lower().removeprefix("end"), parts[3]
        if parts[1] or parts[2].lower() != name:
            return self._closed(name, line), match.end()
        return self._opened(name, given, match.end(), line)

    def _opened(self, name: str, given: str, end: int, line: str) -> tuple[str, int]:
        closing = self._closing(name, end)
        if name in _VERBATIM:
            return "", end
        if name in _HIDDEN and closing:
            self._drop("comment")
            return "", closing.end()
        if name in _LISTINGS and closing:
            return self._listing(end, closing, line)
        self._drop("template tag")
        if name == "tab" and closing and attributes(given).get("lang"):  # it holds a listing
            return self._listed_tab(name, given, end, closing, line)
        return self._shown(name, given, line, is_closed=closing is not None), end

    def _listed_tab(
        self, name: str, given: str, start: int, closing: re.Match[str], line: str
    ) -> tuple[str, int]:
        mark = mark_of(name, attributes(given), positional(given))
        code, _ = self._listing(start, closing, "")
        opened = written(mark, line) if mark else ""
        return f"{opened}{code}{written(Mark(Role.END), line)}", closing.end()

    def _shown(self, name: str, given: str, line: str, *, is_closed: bool) -> str:
        """What a shortcode leaves: a mark where it wraps something, else what it says itself."""
        told, arguments = attributes(given), positional(given)
        if is_closed:
            mark = mark_of(name, told, arguments)
            is_alone = bool(_BLANK.match(line))
            self._open.append((name, bool(mark and is_alone)))
            if mark and is_alone:
                return written(mark, line)
            if mark and mark.kind:
                return f"{': '.join(filter(None, admonition_lead(mark.kind, mark.title)))}: "
            return ""
        if words := next((told[key] for key in _SHOWN_BY if told.get(key)), ""):
            return words
        if _HEADING.match(line) and arguments:
            return arguments[0].replace("_", " ").replace("-", " ").capitalize()
        return ""

    def _closed(self, name: str, line: str) -> str:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == name:
                marked = sum(was_marked for _, was_marked in self._open[at:])
                del self._open[at:]
                indent = line if _BLANK.match(line) else ""
                return written(Mark(Role.END), indent) * marked
        self._drop("template tag")
        return ""

    def _closing(self, name: str, start: int) -> re.Match[str] | None:
        known = re.escape(name)
        pattern = (
            rf"\{{\{{[<%]\s*/\s*{known}\b.*?[%>]\}}\}}|\{{%-?\s*(?:end_?|/\s*){known}\b.*?%\}}"
        )
        return re.compile(pattern, re.IGNORECASE).search(self._text, start)

    def _listing(self, start: int, closing: re.Match[str], line: str) -> tuple[str, int]:
        code = self._text[start : closing.start()].strip("\n")
        if "```" in code or not code.strip():  # a title around a fence
            return f"\n\n{line}", start
        ticks = "`" * 3
        body = "\n".join(f"{line}{row}" for row in code.split("\n"))
        return f"\n\n{line}{ticks}\n{body}\n{line}{ticks}\n\n{line}", closing.end()
