"""The Markdown dialect: CommonMark, tables, MyST, template tags, HTML elements kept whole."""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from ragbot.readers.boilerplate import alt_words
from ragbot.readers.html_tables import ITEM_SEPARATOR
from ragbot.readers.markdown_indented import indented_plugin
from ragbot.readers.markdown_leftovers import ATTRIBUTES, cleared, kept_code
from ragbot.readers.sphinx import role_text

_PAIR = r"[\w:-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"']+)"
_MARK = rf"(?:[#.][\w:.-]+|{_PAIR})"
_MORE = rf"(?:[ \t]+{_MARK})*[ \t]*\}}"
_TEMPLATE = re.compile(
    r"\{%.*?%\}|\{\{[^{}]*\}\}|\{:[^{}\n]*\}"
    rf"|\{{[ \t]*[#.][\w:.-]+{_MORE}|(?<=[)\]`*_:])\{{[ \t]*{_MARK}{_MORE}"
    rf"|\{{[ \t]*{_PAIR}{_MORE}(?=[ \t]*(?:\n|\Z))",
    re.DOTALL,
)
_LANGUAGE = re.compile(r"^(?:#!|:::)\w+ (?=\S)")  # in which code within a line is coloured
_ANCHOR = re.compile(r"\{:?([^{}]*)\}\s*$")
_OPENING = re.compile(
    r"<(table|section|devsite-selector|ul|ol|dl|figure|svg|video|iframe|button|pre|div|p)\b[^>]*>",
    re.IGNORECASE,
)
_MARKDOWN_INSIDE = re.compile(r"^\s*(?:```|~~~|#{1,6}\s|[-*]\s)", re.MULTILINE)
_MAY_HOLD_MARKDOWN = {"section", "ul", "ol", "dl", "figure", "devsite-selector", "div", "p"}
_LISTING = re.compile(r"<pre\b.*?</pre>", re.DOTALL | re.IGNORECASE)
_BLOCKS_INSIDE = re.compile(r"<(?:table|pre|section|devsite-selector|ul|ol)\b", re.IGNORECASE)
_LONGEST_ELEMENT = 1500  # lines; more is an element that nobody closed
_PROGRAM_OUTPUT = "k-default-codeblock"
_CODED_LINK = re.compile(r"\[([^\]]+)\]\([^()\s]+\)")
_TAG = re.compile(r"</?([A-Za-z][\w-]*)")
_BARE_PLACEHOLDER = re.compile(r"<[A-Za-z][\w-]*>")
_INLINE_TAGS = {
    "a", "abbr", "audio", "b", "big", "br", "button", "cite", "code", "data", "del", "dfn", "em",
    "embed", "font", "i", "img", "input", "ins", "kbd", "label", "map", "mark", "object", "picture",
    "q", "s", "samp", "select", "small", "span", "strike", "strong", "sub", "sup", "svg", "time",
    "tt", "u", "var", "video", "wbr", "pre", "script", "style", "textarea",
}  # fmt: skip
_BREAKING = {"br", "ul", "ol", "p", "div", "tr", "td", "th", "dt", "dd", "hr"}
_HTML_TAGS = frozenset(block_names) | _INLINE_TAGS
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HTML_START = re.compile(r"</?[A-Za-z][\w-]*(?:\s[^>]*)?>")


@cache
def parser(*, mdx: bool = False) -> MarkdownIt:
    """The parser; it keeps no state between calls."""
    md = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    if mdx:  # where components are indented, and indentation means nothing
        md.disable("code")
    md.use(indented_plugin).use(colon_fence_plugin).use(deflist_plugin).use(footnote_plugin)
    md.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)
    md.use(myst_role_plugin)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("html_block", "html_element", _html_element, interrupts)
    md.inline.ruler.before("backticks", "template", _template)
    return md


def inline_text(tokens: list[Token]) -> str:
    """The words of inline tokens: no markup, link texts, what images show, roles resolved."""
    code: list[str] = []
    text = "".join(_inline_piece(token, code) for token in tokens)
    return cleared(text, code)


