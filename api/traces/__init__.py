"""Traces: where the time of a request went, sent to a collector where one is set."""

from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import Protocol

from starlette.middleware import Middleware

from ragbot.errors import ConfigError
from ragbot.settings import Settings
from ragbot.types import Answer


class Traces(Protocol):
    """Follows requests; safe to share between threads."""

    def middleware(self) -> list[Middleware]:
        """What every request has to pass through."""
        ...

    def stage(self, name: str) -> AbstractContextManager[object]:
        """What a stage of the request that is being answered is run within."""
        ...

    def answered(self, answer: Answer) -> None:
        """The request that is being answered has this answer."""
        ...

    def stop(self) -> None:
        """Send what was not sent yet; a collector that is silent is not waited for."""
        ...


class NoTraces:
    """Follows nothing, at no cost."""

    def middleware(self) -> list[Middleware]:
        """None."""
        return []

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Nothing around it."""
        return nullcontext(name)

    def answered(self, answer: Answer) -> None:
        """Nothing is noted."""

    def stop(self) -> None:
        """Nothing is to be sent."""


def open_traces(settings: Settings) -> Traces:
    """The traces that the settings ask for; without a collector there are none.

    Raises:
        ConfigError: a collector is set, but what sends to it is not installed.
    """
    if settings.otlp_endpoint is None:
        return NoTraces()
    if find_spec("opentelemetry.sdk") is None or find_spec("opentelemetry.exporter") is None:
        raise ConfigError(
            "RAGBOT_OTLP_ENDPOINT is set, but what sends traces to it is not installed; "
            'install it with `pip install "ragbot[otel]"`, or unset it to serve without traces'
        )
    from api.traces.spans import Spans  # a quarter of a second that most services need not wait for

    return Spans(settings.otlp_endpoint, with_questions=settings.log_questions)
