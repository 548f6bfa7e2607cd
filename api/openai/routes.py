"""The routes of OpenAI's interface: models, and completions of a chat."""

from collections.abc import AsyncIterator
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.answers import CitationOut
from api.notes import Notes
from api.openai.asked import ANSWERS, SUMMARIES, ChatIn
from api.openai.chores import Chore, chore_of
from api.openai.errors import declared_errors
from api.openai.replies import CompletionOut, ModelOut, ModelsOut
from api.openai.writing import Reply, at_once, pieces_of, text_of
from api.problems import ProblemError
from api.staff import done_by, staff_of
from api.streams import STREAMED, streamed
from ragbot.assistant import Assistant
from ragbot.types import Answer

chat = APIRouter(prefix="/v1", tags=["openai"])


@chat.get(
    "/models",
    response_model=ModelsOut,
    responses=declared_errors(500, 503),
    summary="List the models",
)
async def models(request: Request) -> Response:
    """Lists `ragbot`, and `ragbot-summary` where a language model is set."""
    data = await _models(request)
    return Response(ModelsOut(data=data).model_dump_json(), media_type="application/json")


@chat.get(
    "/models/{model}",
    response_model=ModelOut,
    responses=declared_errors(400, 404, 422, 500, 503),
    summary="Tell about a model",
)
async def model(model: str, request: Request) -> Response:
    """Tells about one of them."""
    for known in await _models(request):
        if known.id == model:
            return Response(known.model_dump_json(), media_type="application/json")
    raise _no_model(model, request)


@chat.post(
    "/chat/completions",
    response_model=CompletionOut,
    responses=STREAMED | declared_errors(400, 404, 413, 415, 422, 500, 503),
    summary="Continue a chat",
)
async def completions(body: ChatIn, request: Request) -> Response:
    """Answers the last message; the ones before it are the conversation.

    The content is Markdown with marks [n] and the sources at its end; `citations` of the message
    (of the last chunk, where it is streamed) has every quote. Titles, tags and follow-ups that
    chat programs ask for with prompts of their own are made without looking at a document.
    """
    if body.model not in _names(request):
        raise _no_model(body.model, request)
    chore = await run_in_threadpool(chore_of, body)
    if chore is not None:
        return await _chore(chore, body, request)
    if body.wants_json:
        raise _unserved("Answers are Markdown; ask without response_format.")
    question = body.question()
    if not question.strip():
        raise _unserved("The last message has to be the user's, and to ask something.")
    history = body.history()

    def answered(assistant: Assistant) -> tuple[Assistant, Answer]:
        return assistant, assistant.ask(question, history)

    staff = staff_of(request)
    assistant, answer = await done_by(staff.answers, request, answered)
    reply = Reply(body, answer.generation, tuple(map(CitationOut.from_citation, answer.citations)))
    summed_up = body.model == SUMMARIES
    if body.stream:
        notes: Notes = request.app.state.notes
        written = notes.written(assistant.summaries(answer))
        summaries = staff.summaries.each(written) if summed_up else None
        return _streamed(reply.chunks(pieces_of(answer, summaries)), request)
    text = text_of(answer)
    if summed_up:

        def whole(_: Assistant) -> str:
            return text_of(assistant.summarised(answer))

        text = await done_by(staff.summaries, request, whole)
    return Response(reply.whole(text).model_dump_json(), media_type="application/json")


async def _chore(chore: Chore, body: ChatIn, request: Request) -> Response:
    def named(assistant: Assistant) -> str:
        return assistant.generation.name

    generation = await done_by(staff_of(request).lookups, request, named, held=True)
    reply = Reply(body, generation)
    if body.stream:
        return _streamed(reply.chunks(at_once(chore.done())), request)
    text = reply.whole(chore.done()).model_dump_json()
    return Response(text, media_type="application/json")


def _streamed(chunks: AsyncIterator[str], request: Request) -> Response:
    return streamed(chunks, request.app.state.settings.comment_seconds)


async def _models(request: Request) -> list[ModelOut]:
    def built(assistant: Assistant) -> int:
        return int(datetime.fromisoformat(assistant.generation.manifest.built).timestamp())

    created = await done_by(staff_of(request).lookups, request, built, held=True)
    return [ModelOut(id=name, created=created) for name in _names(request)]


def _names(request: Request) -> tuple[str, ...]:
    return (ANSWERS, SUMMARIES) if request.app.state.settings.llm_url else (ANSWERS,)


def _no_model(name: str, request: Request) -> ProblemError:
    known = " and ".join(_names(request))
    detail = f"There is no model {name[:80]!r} here; there is {known}."
    return ProblemError(404, detail, kind="urn:ragbot:model_not_found", title="No such model")


def _unserved(detail: str) -> ProblemError:
    return ProblemError(400, detail, kind="urn:ragbot:unserved", title="This is not served")
