import subprocess
import sys

import pytest

from ragbot.errors import ReadError
from ragbot.readers import READERS, read


@pytest.mark.parametrize("media_type", sorted(set(READERS) - {"text/html", "application/pdf"}))
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"PK\x03\x04\x00\x00", "binary"),
        ("Grüße".encode("latin-1"), "not UTF-8"),
        ("text".encode("utf-16"), "UTF-16"),
    ],
)
def test_bytes_that_are_no_text_are_refused(raw, media_type, content, reason) -> None:
    with pytest.raises(ReadError, match=reason):
        read(raw(content, media_type))


def test_an_unknown_media_type_names_the_known_ones(raw) -> None:
    with pytest.raises(ReadError, match="text/markdown"):
        read(raw("x", "image/png"))


def test_what_a_parser_throws_becomes_a_read_error(raw, monkeypatch) -> None:
    def broken(_raw):
        raise IndexError("list index out of range")

    monkeypatch.setattr("ragbot.readers.markdown.read_markdown", broken)
    with pytest.raises(ReadError, match="IndexError") as caught:
        read(raw("x", "text/markdown"))
    assert isinstance(caught.value.__cause__, IndexError)


def test_a_document_that_leaves_nothing_is_refused(raw) -> None:
    with pytest.raises(ReadError, match="no text"):
        read(raw("<!-- nothing to see -->", "text/markdown"))


def test_importing_the_readers_loads_no_parser() -> None:
    code = (
        "import sys, ragbot.readers; "
        "assert not {'docutils', 'nbformat', 'markdown_it', 'yaml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
