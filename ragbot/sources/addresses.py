"""Lets connections be made to public addresses only, whatever a name resolves to.

The address that was checked is the one that is connected to, so a name cannot resolve to another
one in between; certificates are still checked against the name.
"""

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext
from typing import Any

import httpcore

from ragbot.errors import SourceError

Resolve = Callable[[str, int], Sequence[str]]

_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: the last four bytes are an IPv4 address
_RESERVED = (IPv4Network("192.0.0.0/24"), IPv6Network("3fff::/20"))  # not known to every ipaddress


class RefusedError(SourceError):
    """An address that must not be visited."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; an IPv4 address inside counts too."""
    try:
        ip = _innermost(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and (ip.is_site_local or ip.teredo is not None):
        return False
    if any(ip in network for network in _RESERVED):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host; OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


class PublicNetwork(httpcore.NetworkBackend):
    """Connects to public addresses only and keeps a deadline for all that is said there.

    `private` lets it reach every address, `trusted` any of these hosts and ports: the user named
    them. `near_ports` are ports of this machine itself that may be reached as well: for tests.
    """

    def __init__(
        self,
        names: Resolve = resolve,
        near_ports: Iterable[int] = (),
        *,
        private: bool = False,
        trusted: Iterable[tuple[str, int]] = (),
    ) -> None:
        self.deadline = float("inf")  # as time.monotonic() counts
        self._resolve = names
        self._near_ports = frozenset(near_ports)
        self._private = private
        self._trusted = frozenset(trusted)
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that answers.

        Raises:
            RefusedError: an address of the host is not public.
            httpcore.ConnectError: the host has no address or none answers.
        """
        last: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self.addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
                return _Timed(stream, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    def left(self, timeout: float | None) -> float:
        """How many seconds the next step may take.

        Raises:
            httpcore.ReadTimeout: the deadline has passed.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time limit is spent")
        return left if timeout is None else min(left, timeout)

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, each of which may be reached; errors as of `connect_tcp`."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one
            raise httpcore.ConnectError(f"the name {host} cannot be resolved") from error
        if self._private or (host.lower(), port) in self._trusted:
            return addresses
        for address in addresses:
            near = port in self._near_ports and ip_address(address).is_loopback
            if not near and not is_public(address):
                raise RefusedError(
                    f"{host} is at {address}, which is not a public address; if it may be visited, "
                    "say private = true in the entry's [source.obtain]"
                )
        return addresses


class _Timed(httpcore.NetworkStream):
    """A connection on which each step counts against the deadline of its network."""

    def __init__(self, stream: httpcore.NetworkStream, network: PublicNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._network.left(timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _innermost(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _TRANSLATED:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
