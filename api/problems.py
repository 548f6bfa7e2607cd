"""Errors as `application/problem+json` (RFC 9457): the body, the handlers, the OpenAPI entries."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from api import request_ids
from api.faults import Fault, NotJsonError, described
from api.outside import told
from api.workers import GoneError, UnavailableError
from ragbot.errors import (
    ConfigError,
    EncoderError,
    IndexDamagedError,
    IndexMissingError,
    IndexNewerError,
    NotFoundError,
    QuestionError,
    RagbotError,
)

MEDIA_TYPE: Final = "application/problem+json"
BLANK: Final = "about:blank"

CLIENT_GONE: Final = 499
"""For the log only: whoever asked was gone, or too slow, before there was an answer."""

_log = logging.getLogger("api")

_KINDS: Final[Mapping[type[RagbotError], tuple[int, str, str]]] = {
    QuestionError: (422, "urn:ragbot:question", "The question cannot be answered as it is"),
    NotFoundError: (404, "urn:ragbot:not-found", "The index does not hold this"),
    IndexMissingError: (503, "urn:ragbot:index-missing", "There is no index yet"),
    IndexNewerError: (503, "urn:ragbot:index-newer", "A newer ragbot built the index"),
    IndexDamagedError: (503, "urn:ragbot:index-damaged", "The index is damaged"),
    EncoderError: (503, "urn:ragbot:encoder", "The encoder cannot be used"),
    ConfigError: (503, "urn:ragbot:config", "The service is set up wrongly"),
}


class FieldFault(BaseModel):
    """One field of the request that cannot be used."""

    field: str = Field(description="where it stands", examples=["history[0].role"])
    message: str = Field(description="what is wrong with it", examples=["this field is missing"])


class Problem(BaseModel):
    """Why a request failed (RFC 9457)."""

    type: str = Field(description="which kind of problem", examples=["urn:ragbot:index-missing"])
    title: str = Field(description="the kind in words", examples=["There is no index yet"])
    status: int = Field(description="the HTTP status", examples=[503])
    detail: str = Field(
        description="what is wrong and what to do", examples=["Build one with `ragbot build`."]
    )
    instance: str = Field(description="the path asked for", examples=["/v1/ask"])
    request: str = Field(
        "", description="id of the request, which the service's log has too", examples=["4f1c"]
    )
    errors: list[FieldFault] | None = Field(
        None, description="the fields at fault, where the request is", examples=[None]
    )


class ProblemError(Exception):
    """A request that is refused for what it asks: raised by a route, answered as a problem."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = BLANK,
        title: str = "",
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.title = title

    def answer(self, instance: str) -> JSONResponse:
        """The problem document about the path."""
        return problem(
            self.status,
            str(self),
            instance,
            kind=self.kind,
            title=self.title,
        )


def problem(
    status: int,
    detail: str,
    instance: str,
    *,
    kind: str = BLANK,
    title: str = "",
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem response; without a title, the name of the status."""
    body = Problem(
        type=kind,
        title=title or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=instance,
        request=request_ids.current.get(),
        errors=[FieldFault(field=f.field, message=f.message) for f in faults] or None,
    )
    return JSONResponse(
        body.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA_TYPE
    )


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can fail with these statuses."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Make every error that a route or the router raises a problem document."""
    app.add_exception_handler(RagbotError, _of_library)
    app.add_exception_handler(UnavailableError, _of_workers)
    app.add_exception_handler(GoneError, _to_nobody)
    app.add_exception_handler(ProblemError, _of_route)
    app.add_exception_handler(RequestValidationError, _of_request)
    app.add_exception_handler(HTTPException, _of_router)


def from_error(error: RagbotError, instance: str) -> JSONResponse:
    """The problem of an error of the library; an unexpected kind is ours to mend: 500."""
    for expected, (status, kind, title) in _KINDS.items():
        if isinstance(error, expected):
            headers = {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                _log.warning("%s: %s", instance, error)
            return problem(
                status, told(str(error)), instance, kind=kind, title=title, headers=headers
            )
    _log.error("%s failed", instance, exc_info=error)
    return internal(instance)


def internal(instance: str) -> JSONResponse:
    """The 500 that says nothing of the inside."""
    detail = "Something went wrong inside the service; its log says what."
    return problem(500, detail, instance, kind="urn:ragbot:internal", title="Something went wrong")


async def _of_library(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, IndexDamagedError):  # met by an answer: the desk has to look into it
        await run_in_threadpool(request.app.state.desk.suspect, error)
    return from_error(cast(RagbotError, error), request.url.path)


async def _of_workers(request: Request, raised: Exception) -> JSONResponse:
    error = cast(UnavailableError, raised)
    headers = {"Retry-After": str(error.retry)}
    kind, title = "urn:ragbot:unavailable", "The service cannot take this now"
    return problem(503, str(error), request.url.path, kind=kind, title=title, headers=headers)


async def _of_route(request: Request, error: Exception) -> JSONResponse:
    return cast(ProblemError, error).answer(request.url.path)


async def _to_nobody(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return Response(status_code=CLIENT_GONE)


async def _of_request(request: Request, error: Exception) -> JSONResponse:
    path = request.url.path
    try:
        faults = described(
            cast(RequestValidationError, error), request.headers.get("content-type", "")
        )
    except NotJsonError as fault:
        return problem(fault.status, str(fault), path)
    detail = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
    title = "The request is not as expected"
    return problem(422, detail, path, kind="urn:ragbot:request", title=title, faults=faults)


async def _of_router(request: Request, raised: Exception) -> JSONResponse:
    error = cast(HTTPException, raised)
    path = request.url.path
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"There is nothing at {path}; /openapi.json lists what there is."
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = Headers(error.headers).get("allow", "").split(", ")
        allowed = sorted({*allowed, "HEAD"} if "GET" in allowed else allowed)
        detail = f"{path} does not take {request.method}; it takes {', '.join(allowed)}."
        return problem(error.status_code, detail, path, headers={"Allow": ", ".join(allowed)})
    elif error.status_code == HTTPStatus.BAD_REQUEST:
        detail = "The body cannot be read; it has to be JSON in UTF-8."
    return problem(error.status_code, detail, path, headers=error.headers)
