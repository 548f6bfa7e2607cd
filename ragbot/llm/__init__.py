"""A language model behind an OpenAI-compatible endpoint, where one is configured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, Protocol

from ragbot.errors import ConfigError
from ragbot.settings import Settings


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with a model."""

    role: Literal["system", "user", "assistant"]
    content: str


class ChatModel(Protocol):
    """Continues a conversation; `name` is what its endpoint calls it."""

    name: str

    def complete(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[str]:
        """The pieces of its reply as they come, none of them empty.

        To close the iterator ends the request. Nothing that goes wrong lasts longer than the
        settings' `llm_timeout` seconds from the first piece asked for.

        Raises:
            ModelError: the reply did not come, or was cut off; what came before was given.
        """
        ...


def open_chat_model(settings: Settings) -> ChatModel | None:
    """The model that the settings name, None where they name none; nothing is sent yet.

    Raises:
        ConfigError: it is named incompletely, or the client is not installed.
    """
    if settings.llm_url is None:
        return None
    if not settings.llm_model:
        raise ConfigError(
            "RAGBOT_LLM_URL names an endpoint, but RAGBOT_LLM_MODEL no model of it; set both, "
            "or neither to answer without a model"
        )
    if find_spec("openai") is None:
        raise ConfigError(
            "RAGBOT_LLM_URL is set, but the client for it is not installed; "
            'install it with `pip install "ragbot[llm]"`, or unset it to answer without a model'
        )
    from ragbot.llm.endpoint import Endpoint  # half a second that most uses need not wait for

    return Endpoint(settings)
