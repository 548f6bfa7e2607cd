"""Runs the service until it is told to stop."""

import asyncio
import logging
import math
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from api.app import app_over
from api.builder import Builder
from api.connection import Connection, Doorway
from api.desk import Desk
from api.hosts import is_loopback
from api.keyring import must_be_guarded
from api.sparing import LOGGERS, Sparing
from api.staff import Staff
from ragbot.errors import ConfigError, IndexMissingError
from ragbot.settings import Settings

OnReady = Callable[[str], None]

_SECONDS_TO_LEAVE: Final = 1  # for the last answers, once nothing is worked out any more
_ACCEPTED_AT_ONCE: Final = 16  # asyncio goes on accepting where no descriptors are left
_BACKLOG: Final = 1024  # connections that the system keeps until they are accepted
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (read, not bound)


class Server(uvicorn.Server):
    """A uvicorn server that waits for no client for ever, and ends in time.

    Told to stop it accepts nothing more; who waits for a turn is told at once (503), what is being
    worked out gets `finish_seconds`, and who then still waits is told too. Nobody gets a 500.
    """

    def __init__(self, app: FastAPI, settings: Settings, on_ready: OnReady | None = None) -> None:
        connection: Any = partial(Connection, doorway=Doorway.of(settings))
        super().__init__(
            uvicorn.Config(
                app,
                http=connection,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # api/proxies.py decides whose are believed
                ws="none",
                backlog=_ACCEPTED_AT_ONCE,
                timeout_graceful_shutdown=math.ceil(
                    settings.finish_seconds + 2 * _SECONDS_TO_LEAVE
                ),
            )
        )
        self._staff: Staff = app.state.staff
        self._builder: Builder = app.state.builder
        self._on_ready = on_ready
        self._seconds = settings.finish_seconds
        self.ended = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell the address."""
        await super().startup(sockets=sockets)
        for listener in sockets or ():
            listener.listen(_BACKLOG)
        if self.started and self._on_ready is not None and sockets:
            self._on_ready(_address(sockets[0]))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; see the class."""
        self._staff.stop()
        loop = asyncio.get_running_loop()
        loop.call_later(self._seconds, self._staff.give_up)
        loop.call_later(self._seconds + _SECONDS_TO_LEAVE, self._end_connections)
        building = threading.Thread(target=self._builder.stop, daemon=True)
        building.start()
        await super().shutdown(sockets=sockets)
        while building.is_alive() and not self.force_exit:
            await asyncio.sleep(0.05)
        self.ended = True

    def _end_connections(self) -> None:
        for connection in list(self.server_state.connections):
            if isinstance(connection, Connection):
                connection.end()


def run(settings: Settings, on_ready: OnReady | None = None) -> bool:
    """Serve until SIGINT or SIGTERM; what is being answered then gets `finish_seconds`.

    `on_ready` gets the address of the page ("http://127.0.0.1:8000/") once it can be opened. A
    missing index does not stop the service: it says what to do, and opens it once it is built.

    Returns:
        Whether everything has ended; where not, a thread is still at work on what nobody waits for,
        and the process would end only after it.

    Raises:
        ConfigError: the address is taken or not this machine's, or others could reach it and
            there are no keys.
        IndexDamagedError, EncoderError: there is an index that cannot be used.
    """
    must_be_guarded(settings, is_loopback=is_loopback(settings.host))
    listener = _listen(settings.host, settings.port)
    with listener:
        desk = Desk(settings)
        with suppress(IndexMissingError):  # the desk has logged it and looks again
            desk.assistant()
        return serve(app_over(desk, settings), settings, listener, on_ready)


def serve(
    app: FastAPI, settings: Settings, listener: socket.socket, on_ready: OnReady | None = None
) -> bool:
    """Serve an app at a socket that listens, as `run` does."""
    builder: Builder = app.state.builder
    staff: Staff = app.state.staff
    server = Server(app, settings, on_ready)
    try:
        with _ending_quietly(), _sparing_the_log():
            builder.start()
            server.run(sockets=[listener])
    finally:
        if not server.ended:
            builder.stop()
    return not staff.busy


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 takes any free one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, UnicodeError) as error:
        message = (
            f"cannot listen on {host}, port {port}: {error}; "
            "choose another with --host and --port (0: any free port)"
        )
        raise ConfigError(message) from error


def _address(listener: socket.socket) -> str:
    """The URL a browser on this machine can open."""
    host, port = listener.getsockname()[:2]
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextmanager
def _sparing_the_log() -> Iterator[None]:
    """What a client can make go wrong as often as it likes is not written as often."""
    sparing = Sparing()
    for name in LOGGERS:
        logging.getLogger(name).addFilter(sparing)
    try:
        yield
    finally:
        for name in LOGGERS:
            logging.getLogger(name).removeFilter(sparing)


@contextmanager
def _ending_quietly() -> Iterator[None]:
    """Being told to stop is a normal end.

    uvicorn stops in good order and then raises the signal again; the handlers set here make that
    second one end nothing, so that the caller goes on after `run` and exits with 0.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in kept:
            signal.signal(number, _ignored)
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _ignored(number: int, frame: FrameType | None) -> None:
    """Do nothing: the server has already stopped."""
