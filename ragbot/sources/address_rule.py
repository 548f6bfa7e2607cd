"""How sources.toml makes the public address of a document out of its path."""

import re
from pathlib import PurePosixPath
from typing import ClassVar, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_INDEX_PAGES = frozenset({"index", "_index", "readme"})


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


class AddressRule(BaseModel):
    """What of an entry tells where its documents stand on the web.

    `address` makes the address of a document of `{path}` and `{stem}` (the path without its
    ending), after each `rewrite` was applied to the path; "" is no rule. Where an address ends in a
    folder for each page (`{stem}/`), that of an index page is the folder in which it lies.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    places: ClassVar[tuple[str, ...]] = ("path", "stem")

    address: str = ""
    rewrite: tuple[Rewrite, ...] = ()

    @field_validator("address")
    @classmethod
    def _is_a_template(cls, address: str) -> str:
        if address and not address.startswith(("https://", "http://")):
            raise ValueError(f"{address!r} must start with https://")
        if re.search(r"[{}]", cls._pattern().sub("", address)):
            *first, last = (f"{{{name}}}" for name in cls.places)
            raise ValueError(f"{address!r} may hold {', '.join(first)} and {last} only")
        return address

    def filled(self, path: str, **values: str) -> str:
        """The address of the document at `path` (POSIX, relative), "" where there is no rule.

        `values` fill the other places of the template.
        """
        for rule in self.rewrite:
            path = re.sub(rule.find, rule.to, path)
        stem = path.removesuffix(PurePosixPath(path).suffix)
        address = self.address
        folder, _, name = stem.rpartition("/")
        if "{stem}/" in address and name.lower() in _INDEX_PAGES:
            stem, address = folder, address if folder else address.replace("{stem}/", "{stem}")
        told = {"path": path, "stem": stem} | values
        return self._pattern().sub(lambda match: quote(told[match[1]]), address)

    @classmethod
    def _pattern(cls) -> re.Pattern[str]:
        return re.compile(r"\{(" + "|".join(cls.places) + r")\}")
