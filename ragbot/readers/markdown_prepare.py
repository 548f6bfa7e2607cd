"""Makes plain Markdown of what site generators add to it, outside of code.

Imports and comments go, components, shortcodes and blocks become marks (`markdown_marks`); code is
passed over, since there all of this is meant.
"""

import re
from collections.abc import Callable

from ragbot.readers.markdown_containers import Containers
from ragbot.readers.markdown_jsx import (
    esm_end,
    expression_end,
    looks_like_mdx,
    tag_at,
    words_of_expression,
)
from ragbot.readers.markdown_marks import Mark, Role, cleaned, written
from ragbot.readers.markdown_shortcodes import Shortcodes
from ragbot.readers.markdown_wrappers import attributes, mark_of
from ragbot.readers.sphinx import admonition_lead

Drop = Callable[[str], None]

_CODE = (
    r"(?P<fence>^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<f>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*"
    r"(?:\n(?:.*?\n)??[ \t>]*(?P=f)[`~]*[ \t]*$|.*\Z))"
    r"|(?P<span>(?P<t>`+)(?!`)[^\n]+?(?:\n(?![ \t]*\n)[^\n]+?){0,5}(?<!`)(?P=t)(?!`))"
    r"|(?P<html><!--.*?-->|<(?P<n>pre|script|style|textarea|code)\b.*?</(?P=n)\s*>)"
)
_ESCAPE = r"|(?P<escape>\\[\\`{<*_])"
_ESM = r"|(?P<esm>^(?:import|export)\b)"
_JSX = r"|(?P<note>\{/\*.*?\*/\})|(?P<tag></?(?:[A-Z][\w.]*(?=[\s/>])|>))"
_EXPRESSION = r"|(?P<expression>\{(?![%{#:])(?![\w:+-]+\}`))"  # but for roles of MyST
_SHORT = r"|(?P<short>\{\{[<%].*?[%>]\}\}|\{%.*?%\})"
_LINES = r"|(?P<wall>^[ \t]*(?::{3,}|/{3,})[^\n]*$)|(?P<abbr>^\*\[[^\]\n]+\]:[^\n]*$)"
_PLAIN = re.compile(_CODE + _ESCAPE + _ESM + _JSX + _SHORT + _LINES, re.MULTILINE | re.DOTALL)
_MDX = re.compile(
    _CODE + _ESCAPE + _ESM + _JSX + _SHORT + _EXPRESSION + _LINES, re.MULTILINE | re.DOTALL
)
_ANY_CODE = re.compile(_CODE, re.MULTILINE | re.DOTALL)
_RAW_TAG = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*")
_ESCAPED_SHORTCODE = re.compile(r"(\{\{[<%])/\*(.*?)\*/([%>]\}\})", re.DOTALL)
_LINE_START = re.compile(r"[ \t]*\Z")


def prepare(text: str, drop: Drop, *, mdx: bool = False) -> tuple[str, bool]:
    """The text as plain Markdown with marks, and whether it is MDX, told so or by its looks.

    `drop` is called with the name of each construct that is left out.
    """
    text = cleaned(text)
    mdx = mdx or looks_like_mdx(_ANY_CODE.sub("", text))
    return _Scan(text, drop, mdx=mdx).done(), mdx


class _Scan:
    def __init__(self, text: str, drop: Drop, *, mdx: bool) -> None:
        self._text = text
        self._drop = drop
        self._pattern = _MDX if mdx else _PLAIN
        self._out: list[str] = []
        self._tags: list[tuple[str, bool]] = []
        self._containers = Containers(text, drop)
        self._shortcodes = Shortcodes(text, drop)
        self._may_import = True

    def done(self) -> str:
        """The whole text, prepared."""
        at = 0
        while match := self._pattern.search(self._text, at):
            self._put(self._text[at : match.start()])
            at = self._take(match)
        self._put(self._text[at:])
        return "".join(self._out)

    def _put(self, text: str) -> None:
        if text:
            self._out.append(text)
            self._may_import = (self._may_import and not text.strip()) or text.endswith("\n\n")

    def _take(self, match: re.Match[str]) -> int:
        """Write what stands for a match; where to go on."""
        end = match.end()
        match match.lastgroup:
            case "fence" | "span" | "html":
                code = _RAW_TAG.sub("", match[0])
                self._put(_ESCAPED_SHORTCODE.sub(r"\1\2\3", code))
            case "esm":
                end = self._esm(match.start(), end)
            case "note":
                self._drop("comment")
            case "tag":
                end = self._tag(match.start(), end)
            case "expression":
                end = self._expression(match.start(), end)
            case "short":
                text, end = self._shortcodes.replaced(match, self._line())
                self._put(text)
            case "wall":
                text, end = self._containers.replaced(match)
                self._put(text)
            case "abbr":
                self._drop("abbreviation")
            case _:
                self._put(match[0])
        return end

    def _line(self) -> str:
        """What stands on the line so far."""
        line = ""
        for part in reversed(self._out):
            before, found, after = part.rpartition("\n")
            line = after + line
            if found or before:
                break
        return line

    def _esm(self, start: int, end: int) -> int:
        stop = esm_end(self._text, start) if self._may_import else 0
        if not stop:
            self._put(self._text[start:end])
            return end
        self._drop("import or export")
        self._may_import = True
        return stop

    def _expression(self, start: int, end: int) -> int:
        stop = expression_end(self._text, start)
        if not stop:
            self._put(self._text[start:end])
            return end
        self._put(words_of_expression(self._text[start:stop]))
        self._drop("expression")
        return stop

    def _tag(self, start: int, end: int) -> int:
        tag = tag_at(self._text, start)
        if tag is None:
            self._put(self._text[start:end])
            return end
        self._drop("component")
        if tag.closes:
            self._close(tag.name)
            return tag.end
        given = attributes(tag.given)
        mark = mark_of(tag.name.rpartition(".")[2], given, [])
        line = self._line()
        is_alone = bool(_LINE_START.match(line))
        if tag.is_whole:
            if is_alone and mark and (words := given.get("description") or given.get("caption")):
                self._put(f"\n\n{line}{': '.join(filter(None, (mark.title, words)))}\n\n{line}")
            return tag.end
        self._tags.append((tag.name, bool(mark and is_alone)))
        if mark and is_alone:
            self._put(written(mark, line))
        elif mark and mark.kind:
            self._put(f"{': '.join(filter(None, admonition_lead(mark.kind, mark.title)))}: ")
        return tag.end

    def _close(self, name: str) -> None:
        for at in range(len(self._tags) - 1, -1, -1):
            if self._tags[at][0] == name:
                for _, was_marked in reversed(self._tags[at:]):
                    if was_marked:
                        indent = re.match(r"[ \t]*", self._line())
                        self._put(written(Mark(Role.END), indent[0] if indent else ""))
                del self._tags[at:]
                return
