"""The routes: each takes a request apart, asks the assistant and mirrors what it says."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.answers import AnswerOut
from api.builder import Builder
from api.hits import HitOut, SearchOut
from api.holdings import (
    DocumentOut,
    IndexOut,
    PassageOut,
    SourceOut,
    SourcesOut,
    SubjectsOut,
    SurroundedPassageOut,
)
from api.problems import declared
from api.schemas import AskIn, CompareIn, SearchIn
from api.staff import done_by, staff_of
from api.standing import Standing
from api.streams import EVENTS, streamed
from api.summaries import events
from ragbot.assistant import Assistant
from ragbot.index.content import blaming
from ragbot.types import Answer

_POSTED: Final = declared(400, 413, 415, 422, 500, 503)
_STREAMED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {EVENTS: {"schema": {"type": "string"}}}}
}
_LISTED: Final = declared(500, 503)
_NAMED: Final = declared(404, 422, 500, 503)

Id = Annotated[
    str, Path(alias="id", max_length=300, description="an id from a citation or a search")
]

v1 = APIRouter(prefix="/v1")


@v1.post(
    "/ask",
    response_model=AnswerOut,
    responses=_POSTED | _STREAMED,
    tags=["answers"],
    summary="Answer a question",
)
async def ask(
    body: AskIn, request: Request, accept: Annotated[str, Header(include_in_schema=False)] = ""
) -> Response:
    """Answers from the documents, with a numbered quote for every statement, or refuses.

    Asked for `text/event-stream` it sends the answer at once (event `answer`) and then, where there
    is a language model, its summary each time it has grown (event `summary`).
    """
    history = [turn.to_turn() for turn in body.history]
    filters = body.to_filters(body.subjects)
    return await _answered(
        request,
        lambda assistant: assistant.ask(body.question, history, filters),
        summary=body.summary,
        as_events=EVENTS in accept,
    )


@v1.post(
    "/compare",
    response_model=AnswerOut,
    responses=_POSTED,
    tags=["answers"],
    summary="Fill a table",
)
async def compare(body: CompareIn, request: Request) -> Response:
    """Compares subjects on aspects, without a question to understand."""
    filters = body.to_filters()
    return await _answered(
        request,
        lambda assistant: assistant.compare(body.subjects, body.aspects, filters),
        summary=body.summary,
    )


@v1.post(
    "/search",
    response_model=SearchOut,
    responses=_POSTED,
    tags=["documents"],
    summary="Find passages",
)
async def search(body: SearchIn, request: Request) -> Response:
    """Finds the passages nearest to a query, best first."""

    def found(assistant: Assistant) -> Response:
        hits = assistant.search(body.query, body.limit, body.to_filters(body.subjects))
        of = assistant.generation.library.document
        found = [HitOut.from_hit(hit, of(hit.passage.document_id)) for hit in hits]
        return _json(SearchOut(generation=assistant.generation.name, hits=found))

    return await done_by(staff_of(request).answers, request, found)


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


async def _answered(
    request: Request,
    answering: Callable[[Assistant], Answer],
    *,
    summary: bool,
    as_events: bool = False,
) -> Response:
    """The answer as JSON, or as events, with its summary where that is wanted."""

    def first(assistant: Assistant) -> tuple[Assistant, Answer, str]:
        answer = answering(assistant)
        return assistant, answer, AnswerOut.from_answer(answer).model_dump_json()

    staff = staff_of(request)
    assistant, answer, text = await done_by(staff.answers, request, first)

    def summed_up(_: Assistant) -> str:
        summed = assistant.summarised(answer)
        return AnswerOut.from_answer(summed).model_dump_json() if summed.summary else text

    if as_events:
        written = assistant.summaries(answer) if summary else None
        summaries = staff.summaries.each(written) if written else None
        seconds = request.app.state.settings.comment_seconds
        return streamed(events(text, summaries, answer.cited()), seconds)
    if summary:
        text = await done_by(staff.summaries, request, summed_up)
    return Response(text, media_type="application/json")


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
