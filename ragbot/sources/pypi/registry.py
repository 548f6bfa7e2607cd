"""Which wheel to read: asks an index (the simple API, JSON or HTML) for a project's files."""

import html.parser
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

import httpx
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ragbot.errors import SourceError

DEFAULT_INDEX = "https://pypi.org/simple"
_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
_LARGEST_PAGE = 64_000_000  # bytes; the longest project pages are some 20 MB
_SHA256 = re.compile(r"sha256=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel on an index; `sha256` and `date` (ISO) are "" where the index does not say."""

    filename: str
    url: str
    version: str
    sha256: str = ""
    date: str = ""
    is_yanked: bool = False


def index_of(given: str = "") -> str:
    """The index to ask: the one given, else PIP_INDEX_URL, else PyPI."""
    return (given or os.environ.get("PIP_INDEX_URL", "") or DEFAULT_INDEX).rstrip("/")


def find_wheel(client: httpx.Client, index: str, package: str, version: str) -> Wheel:
    """The wheel of that version, of the newest release if it is "".

    A wheel for any platform is preferred, then one for Linux on x86-64: only Python files are read,
    so what it is built for does not matter.

    Raises:
        SourceError: the index cannot be reached, or has no such wheel.
    """
    wheels = _wheels(client, f"{index}/{canonicalize_name(package)}/", package)
    if version:
        try:
            wanted = Version(version)
        except InvalidVersion as error:
            raise SourceError(f"{package}: {version!r} is no version number") from error
        fitting = [wheel for wheel in wheels if Version(wheel.version) == wanted]
    else:
        kept = [wheel for wheel in wheels if not wheel.is_yanked] or wheels
        final = [w for w in kept if not Version(w.version).is_prerelease] or kept
        newest = max((Version(wheel.version) for wheel in final), default=None)
        fitting = [wheel for wheel in final if Version(wheel.version) == newest]
    if not fitting:
        which = f"version {version}" if version else "any version"
        raise SourceError(f"{package}: {index} has no wheel of {which}; name one that it has")
    return min(fitting, key=_preference)


def _wheels(client: httpx.Client, page: str, package: str) -> list[Wheel]:
    try:
        with client.stream("GET", page, headers={"Accept": _ACCEPT}) as response:
            if response.status_code == httpx.codes.NOT_FOUND:
                raise SourceError(f"{package}: there is no such package at {page}")
            response.raise_for_status()
            content = bytearray()
            for part in response.iter_bytes():
                content += part
                if len(content) > _LARGEST_PAGE:
                    raise SourceError(f"{package}: the page {page} is too large")
            is_json = "json" in response.headers.get("content-type", "")
            files = (_from_json if is_json else _from_html)(content.decode("utf-8"))
            return [wheel for file in files if (wheel := _wheel(str(response.url), file))]
    except httpx.HTTPError as error:
        raise SourceError(f"{package}: {page} cannot be reached ({told(error)})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{package}: {page} is no package index ({error})") from error


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    url: str
    sha256: str
    date: str
    is_yanked: bool


def _from_json(page: str) -> Iterable[_File]:
    for file in json.loads(page)["files"]:
        yield _File(
            str(file["filename"]),
            str(file["url"]),
            str(file.get("hashes", {}).get("sha256", "")),
            str(file.get("upload-time") or "")[:10],
            bool(file.get("yanked", False)),
        )


def _from_html(page: str) -> Iterable[_File]:
    links = _Links()
    links.feed(page)
    return links.files


class _Links(html.parser.HTMLParser):
    """The links of an index page."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[_File] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        href = told.get("href") or ""
        if tag == "a" and href:
            url, fragment = urldefrag(href)
            sha256 = _SHA256.fullmatch(fragment)
            date = (told.get("data-upload-time") or "")[:10]
            name = url.rsplit("/", 1)[-1].replace("%2B", "+")
            self.files.append(
                _File(name, url, sha256[1] if sha256 else "", date, "data-yanked" in told)
            )


def _wheel(page: str, file: _File) -> Wheel | None:
    try:
        _, version, _, _ = parse_wheel_filename(file.name)
    except (InvalidWheelFilename, InvalidVersion):
        return None
    url = urljoin(page, file.url)
    if not url.startswith(("https://", "http://")):
        return None
    return Wheel(file.name, url, str(version), file.sha256, file.date, file.is_yanked)


def _preference(wheel: Wheel) -> tuple[int, str]:
    order = ("-any.whl", "manylinux", "x86_64")
    name = wheel.filename
    rank = 0 if name.endswith(order[0]) else 3
    if order[2] in name:
        rank = 1 if order[1] in name else 2
    return rank, name


def told(error: httpx.HTTPError) -> str:
    """What went wrong, in words short enough for one line."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"it answered {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    return str(error).split("\n", 1)[0] or type(error).__name__
