"""What a document says of its own standing, how far that reaches, and what was dropped."""

import pytest

from ragbot.errors import ReadError
from ragbot.readers import notices, read
from ragbot.readers.byline import byline_of
from ragbot.readers.dropped import Dropped
from ragbot.types import Document, FactKind

MD = "text/markdown"


def told(document: Document) -> list[tuple[str, str, str]]:
    """Each fact as (kind, detail, the words it holds of)."""
    return [(f.kind.value, f.detail, document.text[f.start : f.end]) for f in document.facts]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The lag option is deprecated.", ("deprecated", "")),
        ("It has been deprecated since version 2.1 of Heron.", ("deprecated", "since 2.1")),
        ("Tapes are now deprecated as of Heron 1.2.", ("deprecated", "since Heron 1.2")),
        ("lag (optional): Deprecated: use delay.", ("deprecated", "")),
        ("lag: Deprecated since 2.0.", ("deprecated", "since 2.0")),
        ("Heron is in maintenance mode.", ("unmaintained", "")),
        ("The planner is no longer actively maintained.", ("unmaintained", "")),
        ("Tapes are not recommended for new code.", ("not_recommended", "for new code")),
        ("Tapes are not recommended.", None),
        ("It's still an experimental feature.", ("experimental", "")),
        ("Shards are currently in beta.", ("experimental", "beta")),
        ("Mirrors were introduced in Heron 2.5.", ("version_added", "Heron 2.5")),
        ("It is available since version 1.4.", ("version_added", "1.4")),
        ("If a call is deprecated, it warns.", None),
        ("Calls that are deprecated warn.", None),
        ("It is not yet deprecated.", None),
        ("Use this deprecated call.", None),
        ("Deprecated calls are listed below.", None),
        ("The call will be deprecated.", None),
        ("They were experimental in 1.0.", None),
        ("It is a beta-quality idea.", None),
        ("The experimental results are good.", None),
        ("Enter maintenance mode first.", None),
        ("Windows 7 is no longer supported.", None),
    ],
)
def test_sentences(sentence, expected) -> None:
    found = [(notice.kind.value, notice.detail) for notice in notices.of_sentence(sentence)]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("heading", "kinds"),
    [
        ("Streams (Beta)", ["experimental"]),
        ("[experimental] Streams", ["experimental"]),
        ("Experimental features", ["experimental"]),
        ("Tape (deprecated)", ["deprecated"]),
        ("Deprecated calls", ["deprecated"]),
        ("Tape (Legacy / Outdated)", ["unmaintained"]),
        ("Deprecation policy", []),
        ("Using heron.experimental.count", []),
        ("Non-experimental features", []),
        ("What is experimental?", []),
        ("A prototype of a queue", []),
    ],
)
def test_headings(heading, kinds) -> None:
    assert [notice.kind.value for notice in notices.of_heading(heading)] == kinds


def test_a_notice_that_heads_a_section_reaches_to_its_end(raw) -> None:
    text = "# Heron\n\nA.\n\n## Tape\n\nTape is deprecated.\n\n### Reels\n\nTwo.\n\n## Disk\n\nOne."
    document = read(raw(text, MD))
    start, end = document.text.index("Tape"), document.text.index("Disk")
    assert [(f.kind, f.start, f.end) for f in document.facts] == [(FactKind.DEPRECATED, start, end)]
    assert document.kinds_of(end, end + 4) == ()
    assert document.kinds_of(end - 9, end - 5) == (FactKind.DEPRECATED,)


def test_a_statement_about_something_else_stays_in_its_sentence(raw) -> None:
    document = read(raw("# Disk\n\nTape is deprecated. Use a disk.\n\nDisks are fast.", MD))
    assert told(document) == [("deprecated", "", "Tape is deprecated.")]


def test_a_page_that_speaks_of_itself_is_marked_as_a_whole(raw) -> None:
    document = read(raw("# Disk\n\nThis page is deprecated.\n\n# Tape\n\nTapes.", MD))
    assert [(f.start, f.end) for f in document.facts] == [(0, len(document.text))]


def test_so_is_one_that_warns_of_what_it_describes(raw) -> None:
    warned = "Warning: The tape module described in this tutorial is not recommended for new code."
    document = read(raw(f"# Tape\n\n> {warned}\n\nA reel.\n\n## More\n\nWords.", MD))
    assert told(document) == [("not_recommended", "for new code", document.text)]


def test_the_title_marks_the_whole(raw) -> None:
    document = read(raw("---\ntitle: Tape (beta)\n---\nText.\n\n## More\n\nWords.", MD))
    assert told(document) == [("experimental", "beta", document.text)]


def test_what_a_wider_fact_says_is_not_said_twice(raw) -> None:
    document = read(raw("# Tape (beta)\n\nTape is experimental.\n\nIts reels are in alpha.", MD))
    assert [(f.kind.value, f.detail) for f in document.facts] == [
        ("experimental", "beta"),
        ("experimental", "alpha"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Author: A. Writer", ("", "", "")),
        ("Author: A Created: 2020/01/31 Last modified: 2021-02-03", ("2020-01-31", "2021-02-03", "")),  # noqa: E501
        ("Author: A Description: All of it. Really.", ("", "", "All of it. Really.")),
        ("Date: March 4, 2021", ("2021-03-04", "", "")),
        ("Last updated: June 2024", ("", "2024-06", "")),
        ("Author: A wrote this. Then B came.", None),
        ("Date: the day it was made", None),
        ("Description: words", None),
        ("The author: A", None),
        ("Date created: 2020/13/45", None),
    ],
)  # fmt: skip
def test_bylines(line, expected) -> None:
    found = byline_of(line)
    assert (found and (found.published, found.updated, found.description)) == expected


def test_what_was_dropped_is_counted_but_does_not_make_documents_differ(raw) -> None:
    plain = read(raw("Text.\n", MD))
    dropped = read(raw("<!-- a -->\n\n<!-- b -->\n\nText.\n", MD))
    assert dropped.dropped == (("comment", 2),)
    assert dropped == plain


def test_a_build_adds_up_what_was_dropped(raw) -> None:
    dropped = Dropped()
    dropped.add(read(raw("[TOC]\n\n<!-- a -->\n\nText.\n", MD)))
    dropped.add(read(raw("<!-- b -->\n\nText.\n", MD)))
    with pytest.raises(ReadError) as caught:
        read(raw("[TOC]\n", MD))
    assert caught.value.nothing_left
    dropped.pass_over()
    assert list(dropped.counts().items()) == [
        ("comment", 2),
        ("document without text", 1),
        ("table of contents", 1),
    ]


def test_damage_is_no_document_without_text(raw) -> None:
    with pytest.raises(ReadError) as caught:
        read(raw(b"\x00\x00", MD))
    assert not caught.value.nothing_left
