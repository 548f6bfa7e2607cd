"""Reads PDF files page by page, so that a citation can name the page."""

import threading
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ragbot.errors import ReadError
from ragbot.readers.pdf_columns import in_columns
from ragbot.readers.pdf_lines import Line, paragraphs, vocabulary, without_running_heads
from ragbot.readers.writer import DocumentWriter
from ragbot.types import Document, RawDocument

_MOST_PAGES = 5000
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_LINE_FEED, _SPACE = 10, 32
_HYPHENS = {0x02, 0xFFFE}
_ENDS = {_LINE_FEED, 13, *_HYPHENS}
_WIDE_SPACE = 0.9  # times the height of a line
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not made for threads

Box = tuple[float, float, float, float]


def read_pdf(raw: RawDocument) -> Document:
    """Read a PDF; each page with text is a section "Page 3" with the anchor `page=3`.

    Paragraphs are joined over the ends of lines; what stands on most pages at the same end (running
    heads, page numbers) is dropped.

    Raises:
        ReadError: it is encrypted, broken, too long, or holds images of pages only.
    """
    with _ONE_AT_A_TIME:
        title, pages = _lines_of(raw.content)
    if not any(pages):
        raise ReadError("it holds no text, only images of pages; run text recognition (OCR) on it")
    known = vocabulary(pages)
    writer = DocumentWriter(raw)
    kept = without_running_heads(pages)
    if lost := sum(map(len, pages)) - sum(map(len, kept)):
        writer.drop("running head or page number", lost)
    for number, lines in enumerate(kept, 1):
        texts = paragraphs(lines, known)
        if texts:
            writer.heading(1, f"Page {number}", f"page={number}")
        for text in texts:
            writer.prose(text)
    return writer.finish(title or raw.path.rsplit("/", 1)[-1])


def _lines_of(content: bytes) -> tuple[str, list[list[Line]]]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise ReadError("it is encrypted; save it without a password") from error
        raise ReadError(f"it is no PDF, or a broken one ({error})") from error
    try:
        if len(document) > _MOST_PAGES:
            raise ReadError(f"it has {len(document)} pages, more than {_MOST_PAGES}; split it")
        title = str(document.get_metadata_dict(skip_empty=True).get("Title", ""))
        return title, [_page(document, number) for number in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"it is a broken PDF ({error})") from error
    finally:
        document.close()


def _page(document: Any, number: int) -> list[Line]:
    page = document[number]
    text = page.get_textpage()
    try:
        return in_columns(_lines(text))
    finally:
        text.close()
        page.close()


def _lines(text: Any) -> list[list[Line]]:
    """The lines of a page in the pieces that wide gaps make of them.

    Where a line ends in a hyphen PDFium gives that sign instead of an end.
    """
    codes = [pdfium.FPDFText_GetUnicode(text, at) for at in range(text.count_chars())]
    lines, begin = [], 0
    for at, code in enumerate([*codes, _LINE_FEED]):
        if code not in _ENDS:
            continue
        boxes = [
            (i, text.get_charbox(i, loose=True)) for i in range(begin, at) if codes[i] > _SPACE
        ]
        if boxes:
            hyphen = "-" if code in _HYPHENS else ""
            lines.append(list(_pieces(codes, boxes, hyphen)))
        begin = at + 1
    return lines


def _pieces(codes: list[int], boxes: list[tuple[int, Box]], hyphen: str) -> Iterator[Line]:
    """The pieces of a line; `boxes` are the left, bottom, right and top of its ink by place."""
    first = 0
    for at in range(1, len(boxes) + 1):
        if at < len(boxes) and not _is_gap(boxes[at - 1][1], boxes[at][1]):
            continue
        begin, (left, bottom, _, top) = boxes[first]
        end, (_, _, right, _) = boxes[at - 1]
        words = _decoded(codes[begin : end + 1]) + (hyphen if at == len(boxes) else "")
        yield Line(words, left, right, bottom, top)
        first = at


def _is_gap(before: Box, after: Box) -> bool:
    """Whether more than a wide space lies between two signs."""
    return after[0] - before[2] > _WIDE_SPACE * max(before[3] - before[1], 1.0)


def _decoded(codes: list[int]) -> str:
    """The text of code units; PDFium gives a letter outside of the first plane as two of them."""
    units = b"".join(code.to_bytes(2, "little") for code in codes if code < 0x10000)
    return units.decode("utf-16-le", "replace").replace("\xad", "")
