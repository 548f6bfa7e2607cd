"""The default encoder: a sentence-transformers model, on the best device there is."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ragbot.encoder import Progress, Vectors, identify
from ragbot.errors import EncoderError
from ragbot.settings import Settings

# A model is read from a folder and nothing is ever looked up on a hub; these are set before the
# import because the libraries read them then.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")

import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

STEP = 8  # batches between two reports of progress
BATCHES = {"cuda": 256, "mps": 64, "cpu": 32}


class SentenceEncoder:
    """An Encoder over a sentence-transformers model; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Load the model of `settings.model`, or the packaged one.

        Raises:
            EncoderError: the weights are missing, not the published ones, or do not load.
        """
        identity = identify(settings)
        self.name, self.weights = identity.name, identity.weights
        self.device = _device(settings.device)
        self.precision = _precision(settings.precision, self.device)
        self.fingerprint = f"{self.weights}:{self.precision}"
        self._model = _load(identity.folder, self.device, self.precision)
        self._batch = settings.batch_size or BATCHES[self.device]
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.window = int(self._model.max_seq_length or 512)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        return self._encode(list(texts))

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages; the longest come first, so that a progress estimate errs high."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        step = self._batch * STEP
        for at in range(0, len(order), step):
            rows = order[at : at + step]
            vectors[rows] = self._encode([texts[i] for i in rows])
            if progress:
                progress(len(rows))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the special ones."""
        if not texts:
            return []
        encoded = self._tokenizer(
            list(texts), add_special_tokens=False, truncation=False, return_attention_mask=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    @property
    def _tokenizer(self) -> Any:  # transformers' tokenizers are not typed
        return self._model.tokenizer

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        raw = self._model.encode(
            texts, batch_size=self._batch, show_progress_bar=False, convert_to_numpy=True
        )
        vectors: Vectors = np.array(raw, dtype=np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors


def _load(folder: Path, device: str, precision: str) -> SentenceTransformer:
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": getattr(torch, precision), "use_safetensors": True},
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise EncoderError(f"the model in {folder} does not load: {error}") from error


def _device(wanted: str) -> str:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return next((name for name, found in there.items() if found), "cpu")
    if not there.get(wanted, True):
        raise EncoderError(f"device {wanted!r} is not on this machine; use RAGBOT_DEVICE=auto")
    return wanted


def _precision(wanted: str, device: str) -> str:
    if wanted != "auto":
        return wanted
    if device == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    # Without the instructions a processor emulates bfloat16, slower than float32.
    native = device == "cpu" and "avx512_bf16" in _cpu_flags()
    return "bfloat16" if native else "float32"


def _cpu_flags() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return ""
