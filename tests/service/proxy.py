"""A small proxy, as nginx or Caddy stand before a service: it serves it under a prefix."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@contextmanager
def proxied(url: str, prefix: str, *, strips: bool, says: bool) -> Iterator[str]:
    """A proxy before the service at `url`; its own address, without the prefix.

    `strips`: it takes the prefix off the path; `says`: it sends X-Forwarded-Prefix.
    """
    upstream = urlsplit(url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            path = self.path.removeprefix(prefix) if strips else self.path
            headers = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
            headers |= {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
            if says:
                headers["X-Forwarded-Prefix"] = prefix
            connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port or 80)
            connection.request(self.command, path, self.rfile.read(length), headers)
            response = connection.getresponse()
            body = response.read()
            self.send_response(response.status)
            for name, value in response.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            connection.close()

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
