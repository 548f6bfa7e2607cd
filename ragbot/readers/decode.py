"""Turns a document's bytes into text, or says in plain words why that is not possible."""

from ragbot.errors import ReadError

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def text_of(content: bytes) -> str:
    """The text of UTF-8 bytes, without a byte order mark and with plain line feeds.

    Raises:
        ReadError: the bytes are empty, binary, or not UTF-8.
    """
    if not content.strip():
        raise ReadError("it is empty; remove it or give it a text")
    if content.startswith(_UTF16):
        raise ReadError("it is UTF-16; save it as UTF-8")
    if b"\x00" in content:
        raise ReadError("it is binary (it holds NUL bytes); give a text format instead")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(f"it is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    return plain_lines(text)


def plain_lines(text: str) -> str:
    """The text with a plain line feed at the end of each line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
