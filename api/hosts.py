"""Which names the service answers to: a page of another site must not read it by rebinding DNS.

A browser sends the name that its user opened. Whoever owns a name can have it point to this
machine, and would then read, from a page of theirs, what only this machine may read; so names are
answered only where they are known. An address in numbers cannot be rebound.
"""

import socket
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem
from ragbot.settings import Settings

_SHOWN: Final = 100  # characters of a name that is refused


class AllowedHosts:
    """Answers 421 to a request whose Host is none of ours.

    Ours are the names of loopback, the host that the service is bound to, and those of the setting
    `allowed_hosts`; where it is bound to more than loopback, also every address in numbers and the
    machine's own name. A request without a Host comes from no browser and is let through.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._everything = "*" in settings.allowed_hosts
        self._addresses = not is_loopback(settings.host)
        own = {"localhost", settings.host.lower().strip("[]")}
        if self._addresses:
            name = socket.gethostname().lower()
            own |= {name, f"{name}.local"}
        own |= {name.lower() for name in settings.allowed_hosts}
        self._names = {name for name in own if not name.startswith("*.")}
        self._endings = tuple(name[1:] for name in own if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 421."""
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else ""
        if not host or self._knows(_name(host)):
            await self._app(scope, receive, send)
            return
        shown = host[:_SHOWN].encode("ascii", "replace").decode()
        detail = (
            f"This service does not answer to the host {shown!r}. Open it by the name or address "
            "that it was started with, or start it with RAGBOT_ALLOWED_HOSTS set to this name."
        )
        refused = problem(
            HTTPStatus.MISDIRECTED_REQUEST,
            detail,
            scope["path"],
            kind="urn:ragbot:host",
            title="This host is not allowed",
        )
        await refused(scope, receive, send)

    def _knows(self, name: str) -> bool:
        if self._everything or name in self._names or name.endswith(self._endings):
            return True
        try:
            address = ip_address(name.partition("%")[0])
        except ValueError:
            return False
        return self._addresses or address.is_loopback


def _name(host: str) -> str:
    """The name in a Host header, without its port and in small letters."""
    name = host.lower().strip()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a service that listens there."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
