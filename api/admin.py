"""What admins may do over HTTP: fetch, build, switch generations, remove a source.

What takes long is run in the background, one thing at a time; `GET /v1/index` tells how far it is,
and the audit log how it ended.
"""

from collections.abc import Callable
from typing import Annotated, Final, Self

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.audit import Audit, AuditEntry, now
from api.builder import Builder, Order
from api.guard import key_of
from api.outside import told
from api.problems import ProblemError, declared
from api.schemas import Name, Schema
from ragbot.encoder import identify
from ragbot.errors import BuildError, RagbotError
from ragbot.index.kept import Kept, kept, switch
from ragbot.settings import Settings

_REFUSED: Final = (401, 403, 500, 503)

admin = APIRouter(prefix="/v1/admin", tags=["admin"])

SourceId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9._-]+$", max_length=300, description="an id of GET /v1/sources")
]


class SyncIn(Schema):
    """Which sources to fetch."""

    sources: list[Name] = Field(
        default_factory=list, max_length=200, description="ids; none: all", examples=[[]]
    )


class BuildIn(Schema):
    """How to build."""

    sync: bool = Field(False, description="fetch all sources first", examples=[False])
    force: bool = Field(False, description="even if nothing has changed", examples=[False])
    yes: bool = Field(
        False, description="make it live however many documents it takes away", examples=[False]
    )


class ActivateIn(Schema):
    """Which generation to make live."""

    generation: Name = Field(description="its name or number", examples=["000002"])


class RollbackIn(Schema):
    """Nothing: the generation before the live one is meant."""


class BegunOut(Schema):
    """Something goes on in the background."""

    begun: str = Field(description="what", examples=["build"])


class LiveOut(Schema):
    """The generation that is live now; the service opens it within seconds."""

    generation: str = Field(description="its name", examples=["000002-4567cdef"])


class GenerationOut(Schema):
    """A generation that is kept."""

    name: str = Field(description="its name", examples=["000002-4567cdef"])
    live: bool = Field(description="whether it is live", examples=[True])
    built: str = Field(description="when, ISO in UTC", examples=["2026-01-31T12:00:00+00:00"])
    documents: int = Field(description="documents in it", examples=[4])
    passages: int = Field(description="passages in it", examples=[76])
    bytes: int = Field(description="what it takes on the disk", examples=[1200000])
    fault: str = Field(description="what is wrong with it, or ''", examples=[""])

    @classmethod
    def of(cls, one: Kept) -> Self:
        """A generation of the index folder."""
        return cls(
            name=one.name,
            live=one.live,
            built=one.built,
            documents=one.documents,
            passages=one.passages,
            bytes=one.bytes,
            fault=told(one.fault),
        )


class GenerationsOut(Schema):
    """All generations, the newest first."""

    generations: list[GenerationOut] = Field(description="the newest first")


class AuditOut(Schema):
    """What admins did, the newest first."""

    entries: list[AuditEntry] = Field(description="the newest first")


@admin.post(
    "/sync", status_code=202, responses=declared(400, 409, 413, 415, 422, *_REFUSED),
    summary="Fetch sources",
)  # fmt: skip
async def sync(body: SyncIn, request: Request) -> BegunOut:
    """Fetches the documents of the named sources, or of all; `build` indexes them."""
    names = [name for name in body.sources if name.strip()]
    return _ordered(request, "sync", " ".join(names), ("sync", "--", *names))


@admin.post(
    "/build", status_code=202, responses=declared(400, 409, 413, 415, 422, *_REFUSED),
    summary="Build the index",
)  # fmt: skip
async def build(body: BuildIn, request: Request) -> BegunOut:
    """Builds the index and makes it live, where it is no worse than the live one."""
    flags = [f"--{name}" for name in ("sync", "force", "yes") if getattr(body, name)]
    return _ordered(request, "build", " ".join(flags), ("build", *flags, "--progress", "json"))


@admin.delete(
    "/sources/{source}", status_code=202, responses=declared(409, 422, *_REFUSED),
    summary="Remove a source",
)  # fmt: skip
async def remove(source: SourceId, request: Request) -> BegunOut:
    """Removes a source from the catalogue and what was fetched of it, and builds."""
    return _ordered(request, "remove", source, ("remove", "--", source))


@admin.get("/generations", responses=declared(*_REFUSED), summary="List the generations")
async def generations(request: Request) -> GenerationsOut:
    """Lists the generations that are kept, the newest first."""
    found = await run_in_threadpool(kept, _settings(request).index)
    return GenerationsOut(generations=[GenerationOut.of(one) for one in found])


@admin.post(
    "/activate", responses=declared(400, 409, 413, 415, 422, *_REFUSED),
    summary="Make a generation live",
)  # fmt: skip
async def activate(body: ActivateIn, request: Request) -> LiveOut:
    """Makes a kept generation live, after checking it."""
    return await _switched(request, "activate", lambda: body.generation)


@admin.post(
    "/rollback", responses=declared(400, 409, 413, 415, 422, *_REFUSED),
    summary="Go back a generation",
)  # fmt: skip
async def rollback(body: RollbackIn, request: Request) -> LiveOut:  # noqa: ARG001 - JSON is asked for
    """Makes the newest sound generation before the live one live."""

    def before() -> str:
        found = kept(_settings(request).index)
        live = next((at for at, one in enumerate(found) if one.live), -1)
        older = [one.name for one in found[live + 1 :] if not one.fault] if live >= 0 else []
        if not older:
            raise BuildError("there is no older generation to go back to")
        return older[0]

    return await _switched(request, "rollback", before)


@admin.get("/audit", responses=declared(422, *_REFUSED), summary="Tell what was done")
async def audited(
    request: Request, limit: Annotated[int, Query(ge=1, le=1000, description="at most")] = 100
) -> AuditOut:
    """Tells what admins did over HTTP, the newest first."""
    return AuditOut(entries=await run_in_threadpool(_audit(request).last, limit))


def _ordered(request: Request, what: str, about: str, arguments: tuple[str, ...]) -> BegunOut:
    note = _noting(request, what, about)

    def ended(good: bool, words: str) -> None:
        note("done" if good else "failed", words)

    builder: Builder = request.app.state.builder
    if not builder.order(Order(arguments, ended)):
        detail = "Something is being built or fetched already; GET /v1/index tells how far it is."
        note("failed", detail)
        raise ProblemError(409, detail, kind="urn:ragbot:busy", title="Not at the same time")
    note("begun", "")
    return BegunOut(begun=what)


async def _switched(request: Request, what: str, wanted: Callable[[], str]) -> LiveOut:
    settings = _settings(request)

    def switched() -> str:
        return switch(settings.index, wanted(), identify(settings).weights)

    try:
        name = await run_in_threadpool(switched)
    except RagbotError as error:
        _noting(request, what, "")("failed", told(str(error)))
        raise ProblemError(409, told(str(error)), kind="urn:ragbot:generation") from error
    _noting(request, what, name)("done", f"Generation {name} is live.")
    return LiveOut(generation=name)


def _noting(request: Request, what: str, about: str) -> Callable[[str, str], None]:
    """Writes about an action into the audit log: its outcome, and that in words."""
    key = key_of(request.scope)
    who = key.name if key else ""
    address = request.client.host if request.client else ""
    audit = _audit(request)

    def note(outcome: str, detail: str) -> None:
        entry = {"at": now(), "who": who, "address": address, "what": what, "about": about[:300]}
        audit.write(AuditEntry.model_validate(entry | {"outcome": outcome, "detail": detail}))

    return note


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _audit(request: Request) -> Audit:
    audit: Audit = request.app.state.audit
    return audit
