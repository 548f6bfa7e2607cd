"""What a client of OpenAI's interface is answered: completions, chunks, models, errors."""

from typing import Literal

from pydantic import Field

from api.answers import CitationOut
from api.schemas import Schema


class ModelOut(Schema):
    """Something that answers."""

    id: str = Field(description="its name in requests", examples=["ragbot"])
    object: Literal["model"] = Field(default="model", description="always this", examples=["model"])
    created: int = Field(description="when its index was built, seconds of 1970", examples=[0])
    owned_by: str = Field(default="ragbot", description="always this", examples=["ragbot"])


class ModelsOut(Schema):
    """Everything that answers."""

    object: Literal["list"] = Field(default="list", description="always this", examples=["list"])
    data: list[ModelOut] = Field(description="ragbot; with a language model ragbot-summary too")


class UsageOut(Schema):
    """How long question and answer are, in words: nothing here is counted in tokens or billed."""

    prompt_tokens: int = Field(description="words of the messages", examples=[6])
    completion_tokens: int = Field(description="words of the reply", examples=[140])
    total_tokens: int = Field(description="both", examples=[146])

    @classmethod
    def of(cls, asked: str, said: str) -> "UsageOut":
        """The words of what was asked and said."""
        before, after = len(asked.split()), len(said.split())
        return cls(prompt_tokens=before, completion_tokens=after, total_tokens=before + after)


class MessageOut(Schema):
    """The answer as Markdown, and the quotes that its marks [n] stand for."""

    role: Literal["assistant"] = Field(
        default="assistant", description="always this", examples=["assistant"]
    )
    content: str = Field(description="Markdown", examples=["“Alpha starts in a second.” [1]"])
    refusal: None = Field(default=None, description="always null", examples=[None])
    citations: list[CitationOut] = Field(description="every quote; empty where there is none")


class ChoiceOut(Schema):
    """The one answer."""

    index: int = Field(default=0, description="always 0", examples=[0])
    message: MessageOut = Field(description="the answer")
    logprobs: None = Field(default=None, description="always null", examples=[None])
    finish_reason: Literal["stop"] = Field(
        default="stop", description="always this", examples=["stop"]
    )


class CompletionOut(Schema):
    """A reply that was not streamed."""

    id: str = Field(description="its name", examples=["chatcmpl-0123"])
    object: Literal["chat.completion"] = Field(
        default="chat.completion", description="always this", examples=["chat.completion"]
    )
    created: int = Field(description="seconds of 1970", examples=[1767225600])
    model: str = Field(description="what answered", examples=["ragbot"])
    system_fingerprint: str = Field(
        description="the index that answered", examples=["000001-0123abcd"]
    )
    choices: list[ChoiceOut] = Field(description="one answer")
    usage: UsageOut = Field(description="its length")


class DeltaOut(Schema):
    """What a chunk adds to the answer."""

    role: Literal["assistant"] | None = Field(
        default=None, description="in the first chunk", examples=["assistant"]
    )
    content: str | None = Field(default=None, description="more of it", examples=["“Alpha "])


class ChunkChoiceOut(Schema):
    """The one answer, as far as this chunk goes."""

    index: int = Field(default=0, description="always 0", examples=[0])
    delta: DeltaOut = Field(description="what is added")
    finish_reason: Literal["stop"] | None = Field(
        default=None, description="'stop' once it is whole", examples=["stop"]
    )


class ChunkOut(Schema):
    """A piece of a streamed reply; the last one before [DONE] has `citations`, empty or not."""

    id: str = Field(description="name of the reply", examples=["chatcmpl-0123"])
    object: Literal["chat.completion.chunk"] = Field(
        default="chat.completion.chunk",
        description="always this",
        examples=["chat.completion.chunk"],
    )
    created: int = Field(description="seconds of 1970", examples=[1767225600])
    model: str = Field(description="what answers", examples=["ragbot"])
    system_fingerprint: str = Field(
        description="the index that answers", examples=["000001-0123abcd"]
    )
    choices: list[ChunkChoiceOut] = Field(description="one; none in a chunk that tells the usage")
    usage: UsageOut | None = Field(default=None, description="in the last chunk, if asked for")
    citations: list[CitationOut] | None = Field(
        default=None, description="in the last chunk: every quote, empty where there is none"
    )


class ErrorBody(Schema):
    """What went wrong."""

    message: str = Field(description="in words", examples=["There is no index yet."])
    type: str = Field(description="whose fault", examples=["invalid_request_error"])
    param: str | None = Field(default=None, description="the field at fault", examples=["n"])
    code: str | None = Field(default=None, description="which kind", examples=["question"])


class ErrorOut(Schema):
    """An error in OpenAI's form."""

    error: ErrorBody = Field(description="what went wrong")
