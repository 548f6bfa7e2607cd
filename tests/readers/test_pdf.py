"""PDF files, written here by hand: pages, paragraphs, broken words, running heads, refusals."""

import zlib

import pytest

from ragbot.errors import ReadError
from ragbot.readers.pdf import read_pdf
from ragbot.readers.pdf_lines import Line, paragraphs

Placed = tuple[float, float, float, str]  # left, bottom, size, text


def write_pdf(pages: list[list[Placed]], title: str = "", trailer: str = "") -> bytes:
    """A PDF whose pages show these texts; `trailer` is added to its trailer."""
    info = f"<< /Title ({title}) >>" if title else "<< >>"
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        font.encode(),
    ]
    for number, texts in enumerate(pages):
        shown = "".join(
            f"BT /F {size} Tf 1 0 0 1 {left} {bottom} Tm ({text}) Tj ET\n"
            for left, bottom, size, text in texts
        )
        stream = zlib.compress(shown.encode("cp1252"))
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * number} 0 R"
            f" /Resources << /Font << /F 3 0 R >> >> >>".encode(),
            f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
            + stream
            + b"\nendstream",
        ]
    objects.append(info.encode())
    out, starts = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(objects) + 1
    out += (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R"
        f" /Info {size - 1} 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    ).encode()
    return bytes(out)


def lines(*texts: str, top: float = 700, left: float = 72, pitch: float = 14) -> list[Placed]:
    return [(left, top - pitch * number, 12, text) for number, text in enumerate(texts)]


def read(raw, content: bytes):
    return read_pdf(raw(content, "application/pdf", path="guide/herons.pdf"))


def test_pages_are_sections(raw, contract) -> None:
    content = write_pdf(
        [lines("Herons wade."), [], lines("Storks clatter, as caf\xe9s do.")], "Birds"
    )
    document = read(raw, content)
    contract(document)
    assert document.title == "Birds"
    assert document.text == "Page 1\n\nHerons wade.\n\nPage 3\n\nStorks clatter, as cafés do."
    assert [(s.heading_path, s.anchor) for s in document.sections] == [
        (("Page 1",), "page=1"),
        (("Page 3",), "page=3"),
    ]
    assert read(raw, write_pdf([lines("x")])).title == "herons.pdf"


def test_paragraphs_are_joined_over_lines_and_broken_words(raw) -> None:
    first = lines(
        "A heron stands in shallow water and waits for a fish, won-",
        "derful as it is, with state-of-the-art patience; it is state-of-",
        "the-art, and well-known, and long- and short-legged, and well-",
        "known again, until it strikes.",
    )
    second = lines("A new paragraph stands below a gap.", top=600)
    third = lines("- one item", "- another item", top=500)
    document = read(raw, write_pdf([first + second + third]))
    assert document.text.split("\n\n")[1:] == [
        "A heron stands in shallow water and waits for a fish, wonderful as it is, with "
        "state-of-the-art patience; it is state-of-the-art, and well-known, and long- and "
        "short-legged, and well-known again, until it strikes.",
        "A new paragraph stands below a gap.",
        "- one item",
        "- another item",
    ]


def test_an_indented_line_and_another_size_begin_a_paragraph() -> None:
    def line(text: str, bottom: float, left: float = 72, right: float = 500, size: float = 12):
        return Line(text, left, right, bottom, bottom + size)

    texts = [
        line("The title of it", 716, right=200, size=20),
        line("One line that goes", 700),
        line("on to here, and ends.", 686),
        line("An indented one", 672, left=96),
        line("goes on.", 658, right=120),
        line("A last one.", 644),
    ]
    assert paragraphs(texts) == [
        "The title of it",
        "One line that goes on to here, and ends.",
        "An indented one goes on.",
        "A last one.",
    ]
    assert paragraphs([]) == []


def test_running_heads_and_page_numbers_are_dropped(raw) -> None:
    pages = [
        lines("The book of birds", top=780)
        + lines(f"Chapter about bird {'abc'[number]}.", f"It is number {number} of them.", top=700)
        + lines(f"Page {number + 1} of 3", top=30)
        for number in range(3)
    ]
    document = read(raw, write_pdf(pages))
    assert document.dropped == (("running head or page number", 6),)
    assert document.text.split("\n\n")[1::2] == [
        f"Chapter about bird {'abc'[number]}. It is number {number} of them." for number in range(3)
    ]


def test_what_repeats_inside_pages_stays(raw) -> None:
    pages = [
        lines("a" * (n + 1), "b" * (n + 1), "Same.", "c" * (n + 1), "d" * (n + 1)) for n in range(4)
    ]
    assert read(raw, write_pdf(pages)).text.count("Same.") == 4
    assert read(raw, write_pdf([lines("Alone.")])).text.count("Alone.") == 1


ENCRYPTED = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >> /ID [<00> <00>]"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (write_pdf([lines("x")], trailer=ENCRYPTED.format("00" * 32)), "encrypted"),
        (b"%PDF-1.4 and nothing else", "broken"),
        (b"no PDF at all", "no PDF"),
        (write_pdf([lines("x")])[:120], "broken"),
        (write_pdf([[], []]), "only images"),
        (write_pdf([]), "no text|broken"),
    ],
)
def test_what_cannot_be_read(raw, content, said) -> None:
    with pytest.raises(ReadError, match=said):
        read(raw, content)


