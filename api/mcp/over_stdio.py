"""MCP over stdin and stdout, for programs that start a server of their own."""

from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

import anyio
from anyio import to_thread

from api.desk import Desk
from api.mcp.tools import server_of
from ragbot.assistant import Assistant
from ragbot.errors import RagbotError
from ragbot.index.generation import live_name
from ragbot.settings import Settings

T = TypeVar("T")


def run(settings: Settings) -> None:
    """Serve until stdin ends; a newer index is opened as it goes live.

    Raises:
        RagbotError: there is no index that can be used.
    """
    live_name(settings.index)  # there is one, or it is said at once
    desk = Desk(settings)
    Thread(target=_opened, args=[desk], daemon=True).start()  # clients do not wait for long
    room = anyio.CapacityLimiter(2)  # answers at a time; a client has one user

    async def run_one(work: Callable[[Assistant], T], *, quick: bool) -> T:  # noqa: ARG001
        return await to_thread.run_sync(lambda: work(desk.assistant()), limiter=room)

    anyio.run(server_of(run_one).run_stdio_async)


def _opened(desk: Desk) -> None:
    """Open the index; why it cannot be is told to whoever asks."""
    with suppress(RagbotError):
        desk.assistant()
