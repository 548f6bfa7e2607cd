"""Blocks that Python-Markdown marks by a first line and indentation: admonitions and tabs."""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

_FIRST = re.compile(r"(!!!|\?\?\?\+?|===[!+]?)[ \t]*(.*?)[ \t]*$")
_TITLED = re.compile(r'^([^"]*?)[ \t]*"(.*)"[^"]*$')
_TABBED = re.compile(r"""^(?:"(.*)"|'(.*)')""")
_INDENT = 4


def indented_plugin(md: MarkdownIt) -> None:
    """Read `!!! note "Title"`, `??? note` and `=== "Tab"` with the indented text below them.

    Unlike the plugin for admonitions that there is, blank lines do not end what is indented.
    """
    options: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "indented_block", _block, options)


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    match = _FIRST.match(line)
    is_tab = line.startswith("=")
    if match is None or not (_TABBED.match(match[2]) if is_tab else match[2]):
        return False
    if silent:
        return True
    kind, title = ("", _tab_title(match[2])) if is_tab else _kind_and_title(match[2])
    name = "tab" if is_tab else "admonition"
    outer = state.blkIndent, state.lineMax, state.parentType
    inner = state.sCount[start] + _INDENT
    stop = _stop(state, start + 1, end, inner)
    token = state.push(f"{name}_open", "div", 1)
    token.meta = {"tag": kind, "title": title}
    token.map = [start, stop]
    state.blkIndent, state.lineMax, state.parentType = inner, stop, "admonition"
    state.md.block.tokenize(state, start + 1, stop)
    state.blkIndent, state.lineMax, state.parentType = outer
    state.push(f"{name}_close", "div", -1)
    state.line = stop
    return True


def _stop(state: StateBlock, first: int, end: int, indent: int) -> int:
    """The line after the last one that is indented; blank lines at the end are not taken."""
    stop = first
    for line in range(first, end):
        is_blank = state.bMarks[line] + state.tShift[line] >= state.eMarks[line]
        if is_blank:
            continue
        if state.sCount[line] < indent:
            break
        stop = line + 1
    return stop


def _tab_title(text: str) -> str:
    match = _TABBED.match(text)
    return (match[1] or match[2] or "") if match else ""


def _kind_and_title(text: str) -> tuple[str, str]:
    """`warning inline end "Title"` as ("warning", "Title"); without quotes the kind alone leads."""
    titled = _TITLED.match(text)
    kinds = (titled[1] if titled else text).split()
    kind = kinds[0].lower() if kinds else ""
    if titled:
        return kind, titled[2]
    return kind, " ".join(kinds[1:]) or kind.capitalize()
