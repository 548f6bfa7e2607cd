"""The documents of an API reference: one a symbol, with its names and how it is called."""

import json
import re
from dataclasses import dataclass

from ragbot.index.library import Library

LONGEST_SIGNATURE = 4000  # characters; the rest of a longer one is not looked at

# The paragraphs that a reader of symbols puts between the signature and the docstring.
_ADDED = re.compile(r"(?:Deprecated|Also known as): ")

_DOCUMENTS = (
    "SELECT d.ordinal, d.id, d.text, json_extract(d.facts, '$.names') AS names, "
    "json_extract(d.facts, '$.subjects') AS subjects, json_extract(d.blocks, '$[1]') AS second, "
    "(SELECT MIN(p.ordinal) FROM passages p WHERE p.document = d.ordinal) AS passage "
    "FROM documents d WHERE json_array_length(d.facts, '$.names') > 0 "
    "AND json_array_length(d.facts, '$.subjects') > 0 ORDER BY d.ordinal"
)
_PROSE = (
    "SELECT p.document, s.ordinal, s.start FROM statements s "
    "JOIN passages p ON p.ordinal = s.passage JOIN documents d ON d.ordinal = p.document "
    "WHERE s.kind = 'prose' AND json_array_length(d.facts, '$.names') > 0 ORDER BY s.ordinal"
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A programming name with a document of its own.

    `ordinal` is that of the document. `names` are its public names, the best first; `signature` the
    listing under its heading, which begins at `start` of the document. `passage` is the ordinal of
    the document's first passage, `summary` that of its first sentence, None where it has none.
    `is_old`: it is marked deprecated.
    """

    document: str
    ordinal: int
    subjects: tuple[str, ...]
    names: tuple[str, ...]
    signature: str
    start: int
    passage: int | None
    summary: int | None
    is_old: bool

    @property
    def name(self) -> str:
        """Its best name."""
        return self.names[0]


def is_added(text: str) -> bool:
    """Whether a statement was put before the first sentence of a page when that was read."""
    return _ADDED.match(text) is not None


def symbols(library: Library) -> list[Symbol]:
    """Every symbol of a library that is of a subject, in the order of the documents."""
    documents = library.read(_DOCUMENTS)
    texts = {row["ordinal"]: row["text"] for row in documents}
    summaries: dict[int, int] = {}
    old: set[int] = set()
    for document, ordinal, start in library.read(_PROSE):
        added = _ADDED.match(texts.get(document, ""), start)
        if added is None:
            summaries.setdefault(document, ordinal)
        elif added.group().startswith("Dep"):
            old.add(document)
    found = []
    for row in documents:
        kind, start, end = (json.loads(row["second"] or "null") or ["", 0, 0])[:3]
        signature = row["text"][start : min(end, start + LONGEST_SIGNATURE)]
        found.append(
            Symbol(
                document=row["id"],
                ordinal=row["ordinal"],
                subjects=tuple(json.loads(row["subjects"])),
                names=tuple(json.loads(row["names"])),
                signature=signature if kind == "code" else "",
                start=start,
                passage=row["passage"],
                summary=summaries.get(row["ordinal"]),
                is_old=row["ordinal"] in old,
            )
        )
    return found
