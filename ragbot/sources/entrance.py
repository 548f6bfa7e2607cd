"""What every document passes on its way in, wherever it comes from: its facts are made safe.

Front matter, manifests, JSON Lines and pages tell facts that nobody has checked. An address that is
not of the web is left out and named (a path alone, as sites have it in their front matter, is left
out without a word); half a character, which no file can hold, becomes `?`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from ragbot.characters import whole
from ragbot.sources.catalog import UNKNOWN
from ragbot.sources.files import Problem
from ragbot.sources.shown import redacted, web_address
from ragbot.types import RawDocument, Source

_SHOWN = 80  # characters of an address that is named
_NO_ADDRESS = {"", UNKNOWN}
_SCHEME = re.compile(r"\s*[a-z][a-z0-9+.-]*:", re.IGNORECASE)

_Told = TypeVar("_Told", RawDocument, Source)


def admitted(found: Iterable[RawDocument | Problem]) -> Iterator[RawDocument | Problem]:
    """The same documents and problems, and one more Problem for each address that was left out.

    The address of a source is named once, with the first document that has it.
    """
    named: set[str] = set()
    for one in found:
        if isinstance(one, Problem):
            yield Problem(redacted(whole(one.path)), redacted(whole(one.reason)))
            continue
        raw = replace(_safe(one), source=_safe_source(one.source))
        for given, kept in ((one.source.url, raw.source.url), (one.url, raw.url)):
            if kept == UNKNOWN and _SCHEME.match(given) and given not in named:
                if given == one.source.url:
                    named.add(given)
                yield _left_out(raw.path, given)
        yield raw


@lru_cache(maxsize=1024)
def _safe_source(source: Source) -> Source:
    return _safe(source)


def _safe(told: _Told) -> _Told:
    """A document or source whose texts can be written and whose address can be followed."""
    changes: dict[str, Any] = {
        name: whole(text)
        for name in told.__slots__
        if isinstance(text := getattr(told, name), str) and text != whole(text)
    }
    if told.url not in _NO_ADDRESS:
        changes["url"] = web_address(told.url) or UNKNOWN
    if told.subjects:
        changes["subjects"] = tuple(map(whole, told.subjects))
    return replace(told, **changes)


def _left_out(path: str, url: str) -> Problem:
    shown = redacted(whole(url))[:_SHOWN]
    return Problem(path, f"only its address, {shown!r}: that is no http or https address")
