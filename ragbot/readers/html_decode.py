"""Turns the bytes of an HTML page into text, by what it declares or what it is."""

import codecs
import re

from ragbot.errors import ReadError
from ragbot.readers.decode import plain_lines

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT = 4096  # bytes in which a page declares its encoding
_SUPERSETS = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}


def html_text(content: bytes, charset: str = "") -> str:
    """The text of a page; `charset` is what the server said, "" where it said nothing.

    A byte order mark counts most, then `charset`, then UTF-8 where the bytes are valid UTF-8, then
    what the page declares, then Windows-1252. Undecodable bytes become U+FFFD.

    Raises:
        ReadError: the bytes are empty or binary.
    """
    if not content.strip():
        raise ReadError("it is empty; remove it or give it a text")
    for mark, name in _MARKS:
        if content.startswith(mark):
            return plain_lines(content[len(mark) :].decode(name, "replace"))
    if b"\x00" in content:
        raise ReadError("it is binary (it holds NUL bytes); give a text format instead")
    head = content[:_LOOKED_AT]
    declared = _DECLARED.search(head) or _XML.search(head)
    if name := _known(charset):
        return plain_lines(content.decode(name, "replace"))
    try:
        return plain_lines(content.decode("utf-8"))
    except UnicodeDecodeError:
        name = _known(declared[1].decode("ascii") if declared else "")
        return plain_lines(content.decode(name or "cp1252", "replace"))


def _known(charset: str) -> str:
    """Python's name of a charset, "" where it knows none; as browsers do, supersets are taken."""
    try:
        name = codecs.lookup(charset.strip("\"' ")).name
        b"x".decode(name, "replace")  # refuses codecs that make no text, such as base64
    except (LookupError, ValueError):
        return ""
    return _SUPERSETS.get(name, name)
