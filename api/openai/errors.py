"""On the routes of OpenAI's interface every problem document is told in OpenAI's form instead."""

import json
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.openai.replies import ErrorBody, ErrorOut
from api.problems import MEDIA_TYPE

PATHS: Final = ("/v1/chat/", "/v1/models")

_TYPES: Final = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}


def declared_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route of OpenAI's that can fail with these statuses."""
    return {
        status: {"description": HTTPStatus(status).phrase, "model": ErrorOut} for status in statuses
    }


class OpenAIErrors:
    """Rewrites problem documents; status and headers stay, but 422 is 400, as clients expect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer, unless that is a problem."""
        if scope["type"] != "http" or not scope["path"].startswith(PATHS):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def rewritten(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                if kind.startswith(MEDIA_TYPE):
                    start = message
                    return
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                told = _told(body, start["status"])
                headers = MutableHeaders(raw=start["headers"])
                headers["content-type"] = "application/json"
                headers["content-length"] = str(len(told))
                status = 400 if start["status"] == 422 else start["status"]
                await send({**start, "status": status, "headers": headers.raw})
                await send({"type": "http.response.body", "body": told})
                return
            await send(message)

        await self._app(scope, receive, rewritten)


def _told(body: bytes, status: int) -> bytes:
    problem = json.loads(body)
    faults = problem.get("errors") or [{}]
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "server_error" if server else "invalid_request_error"
    code = problem["type"].rpartition(":")[2]
    error = ErrorBody(
        message=problem["detail"],
        type=_TYPES.get(HTTPStatus(status), kind),
        param=faults[0].get("field"),
        code=code if code != "blank" else None,
    )
    return ErrorOut(error=error).model_dump_json().encode()
