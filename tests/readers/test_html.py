"""HTML pages: the main text with its structure, charsets, titles, and pages without a main text."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from ragbot.errors import ReadError
from ragbot.readers.html import read_html
from ragbot.readers.html_decode import html_text
from ragbot.readers.html_tables import spread

HTML = "text/html"
LONG = "A heron stands in shallow water and waits for a fish, which may take it many hours a day."
PAGE = f"""\
<!DOCTYPE html><html><head><title>Herons | A site</title>
<meta charset="utf-8"></head><body>
<header><h1 class="site">Site of birds</h1></header>
<nav><ul><li><a href="/">Home</a></li><li><a href="/birds">All birds</a></li></ul></nav>
<main><article>
<h1 id="herons">Herons and storks<a class="headerlink" href="#herons">¶</a></h1>
<p>{LONG} It is <b>grey</b>, wades, and <code>wait()</code> blocks. 10<sup>3</sup> of them.</p>
<section id="food"><h2>Food<a class="headerlink" href="#food">¶</a></h2>
<p>{LONG}</p>
<ul><li>Fish<ul><li>Small ones</li></ul></li><li>Frogs</li></ul>
<ol><li>Wait</li><li>Strike</li></ol></section>
<div class="highlight"><pre><span></span><span class="k">def</span> <span>wait</span>():
    <span class="k">pass</span>

    <span>x</span> &lt; 1
