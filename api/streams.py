"""Server-sent events through proxies: none may keep them back, or end a stream that is quiet."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi.responses import StreamingResponse

EVENTS: Final = "text/event-stream"
STREAMED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {EVENTS: {"schema": {"type": "string"}}}}
}
"""The `responses` of a route that can stream."""

_COMMENT: Final = ": still at work\n\n"


def streamed(events: AsyncIterator[str], seconds: float) -> StreamingResponse:
    """A response of these events, with a comment after so many seconds in which there is none."""
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(kept_open(events, seconds), media_type=EVENTS, headers=headers)


async def kept_open(events: AsyncIterator[str], seconds: float) -> AsyncIterator[str]:
    """The events, and a comment in each silence; what is waited for is not ended by it."""
    coming: asyncio.Future[str] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait({coming}, timeout=seconds)
            if not done:
                yield _COMMENT
                continue
            try:
                event = coming.result()
            except StopAsyncIteration:
                coming = None
                return
            coming = None
            yield event
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait({coming})
        if hasattr(events, "aclose"):
            await events.aclose()
