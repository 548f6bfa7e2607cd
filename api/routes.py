"""The routes: each takes a request apart, asks the assistant and mirrors what it says."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from api.answers import AnswerOut
from api.builder import Builder
from api.desk import Desk
from api.hits import HitOut, SearchOut
from api.holdings import (
    AspectOut,
    DocumentOut,
    IndexOut,
    PassageOut,
    SourceOut,
    SourcesOut,
    SubjectOut,
    SubjectsOut,
    SurroundedPassageOut,
)
from api.problems import declared
from api.schemas import AskIn, CompareIn, Schema, SearchIn
from api.summaries import EVENTS, events
from ragbot.assistant import Assistant

_POSTED: Final = declared(400, 413, 415, 422, 500, 503)
_STREAMED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {EVENTS: {"schema": {"type": "string"}}}}
}
_LISTED: Final = declared(500, 503)
_NAMED: Final = declared(404, 422, 500, 503)


def at_desk(request: Request) -> Assistant:
    """The assistant of the app that was asked; runs in the threadpool, as it may open an index."""
    desk: Desk = request.app.state.desk
    return desk.assistant()


Asked = Annotated[Assistant, Depends(at_desk)]
Id = Annotated[
    str, Path(alias="id", max_length=300, description="an id from a citation or a search")
]

v1 = APIRouter(prefix="/v1")
health = APIRouter()


@v1.post(
    "/ask",
    response_model=AnswerOut,
    responses=_POSTED | _STREAMED,
    tags=["answers"],
    summary="Answer a question",
)
def ask(
    body: AskIn, assistant: Asked, accept: Annotated[str, Header(include_in_schema=False)] = ""
) -> Response | AnswerOut:
    """Answers from the documents, with a numbered quote for every statement, or refuses.

    Asked for `text/event-stream` it sends the answer at once (event `answer`) and then, where there
    is a language model, its summary each time it has grown (event `summary`).
    """
    history = [turn.to_turn() for turn in body.history]
    answer = assistant.ask(body.question, history, body.to_filters(body.subjects))
    if EVENTS in accept:
        summaries = assistant.summaries(answer) if body.summary else iter(())
        sent = events(AnswerOut.from_answer(answer), summaries, answer.cited())
        return StreamingResponse(sent, media_type=EVENTS, headers={"Cache-Control": "no-store"})
    return AnswerOut.from_answer(assistant.summarised(answer) if body.summary else answer)


@v1.post("/compare", responses=_POSTED, tags=["answers"], summary="Fill a table")
def compare(body: CompareIn, assistant: Asked) -> AnswerOut:
    """Compares subjects on aspects, without a question to understand."""
    answer = assistant.compare(body.subjects, body.aspects, body.to_filters())
    return AnswerOut.from_answer(assistant.summarised(answer) if body.summary else answer)


@v1.post("/search", responses=_POSTED, tags=["documents"], summary="Find passages")
def search(body: SearchIn, assistant: Asked) -> SearchOut:
    """Finds the passages nearest to a query, best first."""
    hits = assistant.search(body.query, body.limit, body.to_filters(body.subjects))
    return SearchOut(
        generation=assistant.generation.name, hits=[HitOut.from_hit(hit) for hit in hits]
    )


@v1.get("/index", responses=_LISTED, tags=["documents"], summary="Tell about the index")
def index(request: Request, assistant: Asked) -> IndexOut:
    """Tells what is live and how far a build in the background is."""
    builder: Builder = request.app.state.builder
    manifest, progress = assistant.generation.manifest, builder.progress
    return IndexOut(
        generation=manifest.name,
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


@v1.get("/sources", responses=_LISTED, tags=["documents"], summary="List the sources")
def sources(assistant: Asked) -> SourcesOut:
    """Lists every source of the live index and how much of it is held."""
    library = assistant.generation.library
    counts = library.source_counts()
    return SourcesOut(
        generation=assistant.generation.name,
        sources=[SourceOut.from_source(s, counts.get(s.id, (0, 0))) for s in library.sources()],
    )


@v1.get("/documents/{id:path}", responses=_NAMED, tags=["documents"], summary="Open a document")
def document(name: Id, assistant: Asked) -> DocumentOut:
    """Gives the text that citations count in, with its structure."""
    return DocumentOut.from_document(assistant.generation.library.document(name))


@v1.get("/passages/{id:path}", responses=_NAMED, tags=["documents"], summary="Open a passage")
def passage(name: Id, assistant: Asked) -> SurroundedPassageOut:
    """Gives a passage with the ones before and after it in the same document."""
    library = assistant.generation.library
    found = library.passage(name)
    previous, following = library.surroundings(name)
    return SurroundedPassageOut(
        passage=PassageOut.from_passage(found),
        previous=PassageOut.from_passage(previous) if previous else None,
        next=PassageOut.from_passage(following) if following else None,
    )


@v1.get("/subjects", responses=_LISTED, tags=["documents"], summary="List what can be compared")
def subjects(assistant: Asked) -> SubjectsOut:
    """Lists the subjects and the aspects that questions can name."""
    guide = assistant.guide
    return SubjectsOut(
        subjects=[
            SubjectOut(id=s.id, name=s.name, aliases=list(s.aliases), symbols=list(s.symbols))
            for s in guide.subjects
        ],
        aspects=[
            AspectOut(id=a.id, name=a.name, description=a.description, words=list(a.words))
            for a in guide.aspects
        ],
    )


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


@health.get("/readyz", responses=_LISTED, tags=["health"], summary="Can it answer?")
def readyz(assistant: Asked) -> Ready:
    """Answers 200 once an index is open; before that, a problem that says why not."""
    return Ready(generation=assistant.generation.name)
