"""What the service answers: an `Answer` of the library as JSON, quotes numbered once."""

from typing import Self

from pydantic import Field

from api.addresses import AddressOut
from api.beside import SideBySideOut
from api.claims import ClaimOut
from api.conflicts import ConflictOut
from api.questions import QuestionOut
from api.schemas import Schema
from api.summaries import SummaryOut
from ragbot.answer.plain import in_words
from ragbot.types import (
    Answer,
    Authority,
    BlockKind,
    Cell,
    CellStatus,
    Citation,
    Cited,
    Fact,
    FactKind,
    Refusal,
    SourceKind,
)


class FactOut(Schema):
    """What the document says of the standing of what is quoted."""

    kind: FactKind = Field(description="what is said", examples=["deprecated"])
    detail: str = Field(description="what is added to it, or ''", examples=["since 2.0"])
    text: str = Field(description="both in words", examples=["deprecated since 2.0"])

    @classmethod
    def from_fact(cls, fact: Fact) -> Self:
        """A fact with its words."""
        return cls(kind=fact.kind, detail=fact.detail, text=in_words(fact))


class CitationOut(Schema):
    """A numbered quote with everything a reader needs to open and weigh it."""

    number: int = Field(description="what claims refer to, from 1", examples=[1])
    quote: str = Field(
        description="the exact characters of the document", examples=["Alpha starts in a second."]
    )
    start: int = Field(description="offset of the quote in code points", examples=[120])
    end: int = Field(description="offset of the quote's end, exclusive", examples=[145])
    block: BlockKind = Field(description="what the quote is in its document", examples=["prose"])
    label: str = Field(
        description="what has to be seen beside the quote, such as a table cell's row and column",
        examples=["Start-up time | Alpha"],
    )
    document_id: str = Field(description="for GET /v1/documents/{id}", examples=["d1"])
    passage_id: str = Field(description="for GET /v1/passages/{id}", examples=["p1"])
    title: str = Field(description="title of the document", examples=["Alpha and Beta"])
    section: list[str] = Field(
        description="headings above the quote, outermost first", examples=[["Performance"]]
    )
    url: str = Field(
        description="address of the original, with a text fragment where that scrolls to the "
        "quote; 'unknown' where there is none",
        examples=["https://example.org/alpha#:~:text=Alpha%20starts"],
    )
    path: str = Field(
        description="the document's path in its source, as the corpus has it", examples=["alpha.md"]
    )
    place: str = Field(
        description="where to find the document: its address, or its path where it has none of "
        "its own ('url' may then be that of the site as a whole)",
        examples=["https://example.org/alpha#:~:text=Alpha%20starts"],
    )
    source_id: str = Field(description="id of GET /v1/sources", examples=["example-blog"])
    publisher: str = Field(description="who published it", examples=["Example Blog"])
    author: str = Field(description="who wrote it, or 'unknown'", examples=["A. Writer"])
    authority: Authority = Field(description="who speaks", examples=["independent"])
    kind: SourceKind = Field(
        description="what the source is; a digest retells its original in our own words",
        examples=["article"],
    )
    published: str = Field(description="ISO date of any precision, or 'undated'", examples=["2022"])
    updated: str = Field(description="ISO date of any precision, or 'undated'", examples=["2024"])
    version: str = Field(description="version the text documents, or ''", examples=["2.1"])
    licence: str = Field(description="licence of the text", examples=["CC-BY-4.0"])
    facts: list[FactOut] = Field(description="what holds of the quoted words: deprecated, new ...")
    also_at: list[AddressOut] = Field(description="other places of the same text, which count once")

    @classmethod
    def from_citation(cls, citation: Citation) -> Self:
        """A citation and its evidence, flat."""
        evidence = citation.evidence
        return cls(
            number=citation.number,
            quote=evidence.quote,
            start=evidence.start,
            end=evidence.end,
            block=evidence.kind,
            label=evidence.label,
            document_id=evidence.document_id,
            passage_id=evidence.passage_id,
            title=citation.title,
            section=list(citation.section),
            url=citation.url,
            path=citation.path,
            place=citation.place,
            source_id=citation.source_id,
            publisher=citation.publisher,
            author=citation.author,
            authority=citation.authority,
            kind=citation.kind,
            published=citation.published,
            updated=citation.updated,
            version=citation.version,
            licence=citation.licence,
            facts=[FactOut.from_fact(fact) for fact in citation.facts],
            also_at=[AddressOut.from_address(address) for address in citation.also_at],
        )


