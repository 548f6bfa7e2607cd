"""A service that runs: its server in a thread, on a free port, until the block ends."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from fastapi import FastAPI

from api.app import create_app
from api.server import Server
from ragbot.assistant import Assistant
from ragbot.settings import Settings


class Living:
    """A running service: its address, and a way to stop it early."""

    def __init__(self, app: FastAPI, server: Server, thread: threading.Thread, url: str) -> None:
        self.app = app
        self.url = url
        self._server = server
        self._thread = thread

    def stop(self) -> None:
        """Stop in good order; twice does no harm."""
        self._server.should_exit = True
        self._thread.join(timeout=20)


@contextmanager
def living(settings: Settings, assistant: Any = None) -> Iterator[Living]:
    """Serve the assistant, whatever has the methods of one; None opens the index of settings."""
    app = create_app(settings, cast(Assistant | None, assistant))
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(app, settings)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    pause = threading.Event()
    for _ in range(1200):
        if server.started or not thread.is_alive():
            break
        pause.wait(0.05)
    assert server.started, "the service did not start"
    service = Living(app, server, thread, f"http://127.0.0.1:{listener.getsockname()[1]}")
    try:
        yield service
    finally:
        service.stop()