def test_too_many_pages(raw, monkeypatch) -> None:
    monkeypatch.setattr("ragbot.readers.pdf._MOST_PAGES", 2)
    with pytest.raises(ReadError, match="3 pages"):
        read(raw, write_pdf([lines("x")] * 3))


LEFT = (
    "Herons stand in the water and wait for",
    "small fish, which they catch with one",
    "blow of the beak. They are well-",
    "known for their patience, and nests of",
)
RIGHT = (
    "many years stand high in old trees. In",
    "winter most of them go where the wa-",
    "ter does not freeze. Well-known colo-",
    "nies have names, and water is near.",
)
BESIDE = [(*a, *b) for a, b in zip(lines(*LEFT), lines(*RIGHT, left=330), strict=True)]
WORDS = (
    "Herons stand in the water and wait for small fish, which they catch with one blow of the "
    "beak. They are well-known for their patience, and nests of many years stand high in old "
    "trees. In winter most of them go where the water does not freeze. Well-known colonies have "
    "names, and water is near."
)


def by_rows() -> list[Placed]:
    return [one for row in BESIDE for one in (row[:4], row[4:])]


def by_columns() -> list[Placed]:
    return [row[:4] for row in BESIDE] + [row[4:] for row in BESIDE]


def right_first() -> list[Placed]:
    return [row[4:] for row in BESIDE] + [row[:4] for row in BESIDE]


@pytest.mark.parametrize("drawn", [by_rows, by_columns, right_first], ids=lambda one: one.__name__)
def test_columns_are_read_one_after_the_other_however_they_are_drawn(raw, drawn) -> None:
    head = [(72, 740, 18, "On herons and on other birds that stand and wait for their food")]
    document = read(raw, write_pdf([head + drawn()]))
    assert document.text.split("\n\n") == ["Page 1", head[0][3], WORDS]


def test_a_table_keeps_its_rows(raw) -> None:
    cells = [("Heron", "fish", "98 cm"), ("Stork", "frogs", "110 cm"), ("Crane", "seeds", "120 cm")]
    placed = [
        (72 + 180 * column, 700 - 20 * row, 12, cell)
        for row, texts in enumerate(cells)
        for column, cell in enumerate(texts)
    ]
    text = read(raw, write_pdf([placed])).text
    assert all(" ".join(row) in text for row in cells)


def test_the_number_of_an_only_page_is_no_text(raw) -> None:
    texts = ["Herons wade and wait.", "Storks clatter.", "Cranes dance."]
    placed = [*lines(*texts), (295, 40, 9, "- 3 -")]
    assert "3" not in read(raw, write_pdf([placed])).text
    assert read(raw, write_pdf([lines("1790", "It was built.")])).text.endswith(
        "1790 It was built."
    )
