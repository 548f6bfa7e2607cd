"""Which wheel to read: asks an index (the simple API, JSON or HTML) for a project's files."""

import html.parser
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

import httpcore
import httpx
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ragbot.errors import SourceError
from ragbot.foreign_json import foreign_json
from ragbot.sources.shown import redacted
from ragbot.sources.web_transport import BROKEN

_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
_LARGEST_PAGE = 64_000_000  # bytes; the longest project pages are some 20 MB
_LONGEST_NAME = 300  # characters of a file; a version of thousands of digits is no version
_SHA256 = re.compile(r"sha256=([0-9a-f]{64})", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel on an index; `sha256` and `date` (ISO) are "" where the index does not say."""

    filename: str
    url: str
    version: str
    sha256: str = ""
    date: str = ""
    is_yanked: bool = False


def find_wheel(client: httpx.Client, index: str, package: str, version: str) -> Wheel:
    """The wheel of that version, of the newest release if it is "".

    A wheel for any platform is preferred, then one for Linux on x86-64: only Python files are read,
    so what it is built for does not matter.

    Raises:
        SourceError: the index cannot be reached, or has no such wheel.
    """
    wheels = _wheels(client, f"{index}/{canonicalize_name(package)}/", package)
    if version:
        wanted = _version(version)
        if wanted is None:
            raise SourceError(f"{package}: {version[:40]!r} is no version number")
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
            files = (_from_json if is_json else _from_html)(bytes(content))
            return [wheel for file in files if (wheel := _wheel(str(response.url), file))]
    except BROKEN as error:
        raise SourceError(f"{package}: {page} cannot be reached ({told(error)})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{package}: {page} is no package index ({error})") from error


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    url: str
    sha256: str  # "sha256=" and the sum, where the page has one
    date: str
    is_yanked: bool


def _from_json(page: bytes) -> Iterable[_File]:
    for file in foreign_json(page, largest=_LARGEST_PAGE)["files"]:
        yield _File(
            str(file["filename"]),
            str(file["url"]),
            f"sha256={file.get('hashes', {}).get('sha256', '')}",
            str(file.get("upload-time") or ""),
            bool(file.get("yanked", False)),
        )


def _from_html(page: bytes) -> Iterable[_File]:
    links = _Links()
    links.feed(page.decode("utf-8"))
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
            try:
                url, fragment = urldefrag(href)
            except ValueError:
                return
            date = told.get("data-upload-time") or ""
            name = url.rsplit("/", 1)[-1].replace("%2B", "+")
            self.files.append(_File(name, url, fragment, date, "data-yanked" in told))


def _wheel(page: str, file: _File) -> Wheel | None:
    """The wheel of a file, None where it is none that can be had; nothing is taken unchecked."""
    if len(file.name) > _LONGEST_NAME:
        return None
    try:
        _, version, _, _ = parse_wheel_filename(file.name)
        url = redacted(urljoin(page, file.url))
    except (InvalidWheelFilename, InvalidVersion, ValueError):
        return None
    if not url.startswith(("https://", "http://")):
        return None
    sha256, date = _SHA256.fullmatch(file.sha256), _DATE.match(file.date)
    checksum = sha256[1].lower() if sha256 else ""
    return Wheel(
        file.name, url, str(version), checksum, date.group() if date else "", file.is_yanked
    )


def _version(text: str) -> Version | None:
    try:
        return Version(text) if len(text) <= _LONGEST_NAME else None
    except (InvalidVersion, ValueError):
        return None


def _preference(wheel: Wheel) -> tuple[int, str]:
    order = ("-any.whl", "manylinux", "x86_64")
    name = wheel.filename
    rank = 0 if name.endswith(order[0]) else 3
    if order[2] in name:
        rank = 1 if order[1] in name else 2
    return rank, name


def told(error: Exception) -> str:
    """What went wrong, in words short enough for one line."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"it answered {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return "it did not answer in time"
    if isinstance(error, httpx.InvalidURL):
        return "it redirects to what is no web address"
    return redacted(str(error).split("\n", 1)[0]) or type(error).__name__
