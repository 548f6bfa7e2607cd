"""How sources.toml says that documents stand on the web."""

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ragbot.sources.shown import redacted

_ADDRESS = re.compile(r"https?://[^\s/@]+(/[^\s]*)?")


class ObtainWeb(BaseModel):
    """How to get a source: `web`, one page at `url` or the pages that a `sitemap` lists.

    `include` and `exclude` are patterns of addresses (`*` stays in one folder, `**` spans folders);
    at most `pages` are taken, with `delay` seconds between two visits of a host, or more where its
    robots.txt asks for more. `stand_in` is a digest in the corpus folder that is read as long as no
    page was ever fetched. `private` lets pages stand on this machine or in a network of one's own,
    at any port.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["web"]
    url: str = ""
    sitemap: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    pages: int = Field(100, ge=1, le=10_000)
    delay: float = Field(2.0, ge=0.5, le=3600.0)
    stand_in: str = ""
    licence: str = ""
    private: bool = False

    @field_validator("url", "sitemap")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError(
                f"{redacted(url)!r} must be an http or https address without a user name"
            )
        return url

    @field_validator("stand_in")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        if path.startswith("/") or ".." in path.split("/"):
            raise ValueError(f"{path!r} must stay inside the corpus folder")
        return path

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if bool(self.url) == bool(self.sitemap):
            raise ValueError("give url for one page or sitemap for many")
        if self.url and (self.include or self.exclude):
            raise ValueError("include and exclude choose among the pages of a sitemap")
        return self
