"""The words of a doctree's nodes, without the markup that docutils left in them."""

import re
from typing import cast

from docutils import nodes

from ragbot.readers.sphinx import role_text

_LEFT_ROLE = re.compile(r":([a-zA-Z][\w:+-]*): ?`([^`]+)`_{0,2}")
_LEFT_LINK = re.compile(r"`([^`<]+?)\s*<[^`<>]*>`_{0,2}")
_LEFT_TARGET = re.compile(r"\s*<https?://[^<>\s]+>`_{1,2}")
_LEFT_TICKS = re.compile(r"``|(?<!\w)`|`(?!\w)")
_LEFT_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]+)\]\((?:https?:|[/#.])[^()\s]*\)")
_SUBSTITUTION = re.compile(r"\|[^|\s][^|]*\|_{0,2}")
_BEFORE_MARK = re.compile(r"\s+(?=[,.;:!?)])")
_REFERENCES = (nodes.footnote_reference, nodes.citation_reference)
UNSHOWN = (
    nodes.footnote_reference,
    nodes.citation_reference,
    nodes.image,
    nodes.system_message,
    nodes.comment,
    nodes.raw,
)
"""Nodes that are no words."""


def text_of_node(node: nodes.Element) -> str:
    """The words of a node on one line, without what is not shown and without left markup."""
    text = cleared(_raw_text(node))
    has_marks = any(isinstance(part, _REFERENCES) for part in node.findall())
    return _BEFORE_MARK.sub("", text) if has_marks else text


def _raw_text(node: nodes.Node) -> str:
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, UNSHOWN):
        return ""
    if isinstance(node, nodes.problematic) and _SUBSTITUTION.fullmatch(node.astext()):
        return ""  # defined in the project's settings, usually an icon
    return "".join(_raw_text(child) for child in node.children)


def lines_of_block(block: nodes.Element) -> str:
    """The words of a line block."""
    return " ".join(
        lines_of_block(line)
        if isinstance(line, nodes.line_block)
        else text_of_node(cast("nodes.Element", line))
        for line in block.children
    )


def cleared(text: str) -> str:
    """The text without the markup that docutils left in place because it is malformed."""
    text = _LEFT_MARKDOWN_LINK.sub(r"\1", text)
    if "`" not in text:
        return text
    text = _LEFT_ROLE.sub(lambda match: role_text(match[1], match[2]), text)
    text = _LEFT_TARGET.sub("", _LEFT_LINK.sub(r"\1", text))
    return _LEFT_TICKS.sub("", text)


def title_line(source: str) -> str:
    """The line that is words, of a title with the lines drawn above and below it."""
    lines = [line.strip() for line in source.splitlines()]
    return next((line for line in lines if any(char.isalnum() for char in line)), "").strip("# ")
