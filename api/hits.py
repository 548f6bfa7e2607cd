"""What a search finds, as JSON."""

from typing import Self

from pydantic import Field

from api.holdings import PassageOut
from api.schemas import Schema
from ragbot.types import Document, Hit, Reason


class ContributionOut(Schema):
    """A part of a hit's score."""

    reason: Reason = Field(description="what gave it")
    score: float = Field(description="how much; the parts add up to the score", examples=[0.31])


class HitOut(Schema):
    """A passage found, and what put it there."""

    passage: PassageOut = Field(description="the passage")
    title: str = Field(description="title of its document", examples=["Alpha and Beta"])
    url: str = Field(description="its address, or 'unknown'", examples=["https://example.org/a"])
    score: float = Field(description="fused score; larger is better", examples=[0.031])
    dense_rank: int | None = Field(description="rank by meaning, from 1", examples=[1])
    dense_score: float | None = Field(description="cosine similarity", examples=[0.71])
    lexical_rank: int | None = Field(description="rank by words, from 1", examples=[2])
    lexical_score: float | None = Field(description="BM25 score", examples=[8.4])
    parts: list[ContributionOut] = Field(description="what the score is made of")
    ahead: int = Field(description="places gained by the share of its subject", examples=[0])
    said: str = Field(
        description="its statement nearest to the query",
        examples=["Alpha saves a model in one file."],
    )

    @classmethod
    def from_hit(cls, hit: Hit, document: Document) -> Self:
        """A hit with its passage, which is of that document."""
        return cls(
            passage=PassageOut.from_passage(hit.passage),
            title=document.title,
            url=document.url,
            score=hit.score,
            dense_rank=hit.dense_rank,
            dense_score=hit.dense_score,
            lexical_rank=hit.lexical_rank,
            lexical_score=hit.lexical_score,
            parts=[ContributionOut(reason=p.reason, score=p.score) for p in hit.parts],
            ahead=hit.ahead,
            said=hit.said,
        )


class SearchOut(Schema):
    """The passages found, best first."""

    generation: str = Field(description="the index searched", examples=["000001-0123abcd"])
    hits: list[HitOut] = Field(description="best first")
