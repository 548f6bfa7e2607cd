"""What a client of OpenAI's interface asks: its messages are a question and the turns before it."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api.schemas import Text
from ragbot import limits
from ragbot.understand.followup import Turn

ANSWERS: Final = "ragbot"
SUMMARIES: Final = "ragbot-summary"

_TAKEN: Final = frozenset({"text"})  # parts of a message


class Lenient(BaseModel):
    """A model that passes over what it does not know: clients always send more than is needed."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Part(Lenient):
    """A part of a message; only text is read."""

    type: str = Field(description="what it is; only text is read", examples=["text"])
    text: Text = Field("", description="the text", examples=["Is Alpha faster than Beta?"])


def _only_text(content: str | list[Part] | None) -> str | list[Part] | None:
    """The content, where there is nothing in it but text."""
    for part in content if isinstance(content, list) else ():
        if part.type not in _TAKEN:
            raise _unserved("only text can be read here, no {what}", what=part.type[:40])
    return content


class ChatMessage(Lenient):
    """One message; instructions (system, developer) and results of tools are not followed."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(
        description="who speaks", examples=["user"]
    )
    content: Annotated[Text | list[Part] | None, AfterValidator(_only_text)] = Field(
        None, description="a text, or parts with text", examples=["Is Alpha faster than Beta?"]
    )

    def text(self) -> str:
        """All its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(Lenient):
    """What a stream holds besides the answer."""

    include_usage: bool | None = Field(
        None, description="whether its last chunk tells the usage", examples=[True]
    )


def _one(count: int | None) -> int | None:
    if count not in (None, 1):
        raise _unserved("there is one answer to a question; ask for n = 1")
    return count


def _none(given: Any) -> Any:
    if given:
        raise _unserved("answers come from documents only; this is not served")
    return given


def _as_text(form: dict[str, Any] | None) -> dict[str, Any] | None:
    if form and form.get("type", "text") not in ("text", "json_object", "json_schema"):
        raise _unserved("answers are Markdown; this form is not served")
    return form


class ChatIn(Lenient):
    """A conversation to be continued; every field that is not listed here is accepted and ignored.

    So are `temperature`, `max_tokens`, `stop`, `seed`, `user` and the like: the same question on
    the same index has the same answer.
    """

    model: str = Field(ANSWERS, description="ragbot or ragbot-summary", examples=[ANSWERS])
    messages: list[ChatMessage] = Field(
        min_length=1,
        description="the whole conversation, the question last",
        examples=[[{"role": "user", "content": "Is Alpha faster than Beta?"}]],
    )
    stream: bool | None = Field(
        None, strict=True, description="whether to send chunks as events", examples=[False]
    )
    stream_options: StreamOptions | None = Field(None, description="what a stream holds besides")
    n: Annotated[int | None, AfterValidator(_one)] = Field(
        None, description="how many answers; only 1 is served", examples=[1]
    )
    tools: Annotated[list[Any] | None, AfterValidator(_none)] = Field(
        None, description="not served: no tool is ever called", examples=[[]]
    )
    functions: Annotated[list[Any] | None, AfterValidator(_none)] = Field(
        None, description="not served", examples=[[]]
    )
    audio: Annotated[dict[str, Any] | None, AfterValidator(_none)] = Field(
        None, description="not served", examples=[None]
    )
    logprobs: Annotated[bool | None, AfterValidator(_none)] = Field(
        None, description="not served", examples=[False]
    )
    response_format: Annotated[dict[str, Any] | None, AfterValidator(_as_text)] = Field(
        None, description="text; JSON only for titles and the like", examples=[{"type": "text"}]
    )

    @property
    def wants_json(self) -> bool:
        """Whether the reply has to be JSON."""
        form = self.response_format
        return bool(form) and (form or {}).get("type", "text") != "text"

    def question(self) -> str:
        """The last message of the user; "" where the last one to speak is somebody else."""
        said = self._said()
        return said[-1].text() if said and said[-1].role == "user" else ""

    def history(self) -> list[Turn]:
        """The turns before the question, oldest first: as many of the last as are looked at."""
        kept: list[Turn] = []
        room = limits.HISTORY_CHARACTERS
        for message in reversed(self._said()[:-1][-limits.TURNS :]):
            text = message.text()
            room -= len(text)
            if room < 0:
                break
            kept.append(Turn(message.role, text))
        return kept[::-1]

    def instructions(self) -> str:
        """What the client itself says, in the messages that nobody of the two speaking sent."""
        return "\n".join(m.text() for m in self.messages if m.role in ("system", "developer"))

    def asked_before(self) -> list[str]:
        """What the user said before the last message."""
        return [m.text() for m in self._said()[:-1] if m.role == "user"]

    def _said(self) -> list[ChatMessage]:
        return [message for message in self.messages if message.role in ("user", "assistant")]


def _unserved(message: str, **named: str) -> PydanticCustomError:
    return PydanticCustomError("unserved", message, named)
