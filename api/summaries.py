"""What a language model made of an answer, as JSON, and as events while it is written."""

from collections.abc import AsyncIterator
from typing import Self

from pydantic import Field

from api.claims import ClaimOut
from api.schemas import Schema
from ragbot.types import Cited, Summary, SummaryStatus


class SummaryOut(Schema):
    """The answer in a model's words: only sentences that its quotes bear out, each with numbers."""

    model: str = Field(description="the model", examples=["small-model"])
    status: SummaryStatus = Field(
        description="what became of it; where it is not `written`, the quotes stand by themselves",
        examples=["written"],
    )
    note: str = Field(
        description="the same in words",
        examples=["Put in words by small-model: 2 of 3 sentences; 1 left out."],
    )
    sentences: list[ClaimOut] = Field(
        description="those that were kept; one with an aspect is for that cell"
    )
    kept: int = Field(description="sentences kept", examples=[2])
    dropped: int = Field(description="sentences that no quote bears out", examples=[1])
    faults: list[str] = Field(
        description="what was wrong with each one dropped", examples=[["number"]]
    )

    @classmethod
    def from_summary(cls, summary: Summary, cited: Cited) -> Self:
        """A summary whose sentences are numbered like the rest of the answer."""
        return cls(
            model=summary.model,
            status=summary.status,
            note=summary.note,
            sentences=[ClaimOut.from_claim(claim, cited) for claim in summary.sentences],
            kept=len(summary.sentences),
            dropped=len(summary.dropped),
            faults=list(summary.dropped),
        )


async def events(
    answer: str, summaries: AsyncIterator[Summary] | None, cited: Cited
) -> AsyncIterator[str]:
    """Server-sent events: the answer (JSON) at once, then its summary each time it has grown."""
    yield _event("answer", answer)
    if summaries is not None:
        async for summary in summaries:
            yield _event("summary", SummaryOut.from_summary(summary, cited).model_dump_json())


def _event(name: str, body: str) -> str:
    return f"event: {name}\ndata: {body}\n\n"
