"""The pages for people: the files of page/, read once, served with media type and ETag."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import Response

FOLDER: Final = Path(__file__).parent / "page"

_ADDRESSES: Final = {"index.html": "/", "docs.html": "/docs"}

_MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """One static file; the ETag is the hash of what it holds."""

    content: bytes
    media_type: str
    etag: str

    def respond(self, request: Request) -> Response:
        """The file, or 304 where the browser has it."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache"}
        known = request.headers.get("if-none-match", "")
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        if self.etag in tags or "*" in tags:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(self.content, headers=headers, media_type=self.media_type)


def add_page(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the pages at / and /docs, and every other file of the folder at /its-name."""
    for path in sorted(folder.iterdir()):
        if path.suffix in _MEDIA_TYPES:
            address = _ADDRESSES.get(path.name, f"/{path.name}")
            app.add_api_route(
                address,
                _answering(_read(path)),
                methods=["GET"],
                include_in_schema=False,
                name=path.name,
            )


def _read(path: Path) -> PageFile:
    content = path.read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    return PageFile(content, _MEDIA_TYPES[path.suffix], etag)


def _answering(file: PageFile) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        return file.respond(request)

    return respond
