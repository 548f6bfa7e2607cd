"""What the tools give: small by default, everything with an id by which more can be fetched."""

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import Field

from api.numbers import numbers_of
from api.schemas import Schema
from ragbot.answer.plain import dated
from ragbot.guide import Guide
from ragbot.types import Answer, Citation, Cited, Claim, Hit

_SNIPPET = 300  # characters of a passage in a list


class Quote(Schema):
    """A numbered quote: the exact characters [start, end) of a document."""

    number: int = Field(description="what marks [n] stand for")
    quote: str = Field(description="the exact words")
    title: str = Field(description="title of the document")
    url: str = Field(description="address of the original, or 'unknown'")
    place: str = Field(description="its address, or its path where it has none of its own")
    publisher: str = Field(description="who published it")
    date: str = Field(description="when it was last known to change, and for which version")
    document_id: str = Field(description="for fetch")
    passage_id: str = Field(description="for fetch: the quote with what stands around it")
    start: int = Field(description="offset in code points of the document")
    end: int = Field(description="offset of its end, exclusive")

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """A citation without what few ask for."""
        evidence = citation.evidence
        return cls(
            number=citation.number,
            quote=evidence.quote,
            title=citation.title,
            url=citation.url,
            place=citation.place,
            publisher=citation.publisher,
            date=dated(citation),
            document_id=evidence.document_id,
            passage_id=evidence.passage_id,
            start=evidence.start,
            end=evidence.end,
        )


class Statement(Schema):
    """Something said, with the numbers of the quotes that it is."""

    text: str = Field(description="what is said")
    subject: str | None = Field(description="id of its subject")
    aspect: str | None = Field(description="id of its aspect, where it is of a table")
    quotes: list[int] = Field(description="numbers of its quotes")

    @classmethod
    def of(cls, claim: Claim, cited: Cited) -> Self:
        """A claim."""
        return cls(
            text=claim.text,
            subject=claim.subject,
            aspect=claim.aspect,
            quotes=numbers_of(claim.evidence, cited),
        )


class AnswerResult(Schema):
    """An answer out of the documents, or why there is none."""

    answered: bool = Field(description="false where the documents do not say")
    refusal: str = Field(description="why they do not, or ''")
    understood: str = Field(description="the question, made self-contained")
    statements: list[Statement] = Field(description="in the order of the answer")
    gaps: list[str] = Field(description="what no quote says though it is asked")
    quotes: list[Quote] = Field(description="every quote; of a refusal what came nearest")
    generation: str = Field(description="the index that answered")
    whole: dict[str, Any] | None = Field(
        description="with full: the answer as POST /v1/ask gives it, checks and disagreements too"
    )

    @classmethod
    def of(cls, answer: Answer, whole: dict[str, Any] | None) -> Self:
        """An answer of the library."""
        cited = answer.cited()
        claims: Sequence[Claim] = [
            *answer.lead,
            *(claim for beside in answer.side_by_side for claim in beside.claims()),
            *(claim for cell in answer.cells for claim in cell.claims),
            *answer.steps,
            *answer.findings,
        ]
        refusal = answer.refusal
        return cls(
            answered=refusal is None,
            refusal=refusal.reason if refusal else "",
            understood=answer.question.standalone,
            statements=[Statement.of(claim, cited) for claim in claims],
            gaps=list(answer.gaps),
            quotes=[Quote.of(each) for each in (refusal.nearest if refusal else answer.citations)],
            generation=answer.generation,
            whole=whole,
        )


class Found(Schema):
    """A passage found; its text is cut short, `fetch` has the whole."""

    id: str = Field(description="for fetch")
    title: str = Field(description="title of the document, and the headings above the passage")
    url: str = Field(description="address of the original, or 'unknown'")
    text: str = Field(description="how it begins")
    document_id: str = Field(description="for fetch: the whole document")

    @classmethod
    def of(cls, hit: Hit, title: str, url: str) -> Self:
        """A hit of a search in a document."""
        text = hit.passage.text
        cut = f"{text[:_SNIPPET].rstrip()}..." if len(text) > _SNIPPET else text
        return cls(
            id=hit.passage.id,
            title=" > ".join(dict.fromkeys((title, *hit.passage.heading_path))),
            url=url,
            text=cut,
            document_id=hit.passage.document_id,
        )


class SearchResult(Schema):
    """Passages, best first."""

    results: list[Found] = Field(description="best first")


class FetchResult(Schema):
    """A piece of a document, or a passage."""

    id: str = Field(description="what was fetched")
    kind: Literal["document", "passage"] = Field(description="what it is")
    title: str = Field(description="title of the document")
    url: str = Field(description="address of the original, or 'unknown'")
    text: str = Field(description="the piece")
    offset: int = Field(description="where the piece begins, in code points of the document")
    total: int = Field(description="code points of the document")
    next_offset: int | None = Field(
        description="offset of what follows; null at the end, and of a passage"
    )
    metadata: dict[str, str] = Field(description="source, dates, version, licence, document_id")


class Name(Schema):
    """Something that can be compared, or compared on."""

    id: str = Field(description="its id, for compare")
    name: str = Field(description="its name")


class SubjectsResult(Schema):
    """What can be compared, and on what."""

    subjects: list[Name] = Field(description="for compare")
    aspects: list[Name] = Field(description="for compare")

    @classmethod
    def of(cls, guide: Guide) -> Self:
        """The subjects and aspects of a guide."""
        return cls(
            subjects=[Name(id=each.id, name=each.name) for each in guide.subjects],
            aspects=[Name(id=each.id, name=each.name) for each in guide.aspects],
        )
