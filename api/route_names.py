"""What figures and traces call a request by: a route, never a path that a client makes up."""

from starlette.types import Scope

from api.rates import COUNTED


def route_of(scope: Scope) -> str:
    """The route that answered; "none" where there is none.

    What is turned away before it is routed, and the tools of /mcp, have their path, where that is
    one of those that are counted.
    """
    routed = getattr(scope.get("route"), "path", "")
    return routed or (scope["path"] if scope["path"] in COUNTED else "none")
