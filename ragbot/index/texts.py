"""Writes the texts of a generation: every document read, cut and searched for statements."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from ragbot import passages, sources, statements
from ragbot.encoder import Encoder
from ragbot.errors import BuildError
from ragbot.guide import Guide
from ragbot.index import rows, schema
from ragbot.index.account import Account
from ragbot.index.folds import Repeats, Waiting
from ragbot.index.manifest import Counts
from ragbot.index.read_cache import ReadCache
from ragbot.index.reading import Readings
from ragbot.index.traits import put_traits
from ragbot.progress import Progress
from ragbot.readers.dropped import Dropped
from ragbot.settings import Settings
from ragbot.sources import Problem
from ragbot.types import Document, Passage, RawDocument, Statement

FEW_MENTIONS = 3  # a document that names a subject less often is not about it
OFTEN = 0.15  # share of all mentions from which a document is about a subject


@dataclass(frozen=True, slots=True)
class Texts:
    """How much was written, what the readers left out, and which files could not be read.

    `textless` are those that are sound and hold nothing to quote.
    """

    counts: Counts
    problems: tuple[Problem, ...]
    textless: tuple[Problem, ...]
    dropped: dict[str, int]


def write_texts(
    path: Path, settings: Settings, guide: Guide, encoder: Encoder, progress: Progress
) -> Texts:
    """Read the corpus into a new library at `path`.

    Raises:
        BuildError: not one document could be read.
    """
    progress.stage("Reading", None)
    problems: list[Problem] = []
    textless: list[Problem] = []
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = OFF")  # the file counts only once it is complete
    database.execute("PRAGMA synchronous = OFF")
    database.executescript(schema.SCHEMA)
    readings = ReadCache.of(settings.index, guide, encoder)
    writer = _Writer(database, guide, encoder, readings)
    try:
        gathered = sources.gather(
            settings.corpus,
            settings.index,
            settings.max_file_bytes,
            follow_links=settings.follow_links,
        )
        for one in Readings(readings, settings.limits, writer.of_subjects).of(gathered):
            if isinstance(one, Problem):
                problems.append(one)
                continue
            if isinstance(one.found, Document):
                writer.put(one.raw, one.found)
            elif one.found.nothing_left:  # a table of contents, say: there is nothing to quote
                writer.dropped.pass_over()
                textless.append(Problem(one.raw.path, str(one.found)))
            else:
                problems.append(Problem(one.raw.path, str(one.found)))
            progress.advance(1)
        writer.write(progress)
        database.commit()
    finally:
        writer.close()
        readings.close()
        database.close()
    if not writer.documents:
        listed = "; ".join(f"{p.path}: {p.reason}" for p in problems[:5])
        raise BuildError(
            f"no document in {settings.corpus} could be read" + (f" ({listed})" if listed else "")
        )
    counts = Counts(
        sources=len(writer.sources),
        documents=writer.documents,
        passages=writer.passages,
        statements=writer.statements,
        folded_documents=len(writer.waiting) - writer.documents,
        folded_passages=writer.repeated,
        readers=writer.account.counts(),
    )
    return Texts(counts, tuple(problems), tuple(textless), writer.dropped.counts())


class _Writer:
    """Writes documents with their passages and statements, and their sources once.

    A document waits until all are read, since one that comes later may speak for it.
    """

    def __init__(
        self, database: sqlite3.Connection, guide: Guide, encoder: Encoder, readings: ReadCache
    ) -> None:
        self._database = database
        self._guide = guide
        self._encoder = encoder
        self._readings = readings
        self.sources: dict[str, int] = {}
        self.waiting = Waiting()
        self.dropped = Dropped()
        self.account = Account()
        self._types: dict[str, str] = {}  # media types by the ids of documents
        self.documents = self.passages = self.statements = self.repeated = 0

    def put(self, raw: RawDocument, document: Document) -> None:
        source = raw.source
        self._types[document.id] = raw.media_type
        self.dropped.add(document)
        if source.id not in self.sources:
            self.sources[source.id] = len(self.sources)
            rows.put_source(self._database, self.sources[source.id], source)
        self.waiting.put(document, source.authority)

    def write(self, progress: Progress) -> None:
        progress.stage("Cutting", len(self.waiting))
        repeats = Repeats(self._database)
        for rank, document in self.waiting.voices():
            self._write(rank, document, repeats)
            progress.advance(1 + len(document.also_at))
        self.repeated = repeats.link()

    def close(self) -> None:
        self.waiting.close()

    def _write(self, rank: int, document: Document, repeats: Repeats) -> None:
        cut, found = self._readings.cut(document, lambda: self._cut(document))
        rows.put_document(self._database, self.documents, document)
        first = self.passages
        ordinals = {}
        for i, passage in enumerate(cut):
            ordinals[passage.id] = first + i
            rows.put_passage(self._database, first + i, self.documents, passage)
            repeats.put(first + i, rank, document, passage)
        found.sort(key=lambda s: (ordinals[s.passage_id], s.start, s.end))
        for statement in found:
            ordinal = ordinals[statement.passage_id]
            rows.put_statement(self._database, self.statements, ordinal, statement)
            put_traits(self._database, self.statements, statement)
            self.statements += 1
        self.account.add(self._types[document.id], document, found)
        self.passages += len(cut)
        self.documents += 1

    def _cut(self, document: Document) -> tuple[list[Passage], list[Statement]]:
        cut = passages.cut(document, self._encoder.count_tokens, self._encoder.window)
        found = statements.find(document, cut, self._guide)
        return statements.with_subjects(document, cut, found, self._guide), found

    def of_subjects(self, document: Document) -> Document:
        """A document whose source does not say what it is about is about what its title names.

        Where the title names nothing it is about what it mentions often.
        """
        if document.subjects:
            return document
        named = self._guide.subjects_in(document.title)
        if not named:
            counts = Counter(subject for _, _, subject in self._guide.mentions(document.text))
            often = max(FEW_MENTIONS, OFTEN * sum(counts.values()))
            named = tuple(subject for subject, count in counts.items() if count >= often)
        return replace(document, subjects=named)
