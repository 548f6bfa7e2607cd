"""The package index that is asked, and the client that asks: its login is sent to it alone.

An index that the user names (PIP_INDEX_URL) may stand anywhere, and so may PyPI: what answers under
its names over https has shown its certificate, and in some networks that is a mirror. What an index
links to or redirects to is somebody else's word, and must stand at a public address, at that of the
index itself, or where PyPI keeps its files.
"""

import os
import time
from collections.abc import Generator
from dataclasses import dataclass
from urllib.request import getproxies

import httpcore
import httpx

from ragbot.errors import SourceError
from ragbot.sources.addresses import PublicNetwork, Resolve
from ragbot.sources.web_transport import PublicTransport

DEFAULT_INDEX = "https://pypi.org/simple"
PYPI = (("pypi.org", 443), ("files.pythonhosted.org", 443))
_TIMEOUT = httpx.Timeout(30.0, connect=15.0)
_SECONDS = 7200.0  # for all of one package
_AGENT = {"User-Agent": "ragbot (reads docstrings of wheels)"}
_PORTS = {"https": 443, "http": 80}


class Login(httpx.Auth):
    """A user name and password for one origin; requests to any other go without."""

    def __init__(self, origin: httpx.URL, user: str, password: str) -> None:
        self._origin = _origin(origin)
        self._basic = httpx.BasicAuth(user, password)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the login where it belongs."""
        if _origin(request.url) == self._origin:
            yield from self._basic.auth_flow(request)
        else:
            yield request


@dataclass(frozen=True, slots=True)
class Index:
    """A package index: its address without a login, the login, and whether the user named it."""

    url: str
    login: Login | None = None
    is_named: bool = False


def index_of(given: str = "") -> Index:
    """The index to ask: the one given, else PIP_INDEX_URL, else PyPI.

    Raises:
        SourceError: it is no http or https address; it is not said, since it may hold a password.
    """
    named = given or os.environ.get("PIP_INDEX_URL", "")
    try:
        url = httpx.URL((named or DEFAULT_INDEX).strip().rstrip("/"))
        is_web = url.scheme in _PORTS and bool(url.host)
    except (httpx.InvalidURL, UnicodeError):
        is_web = False
    if not is_web:
        raise SourceError("PIP_INDEX_URL is no http or https address; correct it or unset it")
    login = Login(url, url.username, url.password) if url.userinfo else None
    plain = str(url.copy_with(username=None, password=None)) if login else str(url)
    return Index(plain, login, is_named=bool(named))


def network_for(index: Index, names: Resolve, *, private: bool) -> PublicNetwork:
    """What may be reached for an index: itself, PyPI and public addresses, `private` any."""
    named = [_origin(httpx.URL(index.url))[1:]] if index.is_named else []
    return PublicNetwork(names, private=private, trusted=[*PYPI, *named])


def client_for(index: Index, names: Resolve, *, private: bool) -> httpx.Client:
    """A client that reaches the index and public addresses, `private` any.

    Behind a proxy that the environment names, the proxy looks up hosts: those that are known here
    are checked here all the same.
    """
    network = network_for(index, names, private=private)
    network.deadline = time.monotonic() + _SECONDS
    if {"http", "https", "all"} & set(getproxies()):

        def check(request: httpx.Request) -> None:
            try:
                network.addresses(*_origin(request.url)[1:])
            except httpcore.ConnectError:
                return  # the proxy knows more names than we do

        return httpx.Client(
            auth=index.login,
            timeout=_TIMEOUT,
            follow_redirects=True,
            headers=_AGENT,
            event_hooks={"request": [check]},
        )
    return httpx.Client(
        auth=index.login,
        timeout=_TIMEOUT,
        follow_redirects=True,
        headers=_AGENT,
        transport=PublicTransport(network, own_certificates=True),
        trust_env=False,
    )


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.raw_host.decode("ascii").lower(), url.port or _PORTS.get(url.scheme, 0)