</pre></div>
<h2><a name="speed"></a>Speed</h2>
<table><thead><tr><th>Bird</th><th>Speed</th></tr></thead>
<tbody><tr><td>Heron</td><td>slow</td></tr><tr><td>Stork</td><td></td></tr></tbody></table>
<h3>Details</h3><p>{LONG}</p>
<blockquote><p>Wait, and the fish will come.</p></blockquote>
<dl><dt>Heronry</dt><dd>Where herons nest.</dd></dl>
</article></main>
<p><img src="heron.png" alt="A heron"></p>
<footer><p>Copyright 2020, all rights reserved. Imprint. Contact.</p></footer></body></html>
"""


@pytest.fixture
def document(raw, contract):
    found = read_html(raw(PAGE, HTML))
    contract(found)
    return found


def test_structure(document) -> None:
    text = document.text
    assert [(block.kind.value, text[block.start : block.end]) for block in document.blocks] == [
        ("heading", "Herons and storks"),
        ("prose", f"{LONG} It is grey, wades, and wait() blocks. 10^3 of them."),
        ("heading", "Food"),
        ("prose", LONG),
        ("list_item", "Fish"),
        ("list_item", "Small ones"),
        ("list_item", "Frogs"),
        ("list_item", "Wait"),
        ("list_item", "Strike"),
        ("code", "def wait():\n    pass\n\n    x < 1"),
        ("heading", "Speed"),
        ("table_header", "Bird | Speed"),
        ("table_row", "Heron | slow"),
        ("table_row", "Stork | "),
        ("heading", "Details"),
        ("prose", LONG),
        ("prose", "Wait, and the fish will come."),
        ("list_item", "Heronry: Where herons nest."),
    ]
    assert "1. Wait\n2. Strike" in text
    assert [block.depth for block in document.blocks if block.kind == "list_item"][:3] == [0, 1, 0]


def test_sections_have_the_anchors_of_the_page(document) -> None:
    assert [(s.heading_path, s.anchor) for s in document.sections] == [
        (("Herons and storks",), "herons"),
        (("Herons and storks", "Food"), "food"),
        (("Herons and storks", "Speed"), "speed"),
        (("Herons and storks", "Speed", "Details"), "details"),
    ]


def test_what_is_left_out_is_counted(document) -> None:
    assert document.dropped == (("<footer> element", 1), ("<nav> element", 1), ("image", 1))


def test_the_title(document, raw) -> None:
    assert document.title == "Herons and storks"
    page = PAGE.replace("Herons and storks", "").replace("Site of birds", "")
    assert read_html(raw(page, HTML)).title.startswith("Herons")


def test_a_page_without_main_text_is_read_whole(raw, contract) -> None:
    page = (
        "<html><body><nav>Menu</nav><div role=navigation>More</div><h2>Speed</h2><p>Slow.</p>"
        "<table><tr><th>A<th>B<tr><td>1<td>2</table><pre>x = 1\ny = 2</pre><footer>End</footer>"
    )
    document = read_html(raw(page, HTML))
    contract(document)
    assert document.text == "Speed\n\nSlow.\n\nA | B\n1 | 2\n\nx = 1\ny = 2"


@pytest.mark.parametrize(
    "page", ["<html></html>", "<p> </p>", "<script>x()</script>", "<!-- x -->"]
)
def test_a_page_without_words(raw, page) -> None:
    with pytest.raises(ReadError, match="no text"):
        read_html(raw(page, HTML))


def test_signs_that_no_text_may_hold(raw, contract) -> None:
    document = read_html(raw(f"<p>{LONG}\x08 {LONG}</p><pre>a&#1;b\x0c\nc</pre>{LONG}", HTML))
    contract(document)
    assert "ab\nc" in document.text


def _with_notes(*notes: str) -> str:
    items = "".join(f'<li id="fn{n}">{note}</li>' for n, note in enumerate(notes, 1))
    mark = f"{LONG} {LONG} {LONG}<sup id='r1'>{_mark(1)}</sup>"
    return f"<main><h1>Bells</h1><p>{mark}</p><p>More. {LONG}</p><ol>{items}</ol></main>"


def _mark(number: int, name: str = "fn") -> str:
    return f'<a href="#{name}{number}">{number}</a>'


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([f"<p>One<sup>{_mark(2)}</sup>.</p>", "<p>Two.</p>"], ["One.", "Two."]),
        (
            [
                f"One<sup>{_mark(2)}</sup>.",
                f"Two<sup>{_mark(3)}</sup>.",
                f"3<sup>{_mark(1)}</sup>.",
            ],
            ["One.", "Two.", "3."],
        ),
        ([f"<sup>{_mark(2)}</sup>", "Two."], ["2", "Two."]),
        ([f"<p><sup>{_mark(1, 'r')}</sup> One.</p>"], ["One."]),
        (["<p>One<sup><a href='#gone'>st</a></sup>.</p>"], ["Onest."]),
    ],
)
def test_a_note_that_another_refers_to_stands_behind_it(blocks, notes, expected) -> None:
    found = [text for _, text in blocks(_with_notes(*notes), HTML)]
    assert found == ["Bells", f"{LONG} {LONG} {LONG}", *expected, f"More. {LONG}"]


def test_a_note_that_leads_back_moves_no_paragraph(blocks) -> None:
    page = _with_notes(f"<sup>{_mark(1, 'p')}</sup> One.").replace("<p>", "<p id='p1'>", 1)
    assert blocks(page, HTML) == blocks(_with_notes("One."), HTML)


@pytest.mark.parametrize("spans", ["", " rowspan=1"])
def test_a_list_in_a_cell_is_on_one_line_wherever_the_table_stands(spans) -> None:
    listing = "<ul><li>one<ol><li>more</li></ol></li><li>two</li></ul>"
    cell = f"<td{spans}>y {listing}</td>"
    page = html.fromstring(f"<ul><li>Item<table><tr><td>x</td>{cell}</tr></table></li></ul>")
    spread(page.find(".//table"))
    cells = [" ".join(cell.text_content().split()) for cell in page.iter("td")]
    assert cells == ["x", "y one; more; two"]


def test_what_stands_behind_details_is_of_the_section_around_them(raw, contract) -> None:
    inner = f"<details><summary>Who rings?</summary><p>Nobody rings. {LONG}</p></details>"
    page = (
        f"<main><h1>Bells</h1><p>{LONG}</p><h3>Ropes</h3><details><summary>How <b>long</b>?"
        f"</summary>Ten feet. {LONG}{inner}<p>So long.</p></details>"
        "<address>Write to box 3.</address>"
        "<ul><li>Item<details><summary>Why?</summary>So.</details></li></ul>"
        f"{inner}{inner}</main>"
    )
    document = read_html(raw(page, HTML))
    contract(document)
    paths = [(section.heading_path[2:], section.anchor) for section in document.sections][1:]
    assert paths == [
        ((), "ropes"),
        (("How long?",), "how-long"),
        (("How long?", "Who rings?"), "who-rings"),
        (("How long?",), "how-long"),
        ((), "ropes"),
        (("Who rings?",), "who-rings-1"),
        (("Who rings?",), "who-rings-2"),
    ]
    parts = [document.text[part.start : part.end].strip() for part in document.sections]
    assert parts[4] == "So long."
    assert parts[5].startswith("Write to box 3.\n\n- Item")
    assert not {"\ue0f6", "\ue0f7"} & set(document.text)


WORD = "für д"


@pytest.mark.parametrize(
    ("content", "charset", "expected"),
    [
        (f"<p>{WORD}".encode(), "", WORD),
        (b"\xef\xbb\xbf" + f"<p>{WORD}".encode(), "iso-8859-1", WORD),
        (f"<p>{WORD}".encode("utf-16"), "", WORD),
        ("<meta charset='koi8-r'><p>д".encode("koi8-r"), "", "д"),
        ("<meta charset='koi8-r'><p>д".encode("cp1251"), "windows-1251", "д"),
        ("<?xml version='1.0' encoding='cp1251'?><p>д".encode("cp1251"), "", "д"),
        (f"<meta charset='latin-1'><p>{WORD}".encode(), "", WORD),
        ("<p>für “it”".encode("cp1252"), "", "für “it”"),
        ("<p>für “it”".encode("cp1252"), "iso-8859-1", "für “it”"),
        ("<meta charset=nonsense><p>für".encode("cp1252"), "base64", "für"),
        (b"<p>a\r\nb\rc", "", "a\nb\nc"),
    ],
)
def test_charsets(content, charset, expected) -> None:
    assert html_text(content, charset).rpartition(">")[2] == expected


@pytest.mark.parametrize(("content", "said"), [(b" \n", "empty"), (b"<p>\x00", "binary")])
def test_no_text_at_all(content, said) -> None:
    with pytest.raises(ReadError, match=said):
        html_text(content)


TAGS = [
    "<p>",
    "</p>",
    "<li>",
    "<ul>",
    "</ul>",
    "<table>",
    "<td>",
    "<tr>",
    "</table>",
    "<pre>",
    "<h2>",
]
PIECE = st.one_of(
    st.text(max_size=30),
    st.sampled_from([*TAGS, LONG, "<code>", "<dl><dt>", "<dd>", "<!--", "]]>", "&#0;", "&lt;"]),
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=st.lists(PIECE, min_size=1, max_size=12))
def test_garbage_is_read_or_refused(raw, contract, pieces) -> None:
    reason = ""
    try:
        contract(read_html(raw("".join(pieces).encode("utf-8", "replace"), HTML)))
    except ReadError as error:
        reason = str(error)
    assert not reason or re.search("empty|binary|no text", reason)
