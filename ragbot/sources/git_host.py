"""At which addresses the host of a repository may be asked."""

import os
from urllib.parse import urlsplit

import httpcore

from ragbot.sources.addresses import PublicNetwork, RefusedError, Resolve
from ragbot.sources.git_entry import ObtainGit
from ragbot.sources.git_program import PROXIES, UnreachableError


def places_of(obtain: ObtainGit, names: Resolve) -> tuple[str, ...]:
    """The addresses of the repository's host, each of them public; () leaves that to others.

    Raises:
        RefusedError: one of them is not public, or it is this machine.
        UnreachableError: the host has none.
    """
    if obtain.private:
        return ()
    parts = urlsplit(obtain.url)
    if parts.scheme == "file":
        hint = "if it may be read, say private = true in the entry's [source.obtain]"
        raise RefusedError(f"{obtain.url} stands on this machine; {hint}")
    try:
        return tuple(PublicNetwork(names).addresses(parts.hostname or "", parts.port or 443))
    except httpcore.ConnectError as error:
        if any(os.environ.get(name) for name in PROXIES):
            return ()  # the proxy knows more names than we do
        raise UnreachableError(f"{obtain.url} cannot be reached ({error}); sync later") from error
