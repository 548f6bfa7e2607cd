"""The routes that look something up in the index, or tell about it."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.builder import Builder
from api.holdings import (
    DocumentOut,
    IndexOut,
    PassageOut,
    SourceOut,
    SourcesOut,
    SubjectsOut,
    SurroundedPassageOut,
)
from api.names import NamesOut
from api.problems import declared
from api.staff import done_by, staff_of
from api.standing import Standing
from ragbot.assistant import Assistant
from ragbot.index.content import blaming

_LISTED: Final = declared(500, 503)
_NAMED: Final = declared(404, 422, 500, 503)

Id = Annotated[
    str, Path(alias="id", max_length=300, description="an id from a citation or a search")
]

v1 = APIRouter(prefix="/v1")


@v1.get(
    "/index",
    response_model=IndexOut,
    responses=_LISTED,
    tags=["documents"],
    summary="Tell about the index",
)
async def index(request: Request) -> Response:
    """Tells what answers, whether it is sound, and how far a build in the background is."""
    builder: Builder = request.app.state.builder

    def told(assistant: Assistant) -> IndexOut:
        manifest, progress = assistant.generation.manifest, builder.progress
        standing: Standing = request.app.state.desk.standing()
        return IndexOut(
            generation=manifest.name,
            **standing.told(),
            built=manifest.built,
            documents=manifest.counts.documents,
            passages=manifest.counts.passages,
            statements=manifest.counts.statements,
            encoder=manifest.encoder.name,
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            message=progress.message,
            ended=progress.at,
        )

    return await _looked_up(request, told, held=True)


@v1.get(
    "/sources",
    response_model=SourcesOut,
    responses=_LISTED,
    tags=["documents"],
    summary="List the sources",
)
async def sources(request: Request) -> Response:
    """Lists every source of the live index and how much of it is held."""

    def listed(assistant: Assistant) -> SourcesOut:
        library = assistant.generation.library
        counts = library.source_counts()
        return SourcesOut(
            generation=assistant.generation.name,
            sources=[SourceOut.from_source(s, counts.get(s.id, (0, 0))) for s in library.sources()],
        )

    return await _looked_up(request, listed)


@v1.get(
    "/documents/{id:path}",
    response_model=DocumentOut,
    responses=_NAMED,
    tags=["documents"],
    summary="Open a document",
)
async def document(name: Id, request: Request) -> Response:
    """Gives the text that citations count in, with its structure."""
    return await _looked_up(
        request, lambda a: DocumentOut.from_document(a.generation.library.document(name))
    )


@v1.get(
    "/passages/{id:path}",
    response_model=SurroundedPassageOut,
    responses=_NAMED,
    tags=["documents"],
    summary="Open a passage",
)
async def passage(name: Id, request: Request) -> Response:
    """Gives a passage with the ones before and after it in the same document."""

    def opened(assistant: Assistant) -> SurroundedPassageOut:
        library = assistant.generation.library
        found = library.passage(name)
        previous, following = library.surroundings(name)
        return SurroundedPassageOut(
            passage=PassageOut.from_passage(found),
            previous=PassageOut.from_passage(previous) if previous else None,
            next=PassageOut.from_passage(following) if following else None,
        )

    return await _looked_up(request, opened)


@v1.get(
    "/subjects",
    response_model=SubjectsOut,
    responses=_LISTED,
    tags=["documents"],
    summary="List what can be compared",
)
async def subjects(request: Request) -> Response:
    """Lists the subjects and the aspects that questions can name."""
    return await _looked_up(request, lambda a: SubjectsOut.from_guide(a.guide), held=True)


@v1.get(
    "/names",
    response_model=NamesOut,
    responses=declared(400, 422, 500, 503),
    tags=["documents"],
    summary="Suggest names",
)
async def names(
    request: Request,
    q: Annotated[str, Query(max_length=500, description="a name, the beginning of one, or words")],
    limit: Annotated[int, Query(ge=1, le=50, description="how many names at most")] = 10,
) -> Response:
    """Names of the API references that a text means or begins, likeliest first."""
    return await _looked_up(request, lambda a: NamesOut.from_text(a, q, limit))


async def _looked_up(
    request: Request, work: Callable[[Assistant], BaseModel], *, held: bool = False
) -> Response:
    """What is read out of the index, as JSON; `held`: of what is in memory."""

    def read(assistant: Assistant) -> Response:
        with blaming(assistant.generation):
            return _json(work(assistant))

    return await done_by(staff_of(request).lookups, request, read, held=held)


def _json(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")
