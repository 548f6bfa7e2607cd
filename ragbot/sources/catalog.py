"""The catalogue of a corpus: sources.toml, every source with its facts and how to obtain it."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from ragbot import toml_file
from ragbot.errors import ConfigError
from ragbot.sources.address_rule import AddressRule
from ragbot.sources.git_entry import ObtainGit
from ragbot.sources.identity import checked_id
from ragbot.sources.pypi.recipe import PypiObtain
from ragbot.sources.shown import redacted
from ragbot.sources.web_entry import ObtainWeb
from ragbot.types import Authority, Source, SourceKind

CATALOG_FILE = "sources.toml"
UNDATED = "undated"
UNKNOWN = "unknown"
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def _inside(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"{path!r} must stay inside the corpus folder")
    return path


class ObtainFiles(AddressRule):
    """How to get a source: `files`, a file or folder beside sources.toml.

    For its `address` paths are those below the folder, for a single file its name.
    """

    kind: Literal["files"]
    path: str = Field(min_length=1)

    _inside = field_validator("path")(_inside)


Obtain = Annotated[ObtainFiles | ObtainGit | ObtainWeb | PypiObtain, Field(discriminator="kind")]


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, AfterValidator(checked_id)]
    title: str = Field(min_length=1)
    author: str = UNKNOWN
    publisher: str = UNKNOWN
    url: str = UNKNOWN
    published: str = UNDATED
    updated: str = UNDATED
    version: str = ""
    authority: Authority
    subjects: tuple[str, ...] = ()
    licence: str = UNKNOWN
    kind: SourceKind
    obtain: Obtain

    @field_validator("published", "updated")
    @classmethod
    def _is_a_date(cls, value: str) -> str:
        if value != UNDATED and not _DATE.fullmatch(value):
            raise ValueError(f"{value!r} is neither YYYY, YYYY-MM, YYYY-MM-DD nor {UNDATED!r}")
        return value


class Folder(AddressRule):
    """A folder whose files are read with sources made up for each; `address` as of files."""

    path: str = Field(min_length=1)

    _inside = field_validator("path")(_inside)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: tuple[_Source, ...] = ()
    folder: tuple[Folder, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One source and how to obtain it."""

    source: Source
    obtain: Obtain


def no_corpus(folder: Path) -> str:
    """What is said where there is no corpus folder: how to begin."""
    init = shlex.join(("ragbot", "init", str(folder)))
    return (
        f"corpus folder {folder} does not exist; name one with --corpus, or begin one: `{init}` "
        f"for documents of your own, `{init} --shipped` for those that come with ragbot"
    )


def has_catalog(corpus: Path) -> bool:
    """Whether there is a sources.toml, even one that cannot be read: then it is not passed over."""
    path = corpus / CATALOG_FILE
    return path.exists() or path.is_symlink()


def load(path: Path) -> tuple[Entry, ...]:
    """The sources of a sources.toml, in file order.

    Raises:
        ConfigError: it cannot be read, is no TOML, or an entry is incomplete or contradictory.
    """
    return tuple(Entry(_source(entry), entry.obtain) for entry in _read(path).source)


def folders(path: Path) -> tuple[Folder, ...]:
    """The folders of a sources.toml whose sources are made up; errors as of `load`."""
    return _read(path).folder


def _read(path: Path) -> _File:
    try:
        file = _File.model_validate(toml_file.parse(toml_file.read_text(path), str(path)))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{path}: {where}: {first['msg']}") from error
    if not file.source and not file.folder:
        raise ConfigError(f"{path} names no source; add a [[source]] or a [[folder]]")
    ids = [entry.id for entry in file.source]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ConfigError(f"{path}: two sources have the id {twice[0]!r}; give each its own")
    return file


def _source(entry: _Source) -> Source:
    facts = {name: getattr(entry, name) for name in Source.__slots__}
    return Source(**facts | {"url": redacted(entry.url)})
