"""The service: routes, problems, middleware and the chat page in one FastAPI app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import Route

from api.admin import admin
from api.asking import asking
from api.audit import Audit
from api.builder import Builder
from api.chat_page import add_page
from api.cors import cors
from api.desk import Desk
from api.feedback.routes import feedback
from api.feedback.store import FeedbackStore
from api.figures import Figures
from api.guard import Guard
from api.health import health
from api.hosts import AllowedHosts
from api.keyring import Keyring
from api.mcp.over_http import PATH as MCP
from api.mcp.over_http import McpEndpoint
from api.middleware import BodyLimit, HeadAsGet, LastResort, RequestLog, SecurityHeaders
from api.notes import Notes
from api.openai.errors import OpenAIErrors
from api.openai.routes import chat
from api.openapi import Service
from api.problems import install
from api.proxies import forwarded
from api.rates import RateLimit
from api.routes import v1
from api.staff import Staff
from api.traces import open_traces
from ragbot.assistant import Assistant
from ragbot.errors import RagbotError
from ragbot.settings import Settings

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

_DESCRIPTION: Final = (
    "Answers comparison questions from documents. Every statement of an answer is an exact quote: "
    "`citations` say where it stands, `GET /v1/documents/{id}` opens it. Offsets count code points."
)

# What FastAPI would tell by itself has paths, queries and the words of errors; see api/traces.
_TOLD: Final["TelemetryConfig"] = {
    "auto_configure": False,
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}


def create_app(settings: Settings, assistant: Assistant | None = None) -> FastAPI:
    """The app; without an assistant it opens the index of the settings when it starts.

    An index that cannot be opened does not stop the app: /readyz and every route that needs it
    answer 503 with the reason until it can.
    """
    return app_over(Desk(settings, assistant), settings)


def app_over(desk: Desk, settings: Settings) -> FastAPI:
    """The app over a desk that may have opened its index already."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with suppress(RagbotError):  # the desk keeps the reason and logs it
            await run_in_threadpool(desk.assistant)
        yield
        staff.give_up()
        await mcp.stop()
        await run_in_threadpool(traces.stop)

    staff = Staff.of(settings)
    builder = Builder(settings)  # started by the server, once it listens
    figures = Figures(desk, staff.by_name(), builder)
    feedback_store = FeedbackStore(settings.index, settings.keep_questions_days)
    traces = open_traces(settings)
    notes = Notes(settings, figures, feedback_store, traces)
    mcp = McpEndpoint(desk, staff, notes)
    app = Service(
        title="ragbot",
        version=version("ragbot"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_TOLD,
        generate_unique_id_function=_route_name,
        middleware=[
            forwarded(settings),
            *traces.middleware(),
            Middleware(RequestLog, figures=figures),
            Middleware(SecurityHeaders, frames=settings.frame_origins),
            Middleware(OpenAIErrors),
            Middleware(AllowedHosts, settings=settings),
            *cors(settings),
            Middleware(Guard, keyring=Keyring(settings)),
            Middleware(RateLimit, settings=settings),
            Middleware(HeadAsGet),
            Middleware(LastResort),
            Middleware(
                BodyLimit,
                limit=settings.max_body_bytes,
                longer={"/v1/chat/": settings.max_chat_bytes},
            ),
        ],
    )
    app.state.settings = settings
    app.state.desk = desk
    app.state.staff = staff
    app.state.audit = Audit(settings.index)
    app.state.opened = False  # until an index was open once
    app.state.builder = builder
    app.state.figures = figures
    app.state.feedback = feedback_store
    app.state.notes = notes
    install(app)
    app.include_router(asking)
    app.include_router(v1)
    app.include_router(feedback)
    app.include_router(chat)
    app.include_router(admin)
    app.include_router(health)
    app.router.routes.append(Route(MCP, mcp))
    add_page(app)
    return app


def _route_name(route: APIRoute) -> str:
    return route.name
