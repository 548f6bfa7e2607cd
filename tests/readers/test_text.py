# ruff: noqa: E501 - a sample reads best on one line
import pytest

from ragbot.readers import read
from ragbot.readers.text_tables import glued_rows, spaced_rows
from ragbot.types import BlockKind

TXT = "text/plain"
LONG = "A queue holds work until somebody takes it, and nobody knows when that will be at all."


def heads(raw, source) -> list[str]:
    return [s.heading_path[-1] for s in read(raw(source, TXT)).sections if s.heading_path]


def test_headings_stand_alone_or_above_a_paragraph(raw) -> None:
    spaced = f"Site\n\nQueues and stacks compared\n\n{LONG}\n\n1. Queues\n\n{LONG}\n\nFeatures\n\n{LONG}\n"
    assert heads(raw, spaced) == ["Queues and stacks compared", "1. Queues", "Features"]
    dense = (
        f"{LONG}\nWhat is a queue?\n{LONG}\nContents\n- Queues\nTable of speeds\nA | B |\n1 | 2 |\n"
    )
    assert heads(raw, dense) == ["What is a queue?", "Contents", "Table of speeds"]


def test_levels(raw) -> None:
    source = (
        f"Queues and stacks compared\n\n{LONG}\n\nCases\n\n1. Shops\n\n{LONG}\n\nEnd\n\n{LONG}\n"
    )
    paths = [s.heading_path for s in read(raw(source, TXT)).sections]
    top = "Queues and stacks compared"
    assert paths == [(top,), (top, "Cases"), (top, "Cases", "1. Shops"), (top, "End")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("  • one\n  • two\n    goes on", [("list_item", "one"), ("list_item", "two goes on")]),
        ("1. One\n\n2. Two\n\n3. Three", [("list_item", "One"), ("list_item", "Two"), ("list_item", "Three")]),
        (
            "A | B | C |\n1 | 2 | 3 |\n",
            [("table_header", "A | B | C"), ("table_row", "1 | 2 | 3")],
        ),
        (
            "One line that was cut at a fixed width, as mail\nprograms do, goes on here.\n\nLast.",
            [
                ("prose", "One line that was cut at a fixed width, as mail programs do, goes on here."),
                ("prose", "Last."),
            ],
        ),
        ("Aspect Red Blue\nSpeed Very fast Slow\nPrice Low High", [
            ("prose", "Aspect Red Blue"),
            ("prose", "Speed Very fast Slow"),
            ("prose", "Price Low High"),
        ]),
        ("text.\n\n=====\n\n* * *\n\nmore.", [("prose", "text."), ("prose", "more.")]),
        ("Head\n====\n\ntext.", [("heading", "Head"), ("prose", "text.")]),
        (f"What is a queue?\n\nwhat-is-a-queue\n\n{LONG}", [("heading", "What is a queue?"), ("prose", LONG)]),
        (f"{LONG}\n\nLeave a Reply\n\nYour email address will not be published.\n\nName", [("prose", LONG)]),
    ],
)  # fmt: skip
def test_constructs(blocks, source, expected) -> None:
    assert blocks(source, TXT) == expected


def test_cells_that_ran_together() -> None:
    lines = ["SpeedFast, with a cacheSlow", "StoreRedisDiskPostgreSQL", "PriceFreePaid"]
    assert glued_rows(lines, {"PostgreSQL"}) is None
    lines[1] = "StoreRedisPostgreSQL"
    assert glued_rows(lines, {"PostgreSQL"}) == [
        ["Speed", "Fast, with a cache", "Slow"],
        ["Store", "Redis", "PostgreSQL"],
        ["Price", "Free", "Paid"],
    ]


SPACED = [
    "Aspect Redis SQLite",
    "Primary Use Cache for others One file, no server",
    "Speed Very fast, in memory Fast (on disk)",
    "Store Needs RAM or an SSD One file",
    "Kind of Use Shared with PostgreSQL only Light",
]


def test_cells_between_spaces_under_a_header_of_names() -> None:
    assert spaced_rows(SPACED) == [
        ["Aspect", "Redis", "SQLite"],
        ["Primary Use", "Cache for others", "One file, no server"],
        ["Speed", "Very fast, in memory", "Fast (on disk)"],
        ["Store", "Needs RAM or an SSD", "One file"],
        ["Kind of Use", "Shared with PostgreSQL only", "Light"],
    ]


@pytest.mark.parametrize(
    "lines",
    [
        SPACED[:3],
        ["Aspect of Redis SQLite", *SPACED[1:]],
        [*SPACED, "Price Low"],
        [*SPACED, "Price Low or High with support Medium None at all Some"],
        ["Redis SQLite", *SPACED[1:]],
        [*SPACED, "Ease of Use High Low, but New users cope"],
        [*SPACED, "builds a Cache that many People use daily"],
        [*SPACED, "Speed Fast with memory Slow on disk."],
    ],
    ids=[
        "too few rows", "no header of names", "a row too short", "a row too long", "two columns",
        "a cell that breaks off", "a row without a name", "a sentence",
    ],
)  # fmt: skip
def test_they_are_trusted_only_where_every_row_has_all(lines) -> None:
    assert spaced_rows(lines) is None


def test_a_spaced_table_is_read_with_its_header(raw) -> None:
    document = read(raw("Text before it stands here.\n\n" + "\n".join(SPACED), TXT))
    rows = [b for b in document.blocks if b.kind is BlockKind.TABLE_ROW]
    assert len(rows) == len(SPACED) - 1
    assert all(document.blocks[row.header].kind is BlockKind.TABLE_HEADER for row in rows)
    start, end = rows[1].cells[2]
    assert document.text[start:end] == "Fast (on disk)"


@pytest.mark.parametrize("source", ["---\ntitle: Q\n---\n*text*", "## A\n\n*text*\n\n## B\n\nx"])
def test_markdown_in_disguise(raw, source) -> None:
    assert "*" not in read(raw(source, TXT)).text
