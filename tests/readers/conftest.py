"""What the readers' tests share: making raw documents and reading them, and the contract."""

import unicodedata
from collections.abc import Callable

import pytest

from ragbot.readers import read
from ragbot.types import Authority, BlockKind, Document, RawDocument, Source, SourceKind

SOURCE = Source(
    id="sample",
    title="Sample",
    author="",
    publisher="Example",
    url="unknown",
    published="undated",
    updated="undated",
    version="",
    authority=Authority.OFFICIAL,
    subjects=(),
    licence="",
    kind=SourceKind.DOCUMENTATION,
)


def make_raw(content: str | bytes, media_type: str, path: str = "guide/sample") -> RawDocument:
    return RawDocument(
        source=SOURCE,
        path=path,
        content=content.encode() if isinstance(content, str) else content,
        media_type=media_type,
        title="",
        url="unknown",
        published="undated",
        updated="undated",
        version="",
        subjects=(),
        licence="",
        obtained="",
    )


def assert_contract(document: Document) -> None:
    """What every reader promises of every document."""
    text, blocks, sections = document.text, document.blocks, document.sections
    assert text.strip()
    assert document.title
    assert not [c for c in text if unicodedata.category(c) == "Cc" and c != "\n"]
    ends = [section.end for section in sections]
    assert [section.start for section in sections] == [0, *ends[:-1]]
    assert ends[-1] == len(text)
    starts = {block.start for block in blocks if block.kind is BlockKind.HEADING}
    anchors = [section.anchor for section in sections if section.start in starts]
    assert len(anchors) == len(set(anchors))
    at = 0
    for block in blocks:
        assert at <= block.start < block.end <= len(text)
        assert _is_gap(text[at : block.start]), text[at : block.start]
        assert any(s.start <= block.start and block.end <= s.end for s in sections)
        assert_cells(document, block)
        at = block.end
    assert not text[at:].strip()
    assert starts <= {section.start for section in sections if section.heading_path}
    known = set()
    for section in sections:
        if section.start in starts:
            heading = next(block for block in blocks if block.start == section.start)
            assert text[heading.start : heading.end] == section.heading_path[-1]
            known.add((section.heading_path, section.anchor))
        elif section.heading_path:  # one goes on after a part that had a heading of its own
            assert (section.heading_path, section.anchor) in known


def assert_cells(document: Document, block) -> None:
    text = document.text
    is_row = block.kind in {BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER}
    assert bool(block.cells) == is_row
    at = block.start
    for start, end in block.cells:
        assert at <= start <= end <= block.end
        assert "\n" not in text[start:end]
        assert text[start:end] == text[start:end].strip()
        at = end
    if is_row:
        assert (
            " | ".join(text[start:end] for start, end in block.cells)
            == text[block.start : block.end]
        )
    if block.header is not None:
        assert document.blocks[block.header].kind is BlockKind.TABLE_HEADER
    if block.kind is not BlockKind.CODE:
        assert "\n" not in text[block.start : block.end]


def _is_gap(between: str) -> bool:
    return all(not part or part == "-" or part[:-1].isalnum() for part in between.split())


@pytest.fixture
def contract() -> Callable[[Document], None]:
    return assert_contract


@pytest.fixture
def raw() -> Callable[..., RawDocument]:
    return make_raw


@pytest.fixture
def blocks() -> Callable[[str, str], list[tuple[str, str]]]:
    """Read a text; its blocks as (kind, text), list items with their depth, rows as their text."""

    def of(content: str, media_type: str) -> list[tuple[str, str]]:
        document = read(make_raw(content, media_type))
        assert_contract(document)
        return [
            (block.kind.value, document.text[block.start : block.end]) for block in document.blocks
        ]

    return of
