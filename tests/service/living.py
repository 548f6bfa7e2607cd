"""A service that runs: uvicorn in a thread, on a free port, until the block ends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn

from api.app import create_app
from ragbot.assistant import Assistant
from ragbot.settings import Settings


class Living:
    """A running service: its address, and a way to stop it early."""

    def __init__(self, server: uvicorn.Server, thread: threading.Thread, url: str) -> None:
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
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    for _ in range(1200):
        if server.started or not thread.is_alive():
            break
        pause.wait(0.05)
    assert server.started, "the service did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    service = Living(server, thread, f"http://127.0.0.1:{port}")
    try:
        yield service
    finally:
        service.stop()
