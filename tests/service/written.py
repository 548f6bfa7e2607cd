"""Documents written for the tests: three invented databases, and everything that is awkward."""

from ragbot.types import Authority, Block, BlockKind, Document, Section, Source, SourceKind

HOSTILE = '<script>window.stolen = 1</script><img src="x" onerror="window.stolen = 2">'

_MANUAL = [
    (BlockKind.HEADING, "Kestrel manual"),
    (BlockKind.PROSE, "🦅 Kestrel is an embedded database 🪶 one file for all data."),
    (BlockKind.HEADING, "Speed"),
    (
        BlockKind.PROSE,
        "Reads are served from memory. Kestrel answers a point read in 4 microseconds "
        "on a laptop. Writes are grouped, so that one flush serves many of them.",
    ),
    (BlockKind.HEADING, "Opening a database"),
    (BlockKind.PROSE, "Open a Kestrel database with one call:"),
    (
        BlockKind.CODE,
        'import kestrel\n\nwith kestrel.open("birds.db") as db:\n    db.put("falcon", b"fast")\n'
        '    print(db.get("falcon"))',
    ),
    (BlockKind.LIST_ITEM, "The file is created where it does not exist."),
    (BlockKind.LIST_ITEM, "A second process may read it at the same time."),
    *[(BlockKind.PROSE, f"Paragraph {n} tells more about Kestrel. " * 12) for n in range(60)],
]
_REVIEW = [
    (BlockKind.HEADING, "Three small databases, compared"),
    (BlockKind.PROSE, "We tried Kestrel, Osprey and Heron for a month."),
    (BlockKind.HEADING, "Learning curve"),
    (BlockKind.TABLE_HEADER, "What | Kestrel | Osprey"),
    (BlockKind.TABLE_ROW, "Time to the first query | ten minutes | an afternoon"),
    (BlockKind.HEADING, "Verdict"),
    (
        BlockKind.PROSE,
        "For a tool on one machine we would take Kestrel; where many people write at once, Osprey "
        "is the safer choice.",
    ),
    (
        BlockKind.PROSE,
        "Osprey needed an afternoon before the first query ran, most of it spent in its "
        "configuration.",
    ),
]
_VENDOR = [
    (BlockKind.HEADING, "Osprey at scale"),
    (BlockKind.PROSE, "Osprey sustains 40,000 writes per second on three machines."),
    (BlockKind.PROSE, f"Osprey escapes {HOSTILE} in its console."),
]

SOURCES = (
    Source(
        "kestrel-docs", "Kestrel documentation", "unknown", "The Kestrel project",
        "https://kestrel.example/docs/", "undated", "2025-03-02", "4.1", Authority.OFFICIAL,
        ("kestrel",), "BSD-3-Clause", SourceKind.DOCUMENTATION,
    ),
    Source(
        "bird-review", "Three small databases, compared", "R. Finch", "The Aviary Weekly",
        "https://aviary.example/review", "2022-07", "undated", "", Authority.INDEPENDENT,
        ("kestrel", "osprey", "heron"), "digest: Apache-2.0, our own words", SourceKind.DIGEST,
    ),
    Source(
        "osprey-blog", "Osprey at scale", "unknown", "Osprey Ltd",
        "javascript:alert(1)", "undated", "undated", "", Authority.VENDOR,
        ("osprey",), "all rights reserved", SourceKind.ARTICLE,
    ),
)  # fmt: skip


def _document(name: str, source: Source, parts: list[tuple[BlockKind, str]]) -> Document:
    blocks: list[Block] = []
    sections: list[Section] = []
    text = ""
    for kind, words in parts:
        if kind is BlockKind.HEADING:
            sections.append(Section((words,), words.lower().replace(" ", "-"), len(text), 0))
        depth = int(kind is BlockKind.HEADING)
        blocks.append(Block(kind, len(text), len(text) + len(words), depth=depth))
        text += words + "\n\n"
    ends = [section.start for section in sections[1:]] + [len(text)]
    tiled = tuple(
        Section(s.heading_path, s.anchor, s.start, end)
        for s, end in zip(sections, ends, strict=True)
    )
    return Document(
        name, source.id, f"{name}.md", parts[0][1], text, tiled, tuple(blocks), source.url,
        source.published, source.updated, source.version, source.subjects, source.licence,
    )  # fmt: skip


DOCUMENTS = (
    _document("kestrel-manual", SOURCES[0], _MANUAL),
    _document("bird-review", SOURCES[1], _REVIEW),
    _document("osprey-at-scale", SOURCES[2], _VENDOR),
)
