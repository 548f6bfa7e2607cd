"""A statement of an answer as JSON: its checks, and the numbers of its citations."""

from typing import Self

from pydantic import Field

from api.conflicts import AgreementOut, MarkOut
from api.numbers import numbers_of
from api.schemas import Schema
from ragbot.types import Cited, Claim


class CheckOut(Schema):
    """One mechanical check of a claim."""

    name: str = Field(description="which check", examples=["quote"])
    passed: bool = Field(description="its outcome", examples=[True])
    detail: str = Field(description="what was compared", examples=["the quote is in the document"])


class ClaimOut(Schema):
    """One statement with the numbers of the citations that support it."""

    text: str = Field(description="the statement", examples=["Alpha starts in a second."])
    subject: str | None = Field(description="id of its subject", examples=["alpha"])
    aspect: str | None = Field(description="id of its aspect", examples=["speed"])
    citations: list[int] = Field(description="numbers of its citations", examples=[[1]])
    checks: list[CheckOut] = Field(description="the checks it went through")
    marks: list[MarkOut] = Field(description="why not to read it like those beside it: old ...")
    agreement: AgreementOut = Field(description="who else says nearly the same")

    @classmethod
    def from_claim(cls, claim: Claim, cited: Cited) -> Self:
        """A claim whose evidence is replaced by citation numbers."""
        return cls(
            text=claim.text,
            subject=claim.subject,
            aspect=claim.aspect,
            citations=numbers_of(claim.evidence, cited),
            checks=[CheckOut(name=c.name, passed=c.passed, detail=c.detail) for c in claim.checks],
            marks=[MarkOut.from_mark(mark) for mark in claim.marks],
            agreement=AgreementOut.from_agreement(claim.agreement),
        )
