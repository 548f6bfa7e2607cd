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
    """Move each note behind the block that refers to it first, and leave out its mark.

    A note that another one refers to stands behind that one.
    """
    ids = {element.get("id"): element for element in page.iter() if element.get("id")}
    named = dict(ids)
    moved: dict[Any, Any] = {}  # by a mark that stood in a note: the paragraph that this became
    referring: set[Any] = set()  # the blocks that have a note behind them, and what holds them
    for mark in page.xpath(_MARKS):
        note = named.pop(mark.get("href")[1:], None)
        block = moved[mark] if mark in moved else _block_of(mark)
        if note is None or block is None or note in block.iterancestors() or note is block:
            continue
        if not _lies_in(page, block) or not _lies_in(page, note):
            continue  # its words went with a note that it lay in
        if mark in moved and note in referring:
            continue  # it leads back to where the note is referred to
        for back in note.xpath(_BACK):
            back.drop_tree()
        words = _words(note)
        if not words or len(words) > _LONGEST or note.tag in {"h1", "h2", "h3", "section"}:
            continue
        behind = page.makeelement("p")
        for further in note.xpath(f".{_MARKS}"):
            if further.get("href")[1:] in ids:
                moved[further] = behind
                _leave_out(further)
        behind.text = _words(note) or words
        behind.tail, block.tail = block.tail, None
        block.addnext(behind)
        referring.update((block, *block.iterancestors()))
        note.drop_tree()
        _leave_out(mark)


def _words(note: Any) -> str:
    return " ".join(note.text_content().split()).lstrip("\u21a9^ ")


def _lies_in(page: Any, element: Any) -> bool:
    return any(outer is page for outer in element.iterancestors())


def _leave_out(mark: Any) -> None:
    """Take a mark out of the page, with the <sup> that it lies in, if it still stands there."""
    parent = mark.getparent()
    holder = mark if parent is None or parent.tag != "sup" else parent
    if holder.getparent() is not None:
        holder.drop_tree()


def _block_of(mark: Any) -> Any:
    """The paragraph, item or whole table in which a mark stands."""
    for element in mark.iterancestors():
        if element.tag in _CELLS:
            return next(element.iterancestors("table"), None)
        if element.tag in _BLOCKS:
            return element
    return None
