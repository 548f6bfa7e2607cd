"""Whether the service lives, and whether it can answer: neither waits for an answer."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from api.problems import declared
from api.schemas import Schema
from api.staff import done_by, staff_of

health = APIRouter()


class Alive(Schema):
    """The process answers."""

    status: str = Field(default="alive", description="always this", examples=["alive"])


class Ready(Schema):
    """An index is open."""

    status: str = Field(default="ready", description="always this", examples=["ready"])
    generation: str = Field(description="the live index", examples=["000001-0123abcd"])


@health.get("/healthz", tags=["health"], summary="Is the process alive?")
async def healthz() -> Alive:
    """Answers as long as the process runs, with or without an index."""
    return Alive()


@health.get(
    "/readyz",
    response_model=Ready,
    responses=declared(500, 503),
    tags=["health"],
    summary="Can it answer?",
)
async def readyz(request: Request) -> Response:
    """Answers 200 once an index is open; before that, a problem that says why not."""
    ready = await done_by(
        staff_of(request).readiness, request, lambda a: Ready(generation=a.generation.name)
    )
    return Response(ready.model_dump_json(), media_type="application/json")
