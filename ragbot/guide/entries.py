"""What a subjects.toml may say."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# A name without a letter or digit would be found everywhere in a text.
Name = Annotated[str, Field(pattern=r"\w")]


class Entry(BaseModel):
    """What has an id and a name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: Name


class Subject(Entry):
    """One thing that is compared; `symbols` are prefixes of its programming names."""

    aliases: tuple[Name, ...] = ()
    symbols: tuple[Name, ...] = ()


class Product(Entry):
    """Something with a name of its own that is not compared by itself.

    `subject` is the id of the subject that it is a part of, or a tool for, so that its name is a
    mention of that; "" for what the documents speak of though it belongs to none.
    """

    subject: str = ""
    aliases: tuple[Name, ...] = ()


class Aspect(Entry):
    """One thing that subjects are compared on; a word ending in `*` stands for a stem."""

    description: str = Field(min_length=1)
    words: tuple[Name, ...] = ()


class AllSubjects(BaseModel):
    """What a question calls the subjects, and words of their whole field."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[Name, ...] = ()
    general: tuple[Name, ...] = ()


class GuideFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: AllSubjects = AllSubjects()
    subject: tuple[Subject, ...] = ()
    product: tuple[Product, ...] = ()
    aspect: tuple[Aspect, ...] = ()
