"""How sources, documents, passages and statements lie in SQLite, and how they come back."""

import json
import sqlite3
from dataclasses import asdict

from ragbot.index.decoding import decoding, words
from ragbot.types import (
    Address,
    Authority,
    Block,
    BlockKind,
    Document,
    Fact,
    FactKind,
    Passage,
    Section,
    Source,
    SourceKind,
    Statement,
)

# The text of a passage or a quote is cut out of the document's: it is stored once.
PASSAGES = (
    "SELECT p.*, d.id AS document_id, d.title, "
    'substr(d.text, p.start + 1, p."end" - p.start) AS text '
    "FROM passages p JOIN documents d ON d.ordinal = p.document"
)
STATEMENTS = (
    "SELECT s.*, p.id AS passage_id, p.heading_path, d.title, "
    'substr(d.text, s.start + 1, s."end" - s.start) AS quote FROM statements s '
    "JOIN passages p ON p.ordinal = s.passage JOIN documents d ON d.ordinal = p.document"
)
PASSAGES_OF_DOCUMENT = (
    "SELECT p.ordinal FROM passages p JOIN documents d ON d.ordinal = p.document "
    "WHERE d.id = ? ORDER BY p.ordinal"
)
PASSAGE_FACTS = (
    "SELECT p.subjects, d.source_id, d.id, json_extract(d.facts, '$.subjects'), "
    "COALESCE(r.voice, p.ordinal), json_extract(d.facts, '$.also_at'), "
    "json_extract(d.facts, '$.names[0]') "
    "FROM passages p JOIN documents d ON d.ordinal = p.document "
    "LEFT JOIN repeats r ON r.passage = p.ordinal ORDER BY p.ordinal"
)

PLACES = (
    "SELECT DISTINCT d.ordinal, d.source_id, d.path, d.title, d.facts "
    "FROM passages p JOIN documents d ON d.ordinal = p.document "
    "WHERE p.ordinal = ? OR p.ordinal IN (SELECT passage FROM repeats WHERE voice = ?) "
    "ORDER BY d.ordinal"
)


def put_source(database: sqlite3.Connection, ordinal: int, source: Source) -> None:
    """Write a source."""
    database.execute(
        "INSERT INTO sources VALUES (?, ?, ?)", (ordinal, source.id, _json(asdict(source)))
    )


def put_document(database: sqlite3.Connection, ordinal: int, document: Document) -> None:
    """Write a document."""
    facts = {
        name: getattr(document, name)
        for name in ("url", "published", "updated", "version", "subjects", "licence", "names")
    }
    facts["facts"] = [[f.kind, f.detail, f.start, f.end] for f in document.facts]
    facts["also_at"] = [asdict(address) for address in document.also_at]
    sections = [[s.heading_path, s.anchor, s.start, s.end] for s in document.sections]
    blocks = [[b.kind, b.start, b.end, b.cells, b.header, b.depth] for b in document.blocks]
    database.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            ordinal,
            document.id,
            document.source_id,
            document.path,
            document.title,
            document.text,
            _json(sections),
            _json(blocks),
            _json(facts),
        ),
    )
    put_names(database, ordinal, document.names)


def put_names(database: sqlite3.Connection, document: int, names: tuple[str, ...]) -> None:
    """Write the programming names of a document, each under all its endings: `b.c` finds `a.b.c`.

    `dropped` counts the parts that an ending leaves out.
    """
    endings: dict[str, int] = {}
    for name in names:
        parts = name.lower().split(".")
        for dropped in range(len(parts)):
            ending = ".".join(parts[dropped:])
            endings[ending] = min(dropped, endings.get(ending, dropped))
    database.executemany(
        "INSERT INTO names VALUES (?, ?, ?)",
        [(ending, document, dropped) for ending, dropped in endings.items()],
    )


def put_passage(
    database: sqlite3.Connection, ordinal: int, document: int, passage: Passage
) -> None:
    """Write a passage of the document with that ordinal."""
    database.execute(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            ordinal,
            passage.id,
            document,
            passage.start,
            passage.end,
            _json(passage.heading_path),
            passage.anchor,
            passage.table_header,
            _json(passage.subjects),
            _json(passage.facts),
        ),
    )


def put_repeat(database: sqlite3.Connection, passage: int, voice: int) -> None:
    """Write that a passage repeats another, which speaks for it."""
    database.execute("INSERT INTO repeats VALUES (?, ?)", (passage, voice))


def put_statement(
    database: sqlite3.Connection, ordinal: int, passage: int, statement: Statement
) -> None:
    """Write a statement of the passage with that ordinal."""
    s = statement
    database.execute(
        "INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (ordinal, passage, s.start, s.end, s.kind, s.label, _json(s.subjects), _json(s.facts)),
    )


@decoding
def source(row: sqlite3.Row) -> Source:
    """A source out of its row."""
    facts = json.loads(row["facts"])
    facts["authority"] = Authority(facts["authority"])
    facts["kind"] = SourceKind(facts["kind"])
    facts["subjects"] = tuple(facts["subjects"])
    return Source(**facts)


@decoding
def document(row: sqlite3.Row) -> Document:
    """A document out of its row."""
    facts = json.loads(row["facts"])
    facts["subjects"] = tuple(facts["subjects"])
    facts["names"] = tuple(facts["names"])
    facts["facts"] = tuple(Fact(FactKind(kind), *rest) for kind, *rest in facts["facts"])
    facts["also_at"] = tuple(Address(**address) for address in facts["also_at"])
    return Document(
        id=row["id"],
        source_id=row["source_id"],
        path=row["path"],
        title=row["title"],
        text=row["text"],
        sections=tuple(
            Section(tuple(path), anchor, start, end)
            for path, anchor, start, end in json.loads(row["sections"])
        ),
        blocks=tuple(
            Block(BlockKind(kind), start, end, tuple((a, b) for a, b in cells), header, depth)
            for kind, start, end, cells, header, depth in json.loads(row["blocks"])
        ),
        **facts,
    )


@decoding
def addresses(row: sqlite3.Row) -> tuple[Address, ...]:
    """Where a document stands, out of a row of PLACES: its own address, then the others."""
    facts = json.loads(row["facts"])
    own = Address(
        source_id=row["source_id"],
        title=row["title"],
        path=row["path"],
        **{name: facts[name] for name in ("url", "published", "updated", "version")},
    )
    return own, *(Address(**address) for address in facts["also_at"])


@decoding
def passage(row: sqlite3.Row) -> Passage:
    """A passage out of a row of PASSAGES."""
    return Passage(
        id=row["id"],
        document_id=row["document_id"],
        start=row["start"],
        end=row["end"],
        heading_path=words(row["heading_path"]),
        anchor=row["anchor"],
        text=row["text"],
        table_header=row["table_header"],
        subjects=words(row["subjects"]),
        facts=tuple(map(FactKind, json.loads(row["facts"]))),
    )


@decoding
def statement(row: sqlite3.Row) -> Statement:
    """A statement out of a row of STATEMENTS."""
    return Statement(
        passage_id=row["passage_id"],
        start=row["start"],
        end=row["end"],
        kind=BlockKind(row["kind"]),
        label=row["label"],
        subjects=words(row["subjects"]),
        facts=tuple(map(FactKind, json.loads(row["facts"]))),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
