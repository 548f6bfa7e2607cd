"""The routes that answer: each takes a request apart, asks, and mirrors what is said."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from api.answers import AnswerOut
from api.hits import HitOut, SearchOut
from api.notes import Notes
from api.problems import declared
from api.schemas import AskIn, CompareIn, SearchIn
from api.staff import done_by, staff_of
from api.streams import EVENTS, STREAMED, streamed
from api.summaries import events
from ragbot.assistant import Assistant
from ragbot.types import Answer

_POSTED: Final = declared(400, 413, 415, 422, 500, 503)

asking = APIRouter(prefix="/v1")


@asking.post(
    "/ask",
    response_model=AnswerOut,
    responses=_POSTED | STREAMED,
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


@asking.post(
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


@asking.post(
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
        return Response(
            SearchOut(generation=assistant.generation.name, hits=found).model_dump_json(),
            media_type="application/json",
        )

    return await done_by(staff_of(request).answers, request, found)


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
        notes: Notes = request.app.state.notes
        written = assistant.summaries(answer) if summary else None
        summaries = staff.summaries.each(notes.written(written)) if written else None
        seconds = request.app.state.settings.comment_seconds
        return streamed(events(text, summaries, answer.cited()), seconds)
    if summary:
        text = await done_by(staff.summaries, request, summed_up)
    return Response(text, media_type="application/json")
