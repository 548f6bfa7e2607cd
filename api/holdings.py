"""What the service holds: sources, documents, passages and subjects as JSON."""

from typing import Literal, Self

from pydantic import Field

from api.schemas import Schema
from ragbot.guide import Guide
from ragbot.types import Authority, BlockKind, Document, Passage, Source, SourceKind


class SourceOut(Schema):
    """A source and how much of it the index holds."""

    id: str = Field(description="its name in citations and filters", examples=["example-blog"])
    title: str = Field(description="its title", examples=["Alpha and Beta"])
    author: str = Field(description="who wrote it, or 'unknown'", examples=["A. Writer"])
    publisher: str = Field(description="who published it", examples=["Example Blog"])
    url: str = Field(description="its address, or 'unknown'", examples=["https://example.org/"])
    published: str = Field(description="ISO date of any precision, or 'undated'", examples=["2022"])
    updated: str = Field(description="ISO date of any precision, or 'undated'", examples=["2024"])
    version: str = Field(description="version the source documents, or ''", examples=["2.1"])
    authority: Authority = Field(description="who speaks", examples=["official"])
    subjects: list[str] = Field(description="ids of its subjects", examples=[["alpha"]])
    licence: str = Field(description="licence of the text", examples=["CC-BY-4.0"])
    kind: SourceKind = Field(description="what its documents are", examples=["documentation"])
    documents: int = Field(description="documents held", examples=[12])
    passages: int = Field(description="passages held", examples=[340])

    @classmethod
    def from_source(cls, source: Source, counts: tuple[int, int]) -> Self:
        """A source with its (documents, passages)."""
        documents, passages = counts
        return cls(
            id=source.id,
            title=source.title,
            author=source.author,
            publisher=source.publisher,
            url=source.url,
            published=source.published,
            updated=source.updated,
            version=source.version,
            authority=source.authority,
            subjects=list(source.subjects),
            licence=source.licence,
            kind=source.kind,
            documents=documents,
            passages=passages,
        )


class SourcesOut(Schema):
    """Every source of the live index."""

    generation: str = Field(description="the live index", examples=["000001-0123abcd"])
    sources: list[SourceOut] = Field(description="in the order of the catalogue")


class SectionOut(Schema):
    """A stretch of a document under one heading."""

    heading_path: list[str] = Field(
        description="headings, outermost first", examples=[["Alpha", "Speed"]]
    )
    anchor: str = Field(description="anchor in the original, or ''", examples=["speed"])
    start: int = Field(description="offset in code points", examples=[0])
    end: int = Field(description="offset of its end, exclusive", examples=[400])


class BlockOut(Schema):
    """A heading, paragraph, list item, table row or code listing."""

    kind: BlockKind = Field(description="what it is", examples=["prose"])
    start: int = Field(description="offset in code points", examples=[0])
    end: int = Field(description="offset of its end, exclusive", examples=[80])
    depth: int = Field(description="heading level or nesting of a list item", examples=[0])


class DocumentOut(Schema):
    """A document: clean text, its structure and where it comes from."""

    id: str = Field(description="its id", examples=["d1"])
    source_id: str = Field(description="id of GET /v1/sources", examples=["example-blog"])
    path: str = Field(description="its name inside its source", examples=["alpha.md"])
    title: str = Field(description="its title", examples=["Alpha and Beta"])
    text: str = Field(
        description="the text that offsets count in code points of",
        examples=["Alpha starts in a second."],
    )
    sections: list[SectionOut] = Field(description="they tile the text")
    blocks: list[BlockOut] = Field(description="in order; only white space stands between them")
    url: str = Field(description="its address, or 'unknown'", examples=["https://example.org/a"])
    published: str = Field(description="ISO date of any precision, or 'undated'", examples=["2022"])
    updated: str = Field(description="ISO date of any precision, or 'undated'", examples=["2024"])
    version: str = Field(description="version it documents, or ''", examples=["2.1"])
    subjects: list[str] = Field(description="ids of its subjects", examples=[["alpha"]])
    licence: str = Field(description="licence of the text", examples=["CC-BY-4.0"])

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """A document with its sections and blocks."""
        return cls(
            id=document.id,
            source_id=document.source_id,
            path=document.path,
            title=document.title,
            text=document.text,
            sections=[
                SectionOut(
                    heading_path=list(s.heading_path), anchor=s.anchor, start=s.start, end=s.end
                )
                for s in document.sections
            ],
            blocks=[
                BlockOut(kind=b.kind, start=b.start, end=b.end, depth=b.depth)
                for b in document.blocks
            ],
            url=document.url,
            published=document.published,
            updated=document.updated,
            version=document.version,
            subjects=list(document.subjects),
            licence=document.licence,
        )


