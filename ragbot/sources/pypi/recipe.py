"""How an entry of sources.toml says which package to read, and what is public in it."""

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
TESTS = ("*_test.py", "*/tests/*", "*/conftest.py")
"""Paths in a wheel that are never read: tests."""

ADDRESS_FIELDS = (
    "name",
    "slashes",
    "owner",
    "owner_slashes",
    "member",
    "defined",
    "path",
    "line",
    "version",
    "major_minor",
)
"""What the template of an address may hold."""


class Export(BaseModel):
    """A decorator that names what it decorates in public: `@export("layers.Dense")`.

    `prefix` is put before each name. `deprecated` are keywords whose names are out of date, each
    with the prefix of those names: `@export("gather", v1=["gather_old"])`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefix: str = ""
    deprecated: dict[str, str] = Field(default_factory=dict)


class Address(BaseModel):
    """The public address of the symbols whose name matches a regular expression from its start.

    `url` may hold {name}, {slashes} (the name with / for dots), {owner}, {owner_slashes} and
    {member} (the name cut at its last dot), {defined} (where it is defined, dotted), {path} (the
    file in the wheel), {line}, {version}, {major_minor}, and the named groups of `match`. `of` says
    which symbols: all, or only `members` of classes, or only the `others`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: str = ""
    url: str = Field(pattern=r"^https?://")
    of: Literal["all", "members", "others"] = "all"

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        try:
            groups = set(re.compile(self.match).groupindex)
        except re.error as error:
            raise ValueError(f"{self.match!r} is no regular expression ({error})") from error
        unknown = set(re.findall(r"\{(.*?)\}", self.url)) - groups - set(ADDRESS_FIELDS)
        if unknown:
            known = ", ".join(ADDRESS_FIELDS)
            raise ValueError(f"{self.url!r} holds {{{min(unknown)}}}; known are {known}")
        return self


class PypiObtain(BaseModel):
    """How to get a source out of a Python package: `pypi`.

    package     name of the project on the index
    version     the one version to take; "" takes the newest that is no pre-release
    modules     packages of the wheel whose files are read
    exclude     paths in the wheel that are not read (`*` spans folders); tests never are
    exports     decorators that give public names, by the decorator's name
    public      modules whose contents are public: through `__all__` and what `__init__` imports;
                each with the prefix its names get ({"pkg.api" = "pkg"})
    attach      calls that give a docstring to something compiled, by the function's name, with the
                name of what is documented: "{0}" is the first argument
    rename      prefixes of names that are published under another ({"pkg._C.Base" = "pkg.Thing"})
    deprecated  public names (patterns) that are out of date; they are kept, and say so
    leave_out   public names (patterns) that get no document
    docformat   what docstrings are written in, beneath their sections
    members     whether methods and properties of public classes get documents of their own
    private     whether files may stand on this machine or in a network of one's own; an index that
                PIP_INDEX_URL names may anyway
    url         addresses, the first that matches counts; without a match the source's own
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["pypi"]
    package: str = Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")
    version: str = ""
    modules: tuple[str, ...] = Field(min_length=1)
    exclude: tuple[str, ...] = ()
    exports: dict[str, Export] = Field(default_factory=dict)
    public: dict[str, str] = Field(default_factory=dict)
    attach: dict[str, str] = Field(default_factory=dict)
    rename: dict[str, str] = Field(default_factory=dict)
    deprecated: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    docformat: Literal["markdown", "rst"] = "rst"
    members: bool = True
    private: bool = False
    url: tuple[Address, ...] = ()

    @field_validator("modules")
    @classmethod
    def _are_modules(cls, modules: tuple[str, ...]) -> tuple[str, ...]:
        for module in modules:
            if not _DOTTED.fullmatch(module):
                raise ValueError(f"{module!r} is no module name")
        return modules
