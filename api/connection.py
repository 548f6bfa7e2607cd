"""One connection of a client, which has so long for each thing that it does.

uvicorn, left alone, waits for ever for all of them but the next request on a connection.

    HEAD       sends the head of a request, or nothing since it connected
    BODY       sends the body of one
    IDLE       was answered, and keeps the connection for its next request
    STALLED    does not take what it asked for
    ANSWERING  waits for the service: there is no deadline here
    LEAVING    is being closed, and does not take the last of what it asked for

Where there is room for no more connections, the one that has been waited for longest makes room.
"""

import asyncio
import math
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final, Self

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.problems import problem
from ragbot.settings import Settings

try:
    import resource
except ImportError:  # Windows, where files and connections are not counted together
    resource = None  # type: ignore[assignment]

_MOST: Final = 1000  # connections, where neither the settings nor the descriptors say less
_LEAST: Final = 8
_PROGRESS: Final = 16 * 1024  # bytes; who takes fewer before the deadline is not reading

_TOO_SLOW: Final = "The request did not arrive in time; send it again, all at once."
_NO_HTTP: Final = "This is not an HTTP/1.1 request that the service can read."
_FULL: Final = "There are too many connections; try again in a moment."


class Phase(Enum):
    """What a connection is waiting for; see the head of this module."""

    HEAD = auto()
    BODY = auto()
    IDLE = auto()
    STALLED = auto()
    ANSWERING = auto()
    LEAVING = auto()


@dataclass(slots=True)
class Doorway:
    """How many connections fit in, how long each may take, and which the service waits for."""

    room: int
    seconds: dict[Phase, float]
    waited_for: "dict[Connection, None]" = field(default_factory=dict)  # longest first

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say; half of the descriptors of this process at most are for clients."""
        room = settings.max_connections or _MOST
        descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if resource else math.inf
        if 0 <= descriptors < math.inf:
            room = max(_LEAST, min(room, int(descriptors) // 2))
        return cls(
            room,
            {
                Phase.HEAD: settings.head_seconds,
                Phase.BODY: settings.body_seconds,
                Phase.IDLE: settings.idle_seconds,
                Phase.STALLED: settings.stalled_seconds,
                Phase.LEAVING: settings.stalled_seconds,
            },
        )


class Connection(H11Protocol):
    """A connection that ends when its client takes too long."""

    def __init__(self, *args: Any, doorway: Doorway, **named: Any) -> None:
        super().__init__(*args, **named)
        self.access_log = False  # uvicorn's has addresses whole, with questions; whoever listens
        self._doorway = doorway
        self._phase: Phase | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in; another may have to go for it."""
        super().connection_made(transport)
        if len(self.connections) > self._doorway.room:
            longest = next(iter(self._doorway.waited_for), None)
            if longest is None:
                self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, _FULL, {"Retry-After": "5"})
            else:
                longest.end()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for it no more."""
        super().connection_lost(exc)
        self._enter(None)

    def data_received(self, data: bytes) -> None:
        """Take in what was sent."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for it."""
        super().on_response_complete()
        self._unset_keepalive_if_required()  # its deadline is one of those kept here
        self._look()

    def pause_writing(self) -> None:
        """The client does not keep up with its answer."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._look()

    def shutdown(self) -> None:
        """Close it, now or after its answer."""
        if not self.transport.is_closing():
            super().shutdown()
        self._look()

    def end(self) -> None:
        """Close it at once, whatever it does."""
        self._enter(None)
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - theirs is no problem document
        """Say that this is no HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, _NO_HTTP)

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing is upgraded here, and no client has to be told how to set a server up."""

    def _look(self) -> None:
        """Start the clock of the phase, unless it runs: what trickles in does not wind it up."""
        phase = self._now()
        if phase is not self._phase:
            self._enter(phase)

    def _now(self) -> Phase:
        running = self.cycle is not None and not self.cycle.response_complete
        if self.transport.is_closing():
            return Phase.LEAVING
        if self.flow.write_paused:
            return Phase.STALLED
        if self.conn.their_state is h11.SEND_BODY:
            return Phase.BODY
        if running:
            return Phase.ANSWERING
        if self.cycle is None or self.conn.trailing_data[0]:
            return Phase.HEAD
        return Phase.IDLE

    def _enter(self, phase: Phase | None) -> None:
        """Be in a phase, from now on; None: it is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._doorway.waited_for.pop(self, None)
        self._phase = phase
        if phase in self._doorway.seconds and phase is not None:
            self._doorway.waited_for[self] = None
            self._unsent = self.transport.get_write_buffer_size()
            self._timer = self.loop.call_later(self._doorway.seconds[phase], self._too_late)

    def _too_late(self) -> None:
        phase = self._phase
        if phase in (Phase.STALLED, Phase.LEAVING):
            if self._unsent - self.transport.get_write_buffer_size() >= _PROGRESS:
                self._enter(phase)  # slow, but it goes on
            else:
                self.end()
        elif phase is Phase.IDLE or (phase is Phase.HEAD and not self.conn.trailing_data[0]):
            self.transport.close()  # it sent nothing, so there is nothing to say
            self._look()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, _TOO_SLOW)

    def _refuse(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        """Answer in place of the app, where it has not begun to, and close."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # what the app still says goes nowhere
            self.cycle.message_event.set()
        path = self.scope["path"] if self.scope else ""
        response = problem(status, detail, path, headers={"Connection": "close", **(headers or {})})
        said = [*self.server_state.default_headers, *response.raw_headers]
        events = (
            h11.Response(status_code=status, headers=said, reason=HTTPStatus(status).phrase),
            h11.Data(data=bytes(response.body)),
            h11.EndOfMessage(),
        )
        try:
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        except h11.LocalProtocolError:  # an answer has begun already
            self.end()
        else:
            self.transport.close()
            self._look()
