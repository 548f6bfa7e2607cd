"""Batches of one shape, so that a vector depends on its own text alone.

In a batch of another size, or padded to another length, the same text gets other last bits: the
processor's libraries choose how to add up by the shape. Here a text is padded to a length that only
its own tokens decide, and every batch has the same number of rows, the last one filled up with
repetitions. What a build takes out of the cache is then, bit for bit, what it would encode anew.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

Features = dict[str, torch.Tensor]
Prepare = Callable[[list[str]], Features]

STEP = 16  # tokens: lengths are rounded up to a multiple of it
AT_ONCE = 1024  # texts whose tokens are counted together
MASK = "attention_mask"


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of some texts and what the model takes for them, always of the same row count."""

    rows: list[int]
    features: Features


def batches(
    texts: Sequence[str], prepare: Prepare, size: int, window: int, padding: int
) -> Iterator[Batch]:
    """Every text in one batch of `size` rows, longest texts first within each thousand.

    Args:
        texts: what is encoded.
        prepare: the model's own way from texts to padded token ids and masks.
        size: rows of every batch.
        window: tokens that the model takes at most.
        padding: the id of the padding token.
    """
    waiting: dict[int, list[tuple[int, Features]]] = {}
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    for at in range(0, len(order), AT_ONCE):
        rows = order[at : at + AT_ONCE]
        together = prepare([texts[i] for i in rows])
        for place, row in enumerate(rows):
            tokens = int(together[MASK][place].sum())
            length = min(-(-tokens // STEP) * STEP or STEP, max(window, tokens))
            one = {name: _padded(part[place], length, name, padding) for name, part in
                   together.items()}  # fmt: skip
            waiting.setdefault(length, []).append((row, one))
            if len(waiting[length]) == size:
                yield _batch(waiting.pop(length), size)
    for length in sorted(waiting, reverse=True):
        yield _batch(waiting[length], size)


def _padded(part: torch.Tensor, length: int, name: str, padding: int) -> torch.Tensor:
    """One row of the features, its padding on the right cut or filled up to the length."""
    fill = padding if name == "input_ids" else 0
    return functional.pad(part[:length], (0, max(0, length - len(part))), value=fill)


def _batch(found: list[tuple[int, Features]], size: int) -> Batch:
    rows = [row for row, _ in found]
    filled = [one for _, one in found] + [found[0][1]] * (size - len(found))
    return Batch(rows, {name: torch.stack([one[name] for one in filled]) for name in filled[0]})
