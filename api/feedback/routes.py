"""The route by which readers say what they think of an answer."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api import request_ids
from api.feedback.store import Feedback, FeedbackStore
from api.problems import declared
from api.schemas import Name, Schema, Text

feedback = APIRouter(prefix="/v1", tags=["answers"])


class CellIn(Schema):
    """A cell of the answer's table."""

    subject: Name = Field(description="id of the column", examples=["alpha"])
    aspect: Name = Field(description="id of the row", examples=["speed"])


class FeedbackIn(Schema):
    """What is thought of an answer."""

    answer: Annotated[
        str, Field(pattern=f"^{request_ids.CHARACTERS}+$", max_length=request_ids.LONGEST)
    ] = Field(description="the header X-Request-ID of the answer", examples=["4f1c"])
    verdict: Literal["up", "down"] = Field(description="good or not", examples=["down"])
    cell: CellIn | None = Field(None, description="the cell that is meant; null: all of it")
    claim: int = Field(
        0,
        ge=0,
        le=10_000,
        description="number of the citation that is meant; 0: none",
        examples=[0],
    )
    word: Annotated[Text, Field(max_length=1000)] = Field(
        "", description="why, in a word", examples=["This is of an old version."]
    )


class FeedbackOut(Schema):
    """It is kept."""

    kept: Literal[True] = Field(default=True, description="always true", examples=[True])


@feedback.post(
    "/feedback",
    status_code=201,
    responses=declared(400, 413, 415, 422, 500, 503),
    summary="Say what you think of an answer",
)
async def say(body: FeedbackIn, request: Request) -> FeedbackOut:
    """Keeps what is thought of an answer, for those who look after the documents."""
    store: FeedbackStore = request.app.state.feedback
    cell = body.cell
    said = Feedback(
        body.answer,
        body.verdict,
        cell.subject if cell else "",
        cell.aspect if cell else "",
        body.claim,
        body.word,
    )
    await run_in_threadpool(store.add, said)
    return FeedbackOut()