class PassageOut(Schema):
    """A slice of one document."""

    id: str = Field(description="its id", examples=["p1"])
    document_id: str = Field(description="for GET /v1/documents/{id}", examples=["d1"])
    start: int = Field(description="offset in code points", examples=[0])
    end: int = Field(description="offset of its end, exclusive", examples=[400])
    heading_path: list[str] = Field(description="headings above it", examples=[["Performance"]])
    anchor: str = Field(description="anchor in the original, or ''", examples=["performance"])
    text: str = Field(description="its text", examples=["Alpha starts in a second."])
    table_header: str = Field(
        description="header row above a passage that starts inside a table, or ''", examples=[""]
    )
    subjects: list[str] = Field(description="ids of its subjects", examples=[["alpha"]])

    @classmethod
    def from_passage(cls, passage: Passage) -> Self:
        """A passage, every field."""
        return cls(
            id=passage.id,
            document_id=passage.document_id,
            start=passage.start,
            end=passage.end,
            heading_path=list(passage.heading_path),
            anchor=passage.anchor,
            text=passage.text,
            table_header=passage.table_header,
            subjects=list(passage.subjects),
        )


class SurroundedPassageOut(Schema):
    """A passage with its neighbours in the same document."""

    passage: PassageOut = Field(description="the one asked for")
    previous: PassageOut | None = Field(description="the one before, if any")
    next: PassageOut | None = Field(description="the one after, if any")


class IndexOut(Schema):
    """The index that answers, and what the builder is doing to bring it up to date.

    Where `state` is not 'sound', `damage` says what is wrong and what to do. An older generation
    may answer then, or the one in memory; `answering` is '' where nothing can answer.
    """

    generation: str = Field(
        description="the generation told about here", examples=["000001-0123abcd"]
    )
    state: Literal["sound", "damaged", "newer"] = Field(
        description="whether the live index is sound, or a newer ragbot built it",
        examples=["sound"],
    )
    answering: str = Field(
        description="the generation that answers now, '' for none", examples=["000001-0123abcd"]
    )
    damaged: str = Field(description="the damaged generation, '' for none", examples=[""])
    damage: str = Field(description="what is damaged and what to do, or ''", examples=[""])
    damaged_since: str = Field(
        description="when the damage was found, ISO in UTC, or ''", examples=[""]
    )
    damages: int = Field(
        description="how often damage was found since the service began", examples=[0]
    )
    built: str = Field(description="when, ISO in UTC", examples=["2026-01-31T12:00:00+00:00"])
    documents: int = Field(description="documents in it", examples=[4])
    passages: int = Field(description="passages in it", examples=[76])
    statements: int = Field(description="statements in it", examples=[311])
    encoder: str = Field(description="the encoder it was built with", examples=["all-MiniLM-L6-v2"])
    stage: str = Field(
        description="what the builder is doing in the background, '' where it waits",
        examples=["Encoding passages"],
    )
    done: int = Field(description="steps of the stage done", examples=[1024])
    total: int | None = Field(description="steps of the stage, where known", examples=[18970])
    message: str = Field(
        description="how the last background build ended, '' where none did",
        examples=["Generation 000002-4567cdef built"],
    )
    ended: str = Field(
        description="when it ended, ISO in UTC, '' where none did",
        examples=["2026-01-31T12:20:00+00:00"],
    )


class SubjectOut(Schema):
    """Something that can be compared."""

    id: str = Field(description="its id", examples=["alpha"])
    name: str = Field(description="its name for a reader", examples=["Alpha"])
    aliases: list[str] = Field(description="other names it is known by", examples=[["alpha-js"]])
    symbols: list[str] = Field(
        description="prefixes of its programming names", examples=[["alpha.", "al."]]
    )


class AspectOut(Schema):
    """Something that subjects can be compared on."""

    id: str = Field(description="its id", examples=["speed"])
    name: str = Field(description="its name for a reader", examples=["Speed"])
    description: str = Field(description="one sentence", examples=["How fast it runs."])
    words: list[str] = Field(description="words that ask for it", examples=[["fast", "quick"]])


class SubjectsOut(Schema):
    """What can be compared, and on what."""

    subjects: list[SubjectOut] = Field(description="the columns a table can have")
    aspects: list[AspectOut] = Field(description="the rows a table can have")

    @classmethod
    def from_guide(cls, guide: Guide) -> Self:
        """The subjects and aspects of a guide."""
        return cls(
            subjects=[
                SubjectOut(id=s.id, name=s.name, aliases=list(s.aliases), symbols=list(s.symbols))
                for s in guide.subjects
            ],
            aspects=[
                AspectOut(id=a.id, name=a.name, description=a.description, words=list(a.words))
                for a in guide.aspects
            ],
        )
