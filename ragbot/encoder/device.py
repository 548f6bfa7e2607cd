"""Encodes on a GPU so that it never waits: tokens ahead of it, batches by tokens, two streams.

Here, unlike on a processor, the last bits of a vector may depend on the texts beside it: a batch is
as large as its tokens allow. Through float16, in which vectors are kept, hardly one is another.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np
import torch

from ragbot.encoder import Progress, Vectors

BUDGET = 65_536  # tokens of a batch, padding included
STEP = 8  # tokens: lengths are rounded up to a multiple of it, which the device's cores like
SLAB = 4096  # texts cut into tokens together, on all cores
AHEAD = 3  # slabs that are cut before they are needed
PENDING = 4  # batches whose vectors are on their way back
STREAMS = 2  # one computes while the other copies


class Model(Protocol):
    """What takes token ids and masks, shape (texts, tokens), and gives `sentence_embedding`."""

    def __call__(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """The features with the vectors among them."""
        ...


@dataclass(frozen=True, slots=True)
class Packed:
    """Texts of one batch: their rows, their ids padded to one length, and their own lengths."""

    rows: list[int]
    ids: torch.Tensor
    lengths: torch.Tensor


def pack(lengths: Sequence[int], budget: int = BUDGET) -> Iterator[list[int]]:
    """Places of texts in batches, the longest first, each of at most `budget` padded tokens.

    A text that is longer than the budget is a batch of its own.
    """
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    at = 0
    while at < len(order):
        count = max(1, budget // rounded(lengths[order[at]]))
        yield order[at : at + count]
        at += count


def rounded(length: int) -> int:
    """The length that a batch is padded to, whose longest text has this one."""
    return -(-length // STEP) * STEP or STEP


class Pipeline:
    """Encodes many texts with one model; `tokenizer` cuts off at the window and pads nothing."""

    def __init__(
        self, model: Model, tokenizer: Any, padding: int, device: str, budget: int = BUDGET
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._padding = padding
        self._device = torch.device(device)
        self._budget = budget
        self._pinned = self._device.type == "cuda"

    def encode(
        self, texts: Sequence[str], dimension: int, progress: Progress | None = None
    ) -> Vectors:
        """Vectors, shape (len(texts), dimension), not brought to unit length."""
        vectors = np.empty((len(texts), dimension), dtype=np.float32)
        pending: deque[tuple[Packed, torch.Tensor, Any]] = deque()

        def take() -> None:
            batch, found, event = pending.popleft()
            if event is not None:
                event.synchronize()
            vectors[batch.rows] = found.numpy()
            if progress:
                progress(len(batch.rows))

        streams = self._streams()
        with torch.inference_mode():
            for number, batch in enumerate(self._batches(texts)):
                pending.append((batch, *self._start(batch, streams[number % len(streams)])))
                if len(pending) > PENDING:
                    take()
            while pending:
                take()
        return vectors

    def _batches(self, texts: Sequence[str]) -> Iterator[Packed]:
        """All batches; a thread cuts the next texts while the device computes."""
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        slabs = iter([order[at : at + SLAB] for at in range(0, len(order), SLAB)])
        with ThreadPoolExecutor(1) as cutting:

            def cut(rows: list[int]) -> Future[list[Packed]]:
                return cutting.submit(self._packed, rows, [texts[row] for row in rows])

            waiting = deque(map(cut, islice(slabs, AHEAD)))
            while waiting:
                found = waiting.popleft().result()
                waiting.extend(map(cut, islice(slabs, 1)))
                yield from found

    def _packed(self, rows: list[int], texts: list[str]) -> list[Packed]:
        tokens = [one.ids for one in self._tokenizer.encode_batch(texts)]
        lengths = [len(ids) for ids in tokens]
        batches = []
        for places in pack(lengths, self._budget):
            length = rounded(lengths[places[0]])
            ids = torch.full((len(places), length), self._padding, dtype=torch.int64)
            lines = ids.numpy()
            for line, place in enumerate(places):
                lines[line, : lengths[place]] = tokens[place]
            own = torch.tensor([lengths[place] for place in places])
            if self._pinned:  # else a copy to the device would wait for it
                ids, own = ids.pin_memory(), own.pin_memory()
            batches.append(Packed([rows[place] for place in places], ids, own))
        return batches

    def _start(self, batch: Packed, stream: Any) -> tuple[torch.Tensor, Any]:
        """Set a batch going; where its vectors will be, and what tells that they are there."""
        within: AbstractContextManager[Any] = torch.cuda.stream(stream) if stream else nullcontext()
        with within:
            ids = batch.ids.to(self._device, non_blocking=True)
            lengths = batch.lengths.to(self._device, non_blocking=True)
            mask = torch.arange(ids.shape[1], device=self._device)[None] < lengths[:, None]
            features = {"input_ids": ids, "attention_mask": mask.long()}
            raw = self._model(features)["sentence_embedding"].float()
            found = torch.empty(raw.shape, dtype=raw.dtype, pin_memory=self._pinned)
            found.copy_(raw, non_blocking=self._pinned)
            return found, stream.record_event() if stream else None

    def _streams(self) -> list[Any]:
        if self._device.type != "cuda":
            return [None]
        cuda: Any = torch.cuda  # its streams are not typed
        return [cuda.Stream(self._device) for _ in range(STREAMS)]
