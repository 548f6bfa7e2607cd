"""Reads raw documents of any known media type into Documents."""

from importlib import import_module
from typing import Protocol

from ragbot.errors import ReadError
from ragbot.types import Document, RawDocument

MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdx": "text/mdx",
    ".txt": "text/plain",
    ".rst": "text/x-rst",
    ".ipynb": "application/x-ipynb+json",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
}
"""The media type that a file's suffix (lower case, with the dot) stands for."""

READERS = {
    "text/markdown": "ragbot.readers.markdown:read_markdown",
    "text/mdx": "ragbot.readers.markdown:read_mdx",
    "text/plain": "ragbot.readers.text:read_text",
    "text/x-rst": "ragbot.readers.rst:read_rst",
    "application/x-ipynb+json": "ragbot.readers.notebook:read_notebook",
    "text/html": "ragbot.readers.html:read_html",
    "application/pdf": "ragbot.readers.pdf:read_pdf",
    "application/x-symbol+json": "ragbot.readers.docstring:read_symbol",
}
"""Where the reader of a media type is, as `module:function`; loaded when it is first needed."""


class Reader(Protocol):
    """Makes a Document of a raw document of one media type."""

    def __call__(self, raw: RawDocument, /) -> Document:
        """Read it; ReadError says why that is not possible."""
        ...


def read(raw: RawDocument) -> Document:
    """Read a document with the reader of its media type.

    Raises:
        ReadError: no reader knows the media type, the bytes are empty, binary or not UTF-8, the
            parser failed, or nothing is left of the document. But for a MemoryError nothing else
            is raised.
    """
    reader = _reader(raw.media_type)
    if not raw.content.strip():
        raise ReadError("it is empty; remove it or give it a text")
    try:
        return reader(raw)
    except (ReadError, MemoryError):
        raise
    except RecursionError as error:
        raise ReadError("it is nested too deeply; nothing that is written to be read is") from error
    except Exception as error:  # whatever a parser throws at a file nobody has seen before
        kind = type(error).__name__
        raise ReadError(f"its {raw.media_type} cannot be parsed ({kind}: {error})") from error


def _reader(media_type: str) -> Reader:
    place = READERS.get(media_type)
    if place is None:
        known = ", ".join(sorted(READERS))
        raise ReadError(f"no reader knows the media type {media_type!r}; known are {known}")
    module, _, function = place.partition(":")
    reader: Reader = getattr(import_module(module), function)
    return reader