def anchor_in(tokens: list[Token], content: str) -> str:
    """The anchor that a heading declares: `{#anchor}`, `{: #anchor}` or `<a name="anchor">`."""
    if match := _ANCHOR.search(content):
        named = re.search(r"#([\w.:-]+)", match[1])
        if named:
            return named[1]
    for token in tokens:
        if token.type == "html_inline":
            match = re.match(r"<a\s[^>]*(?:name|id)=[\"']?([\w.:-]+)", token.content)
            if match:
                return match[1]
    return ""


def _inline_piece(token: Token, code: list[str]) -> str:
    text = token.content
    match token.type:
        case "code_inline":
            text = _CODED_LINK.sub(r"\1", text) if _CODED_LINK.fullmatch(text) else text
            text = kept_code(code, _LANGUAGE.sub("", text))
        case "math_inline" | "math_single":
            text = kept_code(code, text)
        case "softbreak" | "hardbreak":
            text = "\n"
        case "image":
            text = alt_words(inline_text(token.children or []))
        case "myst_role":
            text = role_text(str(token.meta["name"]), text)
        case "html_inline":
            text = _html_piece(text)
        case "template" if not token.markup.startswith(("{%", "{{")):
            text = ATTRIBUTES
        case "footnote_ref" | "template":
            text = ""
    return text


def _html_piece(html: str) -> str:
    match = _TAG.match(html)
    name = match[1].lower() if match else ""
    if name == "li" and not html.startswith("</"):
        return ITEM_SEPARATOR
    if name in _BREAKING:
        return " "
    if name == "sup":
        return "^" if not html.startswith("</") else ""
    # `<model-name>` in running text is what the reader has to fill in, not a tag.
    is_placeholder = bool(_BARE_PLACEHOLDER.fullmatch(html))
    return html if is_placeholder and name not in _HTML_TAGS and "devsite" not in name else ""


def _template(state: StateInline, silent: bool) -> bool:
    """Drop `{% tag %}`, `{{ variable }}` and attribute lists such as `{: .class}`."""
    match = _TEMPLATE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("template", "", 0).markup = match[0]
    state.pos = match.end()
    return True


def _html_element(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take an HTML element whole, blank lines inside included, up to its own closing tag."""
    if state.sCount[start] - state.blkIndent >= 4:
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    stop = _element_end(state, line, start, end) or _fence_inside(state, line, start, end)
    if stop is None:
        return False
    if not silent:
        token = state.push("html_block", "", 0)
        token.map = [start, stop]
        token.content = state.getLines(start, stop, state.blkIndent, True)
    state.line = stop
    return True


def _element_end(state: StateBlock, line: str, start: int, end: int) -> int | None:
    """The line after the element that `line` opens, None where it is not to be taken whole."""
    opening = _OPENING.match(line)
    if opening is None:
        return None
    name = opening[1].lower()
    last = _closing_line(state, name, start, end)
    if last is None:
        return None
    html = state.getLines(start, last + 1, state.blkIndent, True)
    is_whole = _PROGRAM_OUTPUT in opening[0] or _is_pure_html(name, html)
    return last + 1 if is_whole else None


def _fence_inside(state: StateBlock, line: str, start: int, end: int) -> int | None:
    """The line of a code fence right below HTML tags, which CommonMark would take for HTML."""
    if not _HTML_START.match(line):
        return None
    for number in range(start, end):
        below = state.src[state.bMarks[number] : state.eMarks[number]]
        if not below.strip():
            return None
        if number > start and _FENCE.match(below):
            return number
    return None


def _is_pure_html(name: str, html: str) -> bool:
    if name in {"div", "p"} and not _BLOCKS_INSIDE.search(html):
        return False
    return name not in _MAY_HOLD_MARKDOWN or not _MARKDOWN_INSIDE.search(_LISTING.sub("", html))


def _closing_line(state: StateBlock, name: str, start: int, end: int) -> int | None:
    tag = re.compile(rf"<(/?){name}\b", re.IGNORECASE)
    depth = 0
    for number in range(start, min(end, start + _LONGEST_ELEMENT)):
        is_blank = state.bMarks[number] + state.tShift[number] >= state.eMarks[number]
        if not is_blank and state.sCount[number] < state.blkIndent:
            return None
        line = state.src[state.bMarks[number] : state.eMarks[number]]
        for match in tag.finditer(line):
            depth += -1 if match[1] else 1
            if depth <= 0:
                return number
    return None
