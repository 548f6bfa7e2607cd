"""Whether the service lives, and whether it can answer: neither waits for an answer."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.desk import Desk
from api.figures import Figures
from api.problems import declared
from api.schemas import Schema
from api.staff import done_by, staff_of

health = APIRouter()


class Alive(Schema):
    """The process answers."""

    status: str = Field(default="alive", description="always this", examples=["alive"])


class Ready(Schema):
    """Questions can be answered; where `status` is another, out of memory or an older index."""

    status: Literal["ready", "damaged", "newer"] = Field(
        default="ready",
        description="'damaged' where the live index is, 'newer' where a newer ragbot built it",
        examples=["ready"],
    )
    generation: str = Field(description="the index that answers", examples=["000001-0123abcd"])
    detail: str = Field(default="", description="what is damaged and what to do", examples=[""])
    since: str = Field(default="", description="when that was found, or ''", examples=[""])


@health.get("/healthz", tags=["health"], summary="Is the process alive?")
async def healthz() -> Alive:
    """Answers as long as the process runs, with or without an index."""
    return Alive()


@health.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses=declared(403, 500),
    tags=["health"],
    summary="Tell the figures",
)
async def metrics(request: Request) -> Response:
    """Tells what Prometheus collects; where keys are on, to admins."""
    figures: Figures = request.app.state.figures
    content, media_type = await run_in_threadpool(figures.written)  # the first takes an import
    return Response(content, headers={"Content-Type": media_type})


@health.get(
    "/readyz",
    response_model=Ready,
    responses=declared(500, 503),
    tags=["health"],
    summary="Can it answer?",
)
async def readyz(request: Request) -> Response:
    """Answers 200 while an index can answer; else a problem that says why none can."""
    state, readiness = request.app.state, staff_of(request).readiness
    desk: Desk = state.desk
    if readiness.stopping or not state.opened:  # to open an index takes seconds
        await done_by(readiness, request, lambda assistant: assistant)
        state.opened = True
    # Right here, in the event loop: where there is much to do, every thread is waited for.
    assistant = desk.assistant()
    standing = desk.standing()
    ready = Ready(
        status="ready" if standing.state == "sound" else standing.state,
        generation=assistant.generation.name,
        detail=standing.words(),
        since=standing.damage.since if standing.damage else "",
    )
    return Response(ready.model_dump_json(), media_type="application/json")
