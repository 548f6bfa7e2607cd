"""The language model that work cannot do without, and how long it may fail at it."""

from collections.abc import Callable
from pathlib import Path

from ragbot.errors import AdaptError, ConfigError, ModelError
from ragbot.llm import ChatModel, open_chat_model
from ragbot.settings import Settings

PATIENCE = 5  # times in a row that a model may fail


def needed_model(settings: Settings, work: str) -> ChatModel:
    """The model that the settings name; `work` says what it is needed for.

    Raises:
        ConfigError: they name none, or name it incompletely, or its client is not installed.
    """
    model = open_chat_model(settings)
    if model is None:
        raise ConfigError(
            f"{work} by a language model and none is configured: set RAGBOT_LLM_URL and "
            "RAGBOT_LLM_MODEL (any OpenAI-compatible endpoint)"
        )
    return model


class Patience:
    """Waits after each failure, longer each time, and gives up when there are too many in a row.

    A model that cannot be reached at all, before its first reply, is given up at once.
    """

    def __init__(self, model: str, path: Path, wait: Callable[[float], None]) -> None:
        """Take what an error tells: the model's name, and the file of what it gave so far."""
        self._model, self._path, self._wait = model, path, wait
        self._in_a_row = 0
        self._has_replied = False

    def replied(self) -> None:
        """There was a reply."""
        self._in_a_row = 0
        self._has_replied = True

    def failed(self, error: ModelError) -> None:
        """There was none.

        Raises:
            AdaptError: once more than may be.
        """
        self._in_a_row += 1
        if error.fault == "down" and not self._has_replied:
            raise AdaptError(
                f"the model {self._model} gives no reply: {error}. Check RAGBOT_LLM_URL, and that "
                "what it names is running"
            ) from error
        if self._in_a_row >= PATIENCE:
            raise AdaptError(
                f"the model {self._model} failed {PATIENCE} times in a row: {error}. What was "
                f"written is in {self._path}; the same command goes on from there"
            ) from error
        self._wait(2.0**self._in_a_row)
