"""MCP over streamable HTTP at /mcp, without sessions: every request stands by itself."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from api.desk import Desk
from api.notes import Notes
from api.problems import problem
from api.staff import Staff
from ragbot.assistant import Assistant
from ragbot.errors import IndexDamagedError

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

T = TypeVar("T")

PATH: Final = "/mcp"


class McpEndpoint:
    """An ASGI app; the protocol's library is imported when it is first asked for."""

    def __init__(self, desk: Desk, staff: Staff, notes: Notes) -> None:
        self._desk = desk
        self._notes = notes
        self._staff = staff
        self._starting = asyncio.Lock()
        self._ended = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._manager: StreamableHTTPSessionManager | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of the protocol."""
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        manager = await self._started()
        await manager.handle_request(scope, receive, send)

    async def stop(self) -> None:
        """End what serves the protocol, where it was ever started."""
        self._ended.set()
        if self._running is not None:
            await self._running

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        """Why a request is not for the protocol's library."""
        if find_spec("mcp") is None:
            detail = "This service is installed without MCP; install ragbot[mcp] to have it."
            return problem(HTTPStatus.NOT_IMPLEMENTED, detail, scope["path"])
        if scope["method"] != "POST":  # there is no session to listen to, or to end
            detail = f"{PATH} takes POST only: it keeps no sessions."
            headers = {"Allow": "POST"}
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, scope["path"], headers=headers)
        return None

    async def _started(self) -> "StreamableHTTPSessionManager":
        async with self._starting:
            if self._manager is None:
                self._manager = await run_in_threadpool(self._made)  # its import takes a second
                ready = asyncio.Event()
                self._running = asyncio.create_task(self._run(self._manager, ready))
                await ready.wait()
            return self._manager

    async def _run(self, manager: "StreamableHTTPSessionManager", ready: asyncio.Event) -> None:
        async with manager.run():
            ready.set()
            await self._ended.wait()

    def _made(self) -> "StreamableHTTPSessionManager":
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from api.mcp.tools import server_of

        server = server_of(self._work)
        return StreamableHTTPSessionManager(
            server._lowlevel_server,  # noqa: SLF001 - what their own app is made of
            json_response=True,
            stateless=True,
        )

    async def _work(self, work: Callable[[Assistant], T], *, quick: bool) -> T:
        workers = self._staff.lookups if quick else self._staff.answers
        try:
            return await workers.run(
                lambda: self._notes.of(lambda: work(self._desk.assistant())), asyncio.Event().wait
            )
        except IndexDamagedError as error:
            await run_in_threadpool(self._desk.suspect, error)
            raise
