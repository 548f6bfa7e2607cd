"""The fetcher of kind `pypi`: from the entry of a package to one document a public symbol."""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

from ragbot.errors import ReadError, SourceError
from ragbot.progress import Progress
from ragbot.quarantine import Quarantine, in_force
from ragbot.sources.addresses import Resolve, resolve
from ragbot.sources.catalog import Entry
from ragbot.sources.fetching import Fetched, Locked, Shelf
from ragbot.sources.pypi.address import address
from ragbot.sources.pypi.extract import Unread, extracted
from ragbot.sources.pypi.index import client_for, index_of
from ragbot.sources.pypi.recipe import PypiObtain
from ragbot.sources.pypi.registry import Wheel, find_wheel
from ragbot.sources.pypi.symbols import Symbol
from ragbot.sources.pypi.wheel import Contents, read_wheel

MEDIA_TYPE = "application/x-symbol+json"
_TIMES_THE_MEMORY = 2  # of a document: what the modules of a package define is held together


def fetch_pypi(
    entry: Entry,
    before: Locked | None,
    shelf: Shelf,
    scratch: Path,
    progress: Progress,
    *,
    index_url: str = "",
    names: Resolve = resolve,
) -> Locked | None:
    """Put a document for every public symbol of the package on the shelf.

    `index_url` is a package index with the simple API; "" takes PIP_INDEX_URL, else PyPI. Nothing
    is done where the index still names the wheel that `before` was read from, by the same rules.
    `names` is for tests: another way to look up hosts.

    Raises:
        SourceError: the index or the wheel cannot be had, or the wheel is damaged.
    """
    recipe = cast("PypiObtain", entry.obtain)
    index = index_of(index_url)
    with client_for(index, names, private=recipe.private) as client:
        wheel = find_wheel(client, index.url, recipe.package, recipe.version)
        rules = hashlib.sha256(recipe.model_dump_json().encode()).hexdigest()
        locked = Locked(wheel.version, wheel.date, wheel.sha256, {"rules": rules})
        is_verified = before is not None and bool(locked.checksum and before.verified)
        if before and is_verified and before == replace(locked, verified=before.verified):
            return None
        contents = read_wheel(client, wheel, recipe, scratch, progress)
    _put(recipe, wheel, contents, shelf, progress)
    return replace(locked, verified=contents.verified)


def _put(
    recipe: PypiObtain, wheel: Wheel, contents: Contents, shelf: Shelf, progress: Progress
) -> None:
    progress.stage(f"read {wheel.filename}", None)
    count = 0
    limits = in_force.get()
    limits = replace(limits, megabytes=limits.megabytes * _TIMES_THE_MEMORY)
    with Quarantine(limits) as quarantine:
        try:
            for found in extracted(quarantine, contents.files, recipe):
                if isinstance(found, Unread):
                    shelf.problem(found.path, found.reason)
                    continue
                shelf.put(_document(found, recipe, wheel, contents.licence))
                progress.advance(1)
                count += 1
        except ReadError as error:
            raise SourceError(f"{wheel.filename}: {error}") from error
    if not count:
        message = f"{wheel.filename}: no public symbol with a docstring; correct the entry's rules"
        raise SourceError(message)


def _document(symbol: Symbol, recipe: PypiObtain, wheel: Wheel, licence: str) -> Fetched:
    content = json.dumps(asdict(symbol), ensure_ascii=False, indent=1)
    return Fetched(
        path=f"{symbol.name}.json",
        content=content.encode("utf-8", "replace"),
        media_type=MEDIA_TYPE,
        title=symbol.name,
        url=address(symbol, wheel.version, recipe.url),
        updated=wheel.date,
        version=wheel.version,
        licence=licence,
    )
