"""The names that a text may mean, as JSON."""

from pydantic import Field

from api.schemas import Schema
from ragbot.assistant import Assistant
from ragbot.understand.suggestions import Suggestion


class NameOut(Schema):
    """A documented name that a text may mean, or begin."""

    name: str = Field(description="what it is called", examples=["lib.part.Name"])
    document: str = Field(description="id of the document of it", examples=["fc51aa49b1aebfc0"])
    subject: str = Field(description="id of the subject that it is of", examples=["lib"])
    text: str = Field(description="what it was read from", examples=["name layer"])
    start: int = Field(description="where that begins in what was asked", examples=[0])
    end: int = Field(description="where that ends", examples=[10])
    probability: float = Field(
        description="how likely it is meant, 1 where the text begins it", examples=[0.93]
    )

    @classmethod
    def from_suggestion(cls, one: Suggestion) -> "NameOut":
        """Mirror a suggestion."""
        return cls(
            name=one.name,
            document=one.document,
            subject=one.subject,
            text=one.text,
            start=one.start,
            end=one.end,
            probability=round(one.probability, 4),
        )


class NamesOut(Schema):
    """The names that a text may mean, likeliest first."""

    names: list[NameOut] = Field(description="likeliest first")
    generation: str = Field(description="the index searched", examples=["000001-0123abcd"])

    @classmethod
    def from_text(cls, assistant: Assistant, text: str, limit: int) -> "NamesOut":
        """Look the names up."""
        found = assistant.names(text, limit)
        names = [NameOut.from_suggestion(one) for one in found]
        return cls(names=names, generation=assistant.generation.name)
