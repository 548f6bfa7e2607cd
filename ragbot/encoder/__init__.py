"""Text to unit vectors: the Encoder protocol, and the encoder that settings ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ragbot.encoder.weights import (
    PACKAGED_ADAPTER,
    PACKAGED_NAME,
    PACKAGED_SHA256,
    own_model,
    packaged_adapter,
    packaged_model,
    with_adapter,
)
from ragbot.settings import Settings

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]


class Encoder(Protocol):
    """Turns texts into vectors of unit length, shape (len(texts), dimension), float32.

    `weights` is the sha256 of the weights: an index built with others is refused. `fingerprint`
    adds whatever else changes a vector (engine, precision); it keys the cache of embeddings.
    `engine` is what computes: vectors of two engines with the same weights can be compared.
    `window` is the number of tokens, special ones included, past which a text would be cut.
    """

    name: str
    weights: str
    engine: str
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


@runtime_checkable
class Portable(Protocol):
    """An encoder that can be kept beside the vectors it made, and be loaded without its library."""

    def save(self, folder: Path) -> None:
        """Write it into a folder."""
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


def identify(settings: Settings, *, verify: bool = True) -> Identity:
    """Which encoder the settings name, without loading it.

    With `verify` every file of the packaged model and adapter is looked for and hashed; without,
    which is for who does not load them, they are taken to be the published ones.

    Raises:
        EncoderError: its weights are missing, or are not the ones they should be.
    """
    packaged: Path | None = None
    if settings.model is None:
        folder = packaged_model() if verify else Path()
        plain = Identity(folder, PACKAGED_NAME, PACKAGED_SHA256)
        packaged = PACKAGED_ADAPTER
        if verify and settings.adapter == "packaged":
            packaged_adapter()
    else:
        plain = Identity(settings.model, settings.model.resolve().name, own_model(settings.model))
    named = settings.adapter not in ("packaged", "none")
    adapter = Path(settings.adapter) if named else packaged
    if settings.adapter == "none":
        return plain
    if adapter is None:
        return plain
    name = f"{plain.name}+{adapter.resolve().name}"
    return Identity(plain.folder, name, with_adapter(plain.weights, adapter), adapter)


def open_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name, on the engine they name or the fastest one.

    Raises:
        EncoderError: its weights are missing, or are not the ones they should be; or it cannot
            run on the engine that was named.
    """
    from ragbot.encoder.engine import open_engine  # torch, where it is needed, takes seconds

    return open_engine(settings)
