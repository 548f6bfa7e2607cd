"""Names what a Markdown text holds that no reader of it would miss."""

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from ragbot.readers.boilerplate import alt_words


def dropped_in(tokens: Iterable[Token]) -> Iterator[str]:
    """The name of each construct that is left out of the text, by tokens in their order."""
    for token in tokens:
        if name := _name(token):
            yield name
        if token.type != "image":
            yield from dropped_in(token.children or [])


def _name(token: Token) -> str:
    match token.type:
        case "image":
            return "" if alt_words(token.content) else "image"
        case "template":
            return "template tag" if token.markup.startswith(("{%", "{{")) else "attribute list"
        case "html_inline" if token.content.startswith("<!--"):
            return "comment"
        case "html_inline" if token.content.startswith("<img"):
            return "image"
        case "footnote_ref":
            return "footnote mark"
    return ""
