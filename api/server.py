"""Runs the service until it is told to stop."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

import uvicorn

from api.app import app_over
from api.builder import Builder
from api.desk import Desk
from ragbot.errors import ConfigError, IndexMissingError
from ragbot.settings import Settings

OnReady = Callable[[str], None]

_SECONDS_TO_FINISH: Final = 10
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (read, not bound)


class _Server(uvicorn.Server):
    """A uvicorn server that tells its address once it listens."""

    def __init__(self, config: uvicorn.Config, address: str, on_ready: OnReady | None) -> None:
        super().__init__(config)
        self._address = address
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets=sockets)
        if self.started and self._on_ready is not None:
            self._on_ready(self._address)


def run(settings: Settings, on_ready: OnReady | None = None) -> None:
    """Serve until SIGINT or SIGTERM; running requests get ten seconds to finish.

    `on_ready` gets the address of the page ("http://127.0.0.1:8000/") once it can be opened. A
    missing index does not stop the service: it says what to do, and opens it once it is built.

    Raises:
        ConfigError: the address is taken or not this machine's.
        IndexDamagedError, EncoderError: there is an index that cannot be used.
    """
    listener = _listen(settings.host, settings.port)
    with listener:
        desk = Desk(settings)
        with suppress(IndexMissingError):  # the desk has logged it and looks again
            desk.assistant()
        app = app_over(desk, settings)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )
        builder: Builder = app.state.builder
        try:
            with _ending_quietly():
                builder.start()
                _Server(config, _address(listener), on_ready).run(sockets=[listener])
        finally:
            builder.stop()


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