class CellOut(Schema):
    """What the sources say about one subject and one aspect."""

    subject: str = Field(description="id of the column", examples=["alpha"])
    aspect: str = Field(description="id of the row", examples=["speed"])
    status: CellStatus = Field(description="whether any source says it", examples=["supported"])
    claims: list[ClaimOut] = Field(description="what is said; empty without evidence")

    @classmethod
    def from_cell(cls, cell: Cell, cited: Cited) -> Self:
        """A cell with its claims."""
        claims = [ClaimOut.from_claim(claim, cited) for claim in cell.claims]
        return cls(subject=cell.subject, aspect=cell.aspect, status=cell.status, claims=claims)


class CoverageOut(Schema):
    """How much of the table is filled, and by how many independent documents."""

    cells: int = Field(description="cells of the table", examples=[2])
    supported: int = Field(description="cells that a source fills", examples=[1])
    documents: int = Field(description="documents quoted", examples=[1])
    words_quoted: int = Field(description="words in all quotes", examples=[5])


class RefusalOut(Schema):
    """Why there is no answer, and the passages that came nearest."""

    reason: str = Field(description="in plain words", examples=["No document speaks of Gamma."])
    near_miss: bool = Field(
        description="whether the sources speak of its subject, though none says what is asked",
        examples=[False],
    )
    nearest: list[CitationOut] = Field(description="the passages that came nearest")

    @classmethod
    def from_refusal(cls, refusal: Refusal) -> Self:
        """A refusal with its nearest passages."""
        nearest = [CitationOut.from_citation(citation) for citation in refusal.nearest]
        return cls(reason=refusal.reason, near_miss=refusal.near_miss, nearest=nearest)


class AnswerOut(Schema):
    """What was asked and what the sources say; every statement is a quote that can be opened."""

    question: QuestionOut = Field(description="the question as it was understood")
    lead: list[ClaimOut] = Field(description="the answer in one to three quotes")
    lead_note: str = Field(
        description="how to take the lead, in words, or ''",
        examples=["No source decides this; the nearest it comes:"],
    )
    cells: list[CellOut] = Field(description="the table, row by row")
    findings: list[ClaimOut] = Field(description="quotes for a question that asks for no table")
    citations: list[CitationOut] = Field(description="every quote, numbered from 1")
    coverage: CoverageOut = Field(description="how much of the table is filled")
    refusal: RefusalOut | None = Field(description="set when there is nothing to answer")
    generation: str = Field(description="the index that answered", examples=["000001-0123abcd"])
    conflicts: list[ConflictOut] = Field(description="where the sources disagree, sides together")
    steps: list[ClaimOut] = Field(
        description="quotes of one section in the order of the document, where steps are asked for"
    )
    side_by_side: list[SideBySideOut] = Field(
        description="names and their counterparts, for a question that asks for them"
    )
    gaps: list[str] = Field(
        description="what no quote does though the question asks for it, in words",
        examples=[["No quote here speaks of Alpha."]],
    )
    summary: SummaryOut | None = Field(
        description="what a language model made of the quotes; null without one"
    )

    @classmethod
    def from_answer(cls, answer: Answer) -> Self:
        """An answer of the library as JSON; deterministic, nothing is added."""
        cited = answer.cited()
        refusal, coverage, summary = answer.refusal, answer.coverage, answer.summary
        return cls(
            question=QuestionOut.from_question(answer.question),
            lead=[ClaimOut.from_claim(claim, cited) for claim in answer.lead],
            lead_note=answer.lead_note,
            cells=[CellOut.from_cell(cell, cited) for cell in answer.cells],
            findings=[ClaimOut.from_claim(claim, cited) for claim in answer.findings],
            citations=[CitationOut.from_citation(citation) for citation in answer.citations],
            coverage=CoverageOut(
                cells=coverage.cells,
                supported=coverage.supported,
                documents=coverage.documents,
                words_quoted=coverage.words_quoted,
            ),
            refusal=RefusalOut.from_refusal(refusal) if refusal else None,
            generation=answer.generation,
            steps=[ClaimOut.from_claim(claim, cited) for claim in answer.steps],
            side_by_side=[
                SideBySideOut.from_side_by_side(beside, cited) for beside in answer.side_by_side
            ],
            conflicts=[ConflictOut.from_conflict(each, cited) for each in answer.conflicts],
            gaps=list(answer.gaps),
            summary=SummaryOut.from_summary(summary, cited) if summary else None,
        )
