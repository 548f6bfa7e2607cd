"""How sources.toml says that documents stand in a git repository."""

import re
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from ragbot.sources.address_rule import AddressRule
from ragbot.sources.shown import redacted

_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]*")


class ObtainGit(AddressRule):
    """How to get a source: `git`, the documents of a repository at a branch, tag or commit.

    `paths` and `exclude` are patterns of paths in the repository (`*` stays in one folder, `**`
    spans folders, a folder means all below it); `gallery` tells which Python scripts among them are
    tutorials in the form of Sphinx-Gallery. `address` may hold `{ref}` and `{commit}` as well; ""
    leaves the source's own address. `private` lets the repository stand on this machine (`file://`)
    or in a network of one's own.
    """

    places: ClassVar[tuple[str, ...]] = ("path", "stem", "ref", "commit")

    kind: Literal["git"]
    url: str
    ref: str = ""
    paths: tuple[str, ...] = Field(min_length=1)
    exclude: tuple[str, ...] = ()
    gallery: tuple[str, ...] = ()
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

    def address_of(self, path: str, commit: str) -> str:
        """The public address of the document at `path`, "" where there is no rule for it."""
        return self.filled(path, ref=self.ref or "HEAD", commit=commit)
