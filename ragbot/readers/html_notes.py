"""Puts the footnotes of a page behind the paragraphs that refer to them."""

from typing import Any

_MARKS = (
    "//a[starts-with(@href, '#')][parent::sup or ancestor::sup or @role='doc-noteref'"
    " or contains(@class, 'footnote-ref') or contains(@class, 'footnote-reference')]"
)
_BACK = (
    ".//a[starts-with(@href, '#')][@role='doc-backlink' or contains(@class, 'footnote-back')"
    " or contains(@class, 'fn-backref') or normalize-space()='\u21a9' or normalize-space()='^'"
    " or normalize-space()='\u2191' or normalize-space()='\u21a9\ufe0e']"
)
_BLOCKS = {"p", "li", "td", "th", "dd", "dt", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_CELLS = {"td", "th"}
_LONGEST = 2_000  # characters; a target that is longer is a section, not a note


def put_notes_in_place(page: Any) -> None:
    """Move each note behind the block that refers to it first, and leave out its mark."""
    named = {element.get("id"): element for element in page.iter() if element.get("id")}
    for mark in page.xpath(_MARKS):
        note = named.pop(mark.get("href")[1:], None)
        block = _block_of(mark)
        if note is None or block is None or note in block.iterancestors() or note is block:
            continue
        for back in note.xpath(_BACK):
            back.drop_tree()
        words = " ".join(note.text_content().split()).lstrip("\u21a9^ ")
        if not words or len(words) > _LONGEST or note.tag in {"h1", "h2", "h3", "section"}:
            continue
        behind = page.makeelement("p")
        behind.text = words
        behind.tail, block.tail = block.tail, None
        block.addnext(behind)
        note.drop_tree()
        holder = mark.getparent() if mark.getparent().tag == "sup" else mark
        holder.drop_tree()


def _block_of(mark: Any) -> Any:
    """The paragraph, item or whole table in which a mark stands."""
    for element in mark.iterancestors():
        if element.tag in _CELLS:
            return next(element.iterancestors("table"), None)
        if element.tag in _BLOCKS:
            return element
    return None
