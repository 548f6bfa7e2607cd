"""Which other origins' pages may call the API: none, unless the settings name them."""

from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from ragbot.settings import Settings

_SENT: Final = ("Authorization", "Content-Type", "X-Request-ID")
_SHOWN: Final = ("Retry-After", "X-Request-ID", "RateLimit", "RateLimit-Policy")


def cors(settings: Settings) -> list[Middleware]:
    """The middleware that answers browsers about other origins; none where none are named."""
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=list(_SENT),
            expose_headers=list(_SHOWN),
        )
    ]
