"""The model of an OpenAI-compatible endpoint, through the official client."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from queue import Empty, Queue
from typing import Final, cast

import openai
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from ragbot.errors import ModelError
from ragbot.llm import Message
from ragbot.settings import Settings

_NO_KEY: Final = "none"  # a client without a key would take one out of the environment
_SECONDS_TO_CONNECT: Final = 5.0
_CHARACTERS: Final = 20  # a token; an endpoint that sends more has not counted
_WHOLE: Final = ("stop", "eos", "eos_token", "stop_sequence")

_STATUSES: Final = {
    401: "it refuses the key, RAGBOT_LLM_KEY",
    403: "it refuses the key, RAGBOT_LLM_KEY",
    404: "it knows no such address or model (RAGBOT_LLM_URL mostly ends in /v1)",
    429: "it takes no more questions for now",
}

_Sent = str | ModelError | None
"""A piece, why there are no more, or None: that was all."""


class Endpoint:
    """A ChatModel; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Take endpoint, model, key and deadline from settings that have the first two."""
        key = settings.llm_key.get_secret_value() if settings.llm_key else ""
        self.name = settings.llm_model or ""
        self._seconds = settings.llm_timeout
        self._client = openai.OpenAI(
            base_url=settings.llm_url,
            api_key=key or _NO_KEY,
            timeout=openai.Timeout(
                settings.llm_timeout, connect=min(_SECONDS_TO_CONNECT, settings.llm_timeout)
            ),
            max_retries=0,  # whoever asks is waiting
        )

    def complete(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[str]:
        """See ChatModel; the request runs in a thread, so that a stuck one is left in time."""
        request = _Request(self._client, self.name, messages, max_tokens)
        deadline = time.monotonic() + self._seconds
        threading.Thread(target=request.run, name="model", daemon=True).start()
        try:
            while True:
                try:
                    left = deadline - time.monotonic()
                    sent = request.sent.get(timeout=left) if left > 0 else self._late()
                except Empty:
                    sent = self._late()
                if sent is None:
                    return
                if isinstance(sent, ModelError):
                    raise sent
                yield sent
        finally:
            request.end()

    def _late(self) -> ModelError:
        return ModelError(f"it took longer than the {self._seconds:g} seconds it is given", "slow")


@dataclass
class _Request:
    """One streamed completion; `sent` ends with None or an error."""

    client: openai.OpenAI
    model: str
    messages: Sequence[Message]
    max_tokens: int
    sent: Queue[_Sent] = field(default_factory=Queue)
    ended: threading.Event = field(default_factory=threading.Event)
    stream: openai.Stream[ChatCompletionChunk] | None = None

    def run(self) -> None:
        """Send, and hand on what comes; whatever goes wrong becomes a ModelError."""
        try:
            self._pieces()
            self.sent.put(None)
        except ModelError as error:
            self.sent.put(error)
        except openai.OpenAIError as error:
            self.sent.put(_in_words(error))
        except Exception as error:  # what does not speak the protocol fails anywhere
            kind = type(error).__name__
            self.sent.put(ModelError(f"what it sent could not be read ({kind})", "failed"))

    def end(self) -> None:
        """Read no further, and hang up."""
        self.ended.set()
        stream = self.stream
        if stream is not None:
            with suppress(Exception):  # the thread may be reading, or done: both are no matter
                stream.close()

    def _pieces(self) -> None:
        messages = [{"role": m.role, "content": m.content} for m in self.messages]
        self.stream = self.client.chat.completions.create(
            model=self.model,
            messages=cast(list[ChatCompletionMessageParam], messages),
            max_tokens=self.max_tokens,
            temperature=0,
            stream=True,
        )
        said = 0
        why: str | None = None
        with self.stream as stream:
            for chunk in stream:
                if self.ended.is_set():
                    return
                for choice in (chunk.choices or ())[:1]:
                    if choice.delta.content:
                        said += len(choice.delta.content)
                        self.sent.put(choice.delta.content)
                    why = choice.finish_reason or why
                if said > _CHARACTERS * self.max_tokens:
                    raise ModelError("it went on far longer than it was asked to", "cut_off")
        if not said:
            raise ModelError("its reply was empty", "empty")
        if why not in _WHOLE:
            raise ModelError("its reply was cut off", "cut_off")


def _in_words(error: openai.OpenAIError) -> ModelError:
    """What happened, without what was sent: a reply may repeat a key or a document."""
    if isinstance(error, openai.APITimeoutError):
        return ModelError("it did not reply in time", "slow")
    if isinstance(error, openai.APIConnectionError):
        return ModelError("it cannot be reached", "down")
    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        fault = "limited" if status == HTTPStatus.TOO_MANY_REQUESTS else "failed"
        what = _STATUSES.get(status, "it replied with an error")
        return ModelError(f"{what} (status {status})", fault)
    return ModelError("it replied with an error", "failed")
