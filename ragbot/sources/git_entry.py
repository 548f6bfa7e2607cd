"""How sources.toml says that documents stand in a git repository."""

import re
from pathlib import PurePosixPath
from typing import Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ragbot.sources.shown import redacted

_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]*")
_PLACES = re.compile(r"\{(path|stem|ref|commit)\}")


class Rewrite(BaseModel):
    r"""Replaces what a regular expression finds in a path; `to` may name groups as `\1`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    find: str = Field(min_length=1)
    to: str = ""

    @model_validator(mode="after")
    def _is_an_expression(self) -> Self:
        try:
            re.sub(self.find, self.to, "")
        except (re.error, IndexError) as error:
            raise ValueError(f"{self.find!r} to {self.to!r} cannot be done ({error})") from error
        return self


class ObtainGit(BaseModel):
    """How to get a source: `git`, the documents of a repository at a branch, tag or commit.

    `paths` and `exclude` are patterns of paths in the repository (`*` stays in one folder, `**`
    spans folders, a folder means all below it); `gallery` tells which Python scripts among them are
    tutorials in the form of Sphinx-Gallery. `address` makes the public address of a document of
    `{path}`, `{stem}` (the path without its ending), `{ref}` and `{commit}`, after each `rewrite`
    was applied to the path; "" leaves the source's own address. `private` lets the repository stand
    on this machine (`file://`) or in a network of one's own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["git"]
    url: str
    ref: str = ""
    paths: tuple[str, ...] = Field(min_length=1)
    exclude: tuple[str, ...] = ()
    gallery: tuple[str, ...] = ()
    address: str = ""
    rewrite: tuple[Rewrite, ...] = ()
    licence: str = ""
    private: bool = False

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"https", "file"} or re.search(r"[\s\x00-\x1f]", url):
            raise ValueError(f"{redacted(url)!r} must start with https:// or file://")
        if "@" in parts.netloc:
            raise ValueError("the address must not hold a user name or password")
        if parts.scheme == "https" and (not parts.hostname or parts.netloc.startswith("-")):
            raise ValueError(f"{redacted(url)!r} names no host")
        return url

    @field_validator("ref")
    @classmethod
    def _is_a_ref(cls, ref: str) -> str:
        if ref and (not _REF.fullmatch(ref) or ".." in ref):
            raise ValueError(f"{ref!r} is no branch, tag or commit")
        return ref

    @field_validator("paths", "exclude", "gallery")
    @classmethod
    def _stay_inside(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            if not path.strip("/") or ".." in path.split("/"):
                raise ValueError(f"{path!r} is no path inside the repository")
        return paths

    @field_validator("address")
    @classmethod
    def _is_a_template(cls, address: str) -> str:
        if address and not address.startswith(("https://", "http://")):
            raise ValueError(f"{address!r} must start with https://")
        if re.search(r"[{}]", _PLACES.sub("", address)):
            known = "{path}, {stem}, {ref} and {commit}"
            raise ValueError(f"{address!r} may hold {known} only")
        return address

    def address_of(self, path: str, commit: str) -> str:
        """The public address of the document at `path`, "" where there is no rule for it."""
        for rule in self.rewrite:
            path = re.sub(rule.find, rule.to, path)
        stem = path.removesuffix(PurePosixPath(path).suffix)
        values = {"path": path, "stem": stem, "ref": self.ref or "HEAD", "commit": commit}
        return _PLACES.sub(lambda match: quote(values[match[1]]), self.address)
