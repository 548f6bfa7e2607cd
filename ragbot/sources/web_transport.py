"""Carries requests of httpx over a network that reaches public addresses only, within limits."""

import zlib
from collections.abc import Iterator

import httpcore
import httpx

from ragbot.errors import SourceError
from ragbot.sources.addresses import PublicNetwork

_GZIP_OR_ZLIB = 47  # zlib tells the two apart itself
_STEP = 1 << 16

BROKEN = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
)
"""What may be raised where a server cannot be reached or does not speak HTTP."""


class PageError(SourceError):
    """A page that cannot be had now."""


class PublicTransport(httpx.BaseTransport):
    """Sends requests over a PublicNetwork; a connection serves only the name it was made for.

    `own_certificates`: whether SSL_CERT_FILE and SSL_CERT_DIR name the authorities to believe.
    """

    def __init__(self, network: PublicNetwork, *, own_certificates: bool = False) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=own_certificates),
            max_connections=4,
            keepalive_expiry=30.0,
            network_backend=network,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request, its body still to be read."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """End all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def body(response: httpx.Response, limit: int) -> bytes:
    """The whole body, unpacked where it came packed.

    Raises:
        PageError: it is larger than `limit` bytes, packed or unpacked, or packed in another way.
    """
    content = bytearray()
    for piece in _unpacked(response, limit):
        content += piece
        if len(content) > limit:
            raise _too_large(response, limit)
    return bytes(content)


def _unpacked(response: httpx.Response, limit: int) -> Iterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise PageError(f"{response.url} came packed as {encoding!r}, which was not asked for")
    if encoding in {"identity", ""}:
        yield from _limited(response, limit)
        return
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for packed in _limited(response, limit):
            left = packed
            while left:
                yield unpacker.decompress(left, _STEP)
                left = unpacker.unconsumed_tail
        yield unpacker.flush(_STEP)
    except zlib.error as error:
        raise PageError(f"{response.url} came damaged ({error})") from error
    if not unpacker.eof:
        raise PageError(f"{response.url} came incomplete")


def _limited(response: httpx.Response, limit: int) -> Iterator[bytes]:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and float(announced) > limit:
        raise _too_large(response, limit)
    came = 0
    for piece in response.iter_raw():
        came += len(piece)
        if came > limit:
            raise _too_large(response, limit)
        yield piece


def _too_large(response: httpx.Response, limit: int) -> PageError:
    return PageError(f"{response.url} is larger than the limit of {limit / 1e6:.0f} MB")
