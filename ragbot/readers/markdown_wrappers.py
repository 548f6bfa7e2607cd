"""What a named wrapper (a component, a shortcode, a block) makes of the text inside it."""

import re
from collections.abc import Mapping

from ragbot.readers.markdown_marks import Mark, Role
from ragbot.readers.sphinx import KINDS, STANDINGS

_TABS = {"tab", "tabitem", "tab-item", "tabpanel", "codetab", "tab-panel"}
_NOTES = {
    "admonition", "alert", "aside", "callout", "hint", "notice", "card", "accordion", "details",
    "accordionitem", "expandable", "expand", "collapse", "step", "panel", "block",
}  # fmt: skip
_KIND_GIVEN_BY = ("type", "kind", "variant", "style", "color", "intent", "level", "status")
_TITLE_GIVEN_BY = ("title", "label", "summary", "header", "heading", "name", "tabname")
_FIELD_GIVEN_BY = ("path", "query", "body")
_SAME = {"information": "info", "warn": "warning", "primary": "", "secondary": "", "success": ""}
_ATTRIBUTE = re.compile(
    r"""([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{\s*["'`]([^"'`]*)["'`]\s*\}|([^\s"'{}<>]+))"""
)
_QUOTED = re.compile(r"""(?<![=\w])(?:"([^"]*)"|'([^']*)'|`([^`]*)`)""")
_BARE_WORD = re.compile(r"(?<![=\w\"'-])([A-Za-z][\w-]*)(?![\w-]*\s*=)")


def attributes(text: str) -> dict[str, str]:
    """The attributes of a tag or a shortcode, by name in lower case."""
    return {
        match[1].lower(): next(filter(None, match.groups()[1:]), "")
        for match in _ATTRIBUTE.finditer(text)
    }


def positional(text: str) -> list[str]:
    """The quoted arguments that no name stands before, or else the bare words."""
    rest = _ATTRIBUTE.sub(" ", text)
    quoted = [next(filter(None, m.groups()), "") for m in _QUOTED.finditer(rest)]
    return quoted or _BARE_WORD.findall(rest)


def mark_of(name: str, given: Mapping[str, str], arguments: list[str]) -> Mark | None:
    """The mark with which a wrapper begins; None where it only wraps."""
    name = name.lower()
    title = next((given[key] for key in _TITLE_GIVEN_BY if given.get(key)), "")
    if name in _TABS:
        return Mark(Role.TAB, "", title or " ".join(arguments[:1]) or given.get("value", ""))
    if name.endswith("field"):  # of an interface: its name is all that tells what is spoken of
        title = title or next((given[key] for key in _FIELD_GIVEN_BY if given.get(key)), "")
        return Mark(Role.NOTE, "", title)
    kind = name if _is_kind(name) else _kind_given(given, arguments)
    if kind or name in _NOTES:
        if not title:
            title = next((word for word in arguments if word.lower() != kind), "")
        return Mark(Role.NOTE, kind, title)
    return Mark(Role.NOTE, "", title) if title and "name" not in given else None


def _kind_given(given: Mapping[str, str], arguments: list[str]) -> str:
    named = [given[key] for key in _KIND_GIVEN_BY if key in given] + arguments
    for word in named:
        kind = _SAME.get(word.lower(), word.lower())
        if _is_kind(kind):
            return kind
    return ""


def _is_kind(word: str) -> bool:
    return word in KINDS or word in STANDINGS
