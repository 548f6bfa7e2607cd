"""Names what a doctree holds that no reader of the text would miss."""

from collections.abc import Iterator

from docutils import nodes

DROPPED = "dropped"
"""The attribute in which a node says what construct it stands for."""


def dropped_in(tree: nodes.document) -> Iterator[str]:
    """The name of each construct that is left out of the text, in the order of the tree."""
    for node in tree.findall(nodes.Element):
        if name := str(node.get(DROPPED, "")) or _name(node):
            yield name


def left_out(name: str) -> nodes.comment:
    """A node that leaves nothing in the text and is counted by that name."""
    return nodes.comment(**{DROPPED: name})


def _name(node: nodes.Element) -> str:
    match node:
        case nodes.comment():
            return "comment"
        case nodes.image():
            return "image"
        case nodes.raw():
            return "raw HTML"
        case nodes.footnote_reference() | nodes.citation_reference():
            return "footnote mark"
        case nodes.problematic() if node.astext().startswith("|"):
            return "substitution"
    return ""
