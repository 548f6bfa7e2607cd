"""Spans by OpenTelemetry: one a request, and within it one a stage of the answer.

No span holds what a user wrote (no path, query, header, body or words of an error), but with
`with_questions` the question as it was understood.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from importlib.metadata import version
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import request_ids
from api.figures import METHODS
from api.guard import FIGURES, FREE
from api.problems import CLIENT_GONE
from api.route_names import route_of
from ragbot.types import Answer

PATH: Final = "/v1/traces"

_SENDING_SECONDS: Final = 5  # for a batch, with its retries
_LAST_SECONDS: Final = 2  # that the end of the service waits for the last of them
_UNTRACED: Final = FREE | {FIGURES}  # asked every few seconds by machines
_CARRIED: Final = ("traceparent", "tracestate")

_request: ContextVar[Span | None] = ContextVar("request", default=None)
"""The span of the request that is being answered: a library may have put its own within."""


class Spans:
    """The traces of one service; what OTEL_* variables say of sampling and batches holds."""

    def __init__(self, endpoint: str, *, with_questions: bool) -> None:
        """Take the address of a collector that takes OTLP over HTTP."""
        base = endpoint.rstrip("/")
        exporter = OTLPSpanExporter(
            base if base.endswith(PATH) else base + PATH, timeout=_SENDING_SECONDS
        )
        ours = Resource.create({"service.name": "ragbot", "service.version": version("ragbot")})
        named = ours.merge(OTELResourceDetector().detect())
        # Not made the provider of the process: what libraries tell of requests has their words.
        self._provider = TracerProvider(resource=named, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("ragbot", version("ragbot"))
        self._with_questions = with_questions

    def middleware(self) -> list[Middleware]:
        """The one that opens a span for each request."""
        return [Middleware(Traced, tracer=self._tracer)]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A span of the stage, within that of the request."""
        with _span(self._tracer, name) as span, _told(span):
            yield

    def answered(self, answer: Answer) -> None:
        """Note what came of the question, not what it was, in the span of the request."""
        span = _request.get()
        if span is None:
            return
        span.set_attribute("ragbot.generation", answer.generation)
        span.set_attribute("ragbot.form", answer.question.kind.value)
        span.set_attribute("ragbot.refused", answer.refusal is not None)
        if self._with_questions:
            span.set_attribute("ragbot.question", answer.question.standalone)

    def stop(self) -> None:
        """Send what was not sent yet; a collector that is silent is not waited for."""
        sending = threading.Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(_LAST_SECONDS)


class Traced:
    """Opens a span for a request, continues the trace of its client and names it for the log."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer
        self._clients = TraceContextTextMapPropagator()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its span."""
        if scope["type"] != "http" or scope["path"] in _UNTRACED:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        context = self._clients.extract({name: headers.get(name, "") for name in _CARRIED})
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        status = CLIENT_GONE

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = Headers(raw=message["headers"]).get(request_ids.HEADER, "")
                span.set_attribute("ragbot.request", said)
            await send(message)

        with _span(self._tracer, method, context, SpanKind.SERVER) as span, _told(span):
            trace = request_ids.trace.set(format_trace_id(span.get_span_context().trace_id))
            token = _request.set(span)
            try:
                await self._app(scope, receive, watched)
            finally:
                _request.reset(token)
                request_ids.trace.reset(trace)
                route = route_of(scope)
                span.update_name(f"{method} {route}")
                span.set_attributes(
                    {
                        "http.request.method": method,
                        "http.route": route,
                        "http.response.status_code": status,
                    }
                )
                if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    span.set_status(StatusCode.ERROR, str(status))


def _span(
    tracer: Tracer,
    name: str,
    context: Context | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
) -> AbstractContextManager[Span]:
    """A span that does not take in the words of an error: those may be a user's."""
    return tracer.start_as_current_span(
        name, context, kind, record_exception=False, set_status_on_exception=False
    )


@contextmanager
def _told(span: Span) -> Iterator[None]:
    """An error within the block is told by its name."""
    try:
        yield
    except Exception as error:
        span.set_status(StatusCode.ERROR, type(error).__name__)
        raise
