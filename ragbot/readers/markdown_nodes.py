"""The words of the nodes that Markdown is parsed into."""

from contextlib import ExitStack

from markdown_it.tree import SyntaxTreeNode

from ragbot.readers.markdown_syntax import inline_text


def source_of(node: SyntaxTreeNode) -> str:
    """What was written, of a paragraph."""
    inline = node.children[0].token if node.children else None
    return inline.content if inline else ""


def words_of_node(node: SyntaxTreeNode) -> str:
    """The words of a block that holds inline text; "" where it holds blocks."""
    return "\n".join(
        inline_text(child.token.children or [])
        for child in node.children
        if child.type == "inline" and child.token is not None
    ).strip()


def close_all(opened: list[ExitStack]) -> None:
    """Close what is still open, the innermost first."""
    while opened:
        opened.pop().close()
