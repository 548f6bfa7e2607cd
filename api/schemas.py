"""What the service takes: the request bodies, and the base of every model in this room."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from ragbot import limits
from ragbot.assistant import Turn
from ragbot.errors import QuestionError
from ragbot.retrieval import Filters
from ragbot.types import Authority


def _whole(text: str) -> str:
    """The text, where it can be written in UTF-8: JSON can say half of a character."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = "this text holds half of a character (a lone surrogate)"
        raise PydanticCustomError("half_character", message) from error
    return text


Text = Annotated[str, AfterValidator(_whole)]
Name = Annotated[str, Field(max_length=limits.NAME_CHARACTERS), AfterValidator(_whole)]
Names = Annotated[list[Name], Field(max_length=limits.NAMES)]
"""Ids; empty ones and those that come twice do not count."""


class Schema(BaseModel):
    """A frozen model that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TurnIn(Schema):
    """One earlier turn of the conversation."""

    role: Literal["user", "assistant"] = Field(description="who spoke", examples=["user"])
    content: Text = Field(description="what was said", examples=["Is Alpha faster than Beta?"])

    def to_turn(self) -> Turn:
        """The turn as the library takes it."""
        return Turn(role=self.role, content=self.content)


def _short_enough(history: list[TurnIn]) -> list[TurnIn]:
    """The history, where all its turns together are not too long."""
    try:
        limits.check_history([turn.content for turn in history])
    except QuestionError as error:
        raise PydanticCustomError("history_too_long", "{why}", {"why": str(error)}) from error
    return history


History = Annotated[list[TurnIn], Field(max_length=limits.TURNS), AfterValidator(_short_enough)]


class Scope(Schema):
    """Which sources an answer may quote; empty lists leave everything in."""

    sources: Names = Field(
        default_factory=list,
        description="quote these sources only (ids of GET /v1/sources)",
        examples=[[]],
    )
    authorities: list[Authority] = Field(
        default_factory=list,
        max_length=limits.NAMES,
        description="quote sources of these authorities only",
        examples=[["official", "independent"]],
    )

    def to_filters(self, subjects: list[str] | None = None) -> Filters:
        """The filters as the library takes them."""
        return Filters(
            subjects=tuple(subjects or ()),
            sources=tuple(self.sources),
            authorities=tuple(self.authorities),
        )


class Answered(Scope):
    """What is asked of an answer besides its sources."""

    summary: bool = Field(
        True,
        strict=True,
        description="whether a language model, where there is one, sums the answer up",
        examples=[True],
    )


class AskIn(Answered):
    """A question, with the turns before it when it is a follow-up."""

    question: Text = Field(
        description="the question in plain words",
        examples=["Is Alpha or Beta better for small projects?"],
    )
    history: History = Field(
        default_factory=list,
        description="the earlier turns, oldest first; they make a follow-up self-contained",
        examples=[[]],
    )
    subjects: Names = Field(
        default_factory=list,
        description="quote passages about these subjects only (ids of GET /v1/subjects)",
        examples=[[]],
    )


class CompareIn(Answered):
    """A comparison without a question: the columns and rows of the table."""

    subjects: Names = Field(
        min_length=1,
        description="the columns: ids or aliases of subjects",
        examples=[["alpha", "beta"]],
    )
    aspects: Names = Field(
        default_factory=list,
        description="the rows: ids of aspects; empty: every aspect",
        examples=[["speed"]],
    )


class SearchIn(Scope):
    """A search for passages, without an answer."""

    query: Text = Field(description="what to look for", examples=["saving a model"])
    limit: int = Field(
        10, ge=1, le=100, strict=True, description="how many passages at most", examples=[10]
    )
    subjects: Names = Field(
        default_factory=list,
        description="passages about these subjects only (ids of GET /v1/subjects)",
        examples=[[]],
    )
