"""A reply in OpenAI's form, whole or in chunks, of an answer or of plain words."""

import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from api.answers import CitationOut
from api.markdown import parts, summary_note, summary_pieces
from api.openai.asked import ChatIn
from api.openai.replies import (
    ChoiceOut,
    ChunkChoiceOut,
    ChunkOut,
    CompletionOut,
    DeltaOut,
    MessageOut,
    UsageOut,
)
from ragbot.types import Answer, Summary, SummaryStatus

_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """The frame of one reply: whatever is said, its name and what answered stay the same."""

    chat: ChatIn
    generation: str
    citations: tuple[CitationOut, ...] = ()
    name: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, text: str) -> CompletionOut:
        """The reply at once."""
        return CompletionOut(
            id=self.name,
            created=self.created,
            model=self.chat.model,
            system_fingerprint=self.generation,
            choices=[ChoiceOut(message=MessageOut(content=text, citations=list(self.citations)))],
            usage=self._usage(text),
        )

    async def chunks(self, pieces: AsyncIterator[str]) -> AsyncIterator[str]:
        """The reply as server-sent events; the last chunk before [DONE] has the citations."""
        yield _event(self._chunk(DeltaOut(role="assistant", content="")))
        said = []
        async for piece in pieces:
            said.append(piece)
            yield _event(self._chunk(DeltaOut(content=piece)))
        options = self.chat.stream_options
        end = self._chunk(DeltaOut(), "stop")
        if options and options.include_usage:
            yield _event(end)
            end = end.model_copy(update={"choices": [], "usage": self._usage("".join(said))})
        yield _event(end.model_copy(update={"citations": list(self.citations)}))
        yield "data: [DONE]\n\n"

    def _chunk(self, delta: DeltaOut, reason: str | None = None) -> ChunkOut:
        return ChunkOut(
            id=self.name,
            created=self.created,
            model=self.chat.model,
            system_fingerprint=self.generation,
            choices=[ChunkChoiceOut(delta=delta, finish_reason="stop" if reason else None)],
        )

    def _usage(self, said: str) -> UsageOut:
        return UsageOut.of(" ".join(message.text() for message in self.chat.messages), said)


async def pieces_of(
    answer: Answer, summaries: AsyncIterator[Summary] | None = None
) -> AsyncIterator[str]:
    """The answer as Markdown piece by piece, after its summary as far as that is written."""
    told = 0
    if summaries is not None:
        async for summary in summaries:
            for piece in list(summary_pieces(summary, answer))[told:]:
                told += 1
                yield piece
            if summary.status is not SummaryStatus.WRITING:
                yield f"{_BREAK if told else ''}{summary_note(summary)}{_BREAK}"
    for piece in _joined(parts(answer)):
        yield piece


def text_of(answer: Answer) -> str:
    """The answer as Markdown, after its summary where it has one."""
    summary = answer.summary
    before = "".join(summary_pieces(summary, answer)) if summary else ""
    note = summary_note(summary) if summary else ""
    return _BREAK.join([*filter(None, (before, note)), *parts(answer)])


async def at_once(text: str) -> AsyncIterator[str]:
    """A text as its only piece."""
    yield text


def _joined(found: Iterator[str]) -> Iterator[str]:
    """The parts with blank lines between them, none at the end."""
    for place, part in enumerate(found):
        yield f"{_BREAK}{part}" if place else part


def _event(chunk: ChunkOut) -> str:
    return f"data: {chunk.model_dump_json(exclude_none=True)}\n\n"
