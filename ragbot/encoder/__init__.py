"""Text to unit vectors: the Encoder protocol, and the encoder that settings ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ragbot.encoder.weights import (
    PACKAGED_ADAPTER,
    PACKAGED_NAME,
    PACKAGED_SHA256,
    own_model,
    packaged_model,
    with_adapter,
)
from ragbot.settings import Settings

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]


class Encoder(Protocol):
    """Turns texts into vectors of unit length, shape (len(texts), dimension), float32.

    `weights` is the sha256 of the weights: an index built with others is refused. `fingerprint`
    adds whatever else changes a vector (precision); it keys the cache of embeddings. `window` is
    the number of tokens, special ones included, past which a text would be cut.
    """

    name: str
    weights: str
    fingerprint: str
    dimension: int
    window: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages; `progress` is told how many were done since it was last called."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the special ones."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Which encoder the settings name: its folder, name and the sha256 of its weights.

    `adapter` is the folder of an adapter that is merged into them, and counted in `weights`.
    """

    folder: Path
    name: str
    weights: str
    adapter: Path | None = None


def identify(settings: Settings) -> Identity:
    """Which encoder the settings name, without loading it.

    Raises:
        EncoderError: its weights are missing, or are not the ones they should be.
    """
    if settings.model is None:
        plain = Identity(packaged_model(), PACKAGED_NAME, PACKAGED_SHA256)
        folder = PACKAGED_ADAPTER
    else:
        plain = Identity(settings.model, settings.model.resolve().name, own_model(settings.model))
        folder = None
    adapter = folder if settings.adapter == "packaged" else None
    adapter = Path(settings.adapter) if settings.adapter not in ("packaged", "none") else adapter
    if adapter is None:
        return plain
    name = f"{plain.name}+{adapter.resolve().name}"
    return Identity(plain.folder, name, with_adapter(plain.weights, adapter), adapter)


def open_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name.

    Raises:
        EncoderError: its weights are missing, or are not the ones they should be.
    """
    from ragbot.encoder.sentence import SentenceEncoder  # torch takes seconds to import

    return SentenceEncoder(settings)
