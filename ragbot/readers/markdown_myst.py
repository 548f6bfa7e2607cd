"""Reads MyST directives: the fences of ``` or ::: whose name stands in braces."""

import re
from collections.abc import Callable
from functools import partial

from markdown_it.tree import SyntaxTreeNode

from ragbot.readers import sphinx
from ragbot.readers.file_parts import part_of
from ragbot.readers.flow import Flow
from ragbot.readers.include_files import Files
from ragbot.readers.markdown_syntax import inline_text, parser

_INFO = re.compile(r"^\s*\{?([\w:.+-]+)\}?\s*(.*?)\s*$", re.DOTALL)
_OPTION = re.compile(r"^:([\w-]+):[ \t]*(.*)$")
_YAML_OPTIONS = re.compile(r"\A---\s*\n.*?\n---\s*(?:\n|\Z)", re.DOTALL)

Write = Callable[[Flow, str], None]


def directive(flow: Flow, info: str, content: str, write: Write, files: Files) -> None:
    """Write what a directive shows; `write` writes Markdown text into the flow.

    `info` is the fence's first line (`{note} Title`), `content` the lines inside, options first;
    `files` are those that may be taken in.
    """
    match = _INFO.match(info)
    name, argument = (match[1].lower(), match[2]) if match else ("", "")
    options, body = split_options(content)
    if name == "eval-rst":
        from ragbot.readers.rst import write_rst  # noqa: PLC0415 - loads docutils, rarely needed

        write_rst(flow, content, files)
    elif name in {"include", "literalinclude"}:
        _include(flow, argument, {**options, "is": name}, files, write)
    elif sphinx.is_silent(name) or (sphinx.is_generated(name) and not body.strip()):
        flow.drop(sphinx.dropped_name(name))
    elif name in sphinx.CODE:
        flow.code(body)
    elif name == "list-table":
        flow.paragraph(_inline(argument))
        has_header = options.get("header-rows", "").strip().lstrip("0").isdecimal()
        _list_table(flow, body, has_header=has_header)
    elif name in sphinx.VERSIONS:
        version, _, explanation = argument.partition(" ")
        with flow.lead(f"{sphinx.VERSIONS[name]} {version}"):
            write(flow, f"{explanation}\n\n{body}")
    else:
        is_title = name not in sphinx.UNTITLED and name != "figure"
        title = _inline(argument) if is_title else ""
        shown = [_inline(options[key]) for key in sphinx.PROSE_OPTIONS if key in options]
        with flow.lead(*sphinx.admonition_lead(name, title), *shown):
            write(flow, "\n".join(_without_rules(body)) if "card" in name else body)


def _include(flow: Flow, name: str, options: dict[str, str], files: Files, write: Write) -> None:
    text = files.words_of(name, flow.drop, partial(part_of, options=options))
    if text is None:
        return
    if options["is"] == "literalinclude" or {"literal", "code"} & options.keys():
        flow.code(text)
    else:
        with files.within(name):
            write(flow, text)


def split_options(content: str) -> tuple[dict[str, str], str]:
    """The `:name: value` lines at the start of a directive's content, and the rest."""
    if match := _YAML_OPTIONS.match(content):
        return {}, content[match.end() :]
    options: dict[str, str] = {}
    lines = content.split("\n")
    while lines and (match := _OPTION.match(lines[0])):
        options[match[1]] = match[2]
        lines.pop(0)
    return options, "\n".join(lines)


def _without_rules(body: str) -> list[str]:
    return ["" if sphinx.CARD_RULE.fullmatch(line) else line for line in body.split("\n")]


def _inline(text: str) -> str:
    tokens = parser().parseInline(text)
    return " ".join(inline_text(token.children or []) for token in tokens)


def _list_table(flow: Flow, body: str, *, has_header: bool) -> None:
    root = SyntaxTreeNode(parser().parse(body))
    lists = [node for node in root.children if node.type == "bullet_list"]
    rows = [
        [
            _all_text(cell)
            for part in item.children
            if part.type == "bullet_list"
            for cell in part.children
        ]
        for node in lists
        for item in node.children
    ]
    if has_header and rows:
        flow.table(rows[0], rows[1:])
    else:
        flow.table(None, rows)


def _all_text(node: SyntaxTreeNode) -> str:
    parts = []
    for part in node.walk():
        if part.type == "inline" and part.token is not None:
            parts.append(inline_text(part.token.children or []))
        elif part.type in {"fence", "code_block"}:
            parts.append(part.content)
    return " ".join(parts)
