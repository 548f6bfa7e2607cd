"""Disagreements, marks and agreement of an answer as JSON."""

from typing import Self

from pydantic import Field

from api.numbers import numbers_of
from api.schemas import Schema
from ragbot.answer.agreement import in_words
from ragbot.types import (
    Age,
    Agreement,
    Authority,
    Cited,
    Conflict,
    DisagreementKind,
    Mark,
    MarkKind,
    Side,
)


class MarkOut(Schema):
    """Why a claim is not to be read like those beside it."""

    kind: MarkKind = Field(description="which warning", examples=["old"])
    text: str = Field(description="the same in words", examples=["of 2017"])

    @classmethod
    def from_mark(cls, mark: Mark) -> Self:
        """A mark as it is."""
        return cls(kind=mark.kind, text=mark.text)


class AgreementOut(Schema):
    """How many further independent voices say nearly the same; copies count once."""

    voices: dict[Authority, int] = Field(
        description="documents by who speaks", examples=[{"official": 2, "independent": 1}]
    )
    text: str = Field(
        description="the same in words, or ''", examples=["also said by 2 official pages"]
    )

    @classmethod
    def from_agreement(cls, agreement: Agreement) -> Self:
        """An agreement with its words."""
        return cls(voices=dict(agreement.voices), text=in_words(agreement))


class SideOut(Schema):
    """One side of a disagreement."""

    citations: list[int] = Field(description="numbers of its citations", examples=[[1, 4]])
    authority: Authority = Field(description="who speaks", examples=["official"])
    date: str = Field(description="ISO date of any precision, or 'undated'", examples=["2026"])
    age: Age = Field(description="against the other side", examples=["newer"])

    @classmethod
    def from_side(cls, side: Side, cited: Cited) -> Self:
        """A side whose evidence is replaced by citation numbers."""
        return cls(
            citations=numbers_of(side.evidence, cited),
            authority=side.authority,
            date=side.date,
            age=side.age,
        )


class ConflictOut(Schema):
    """A disagreement of the sources about one subject, its two sides side by side."""

    subject: str = Field(description="id of the subject", examples=["alpha"])
    name: str = Field(description="its name as shown", examples=["Alpha"])
    aspect: str | None = Field(
        description="id of the row of the cell it belongs to; null: the whole answer",
        examples=["speed"],
    )
    kind: DisagreementKind = Field(description="in what they disagree", examples=["number"])
    about: str = Field(description="what it is about", examples=["the number of users"])
    sides: list[SideOut] = Field(description="two of them")
    follows: int | None = Field(
        description="which side the answer follows, 0 or 1; null: it stays open", examples=[0]
    )
    why: str = Field(description="why it follows it, or why not", examples=["it is newer"])

    @classmethod
    def from_conflict(cls, conflict: Conflict, cited: Cited) -> Self:
        """A disagreement with the numbers of its citations."""
        return cls(
            subject=conflict.subject,
            name=conflict.name,
            aspect=conflict.aspect,
            kind=conflict.kind,
            about=conflict.about,
            sides=[SideOut.from_side(side, cited) for side in conflict.sides],
            follows=conflict.follows,
            why=conflict.why,
        )
