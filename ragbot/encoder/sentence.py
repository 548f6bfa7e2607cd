"""The default encoder: a sentence-transformers model, on the best device there is."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from ragbot.encoder import Identity, Progress, Vectors, identify, shapes
from ragbot.encoder.adapter import Adapter
from ragbot.encoder.device import Pipeline
from ragbot.errors import EncoderError
from ragbot.settings import Settings

# A model is read from a folder and nothing is ever looked up on a hub; these are set before the
# import because the libraries read them then.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")

import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

BATCHES = {"cuda": 256, "mps": 64, "cpu": 16}


class SentenceEncoder:
    """An Encoder over a sentence-transformers model; safe to share between threads."""

    engine = "torch"

    def __init__(self, settings: Settings) -> None:
        """Load the model of `settings.model`, or the packaged one.

        Raises:
            EncoderError: the weights are missing, not the published ones, or do not load.
        """
        identity = identify(settings)
        self.name, self.weights = identity.name, identity.weights
        self.device = find_device(settings.device)
        self.precision = find_precision(settings.precision, self.device)
        self._model = load_model(identity, self.device, self.precision)
        self._batch = settings.batch_size or BATCHES[self.device]
        rows = "packed" if self.device == "cuda" else f"{self._batch}x{shapes.STEP}"
        shape = f"{self.device}:{rows}"  # both change the last bits
        self.fingerprint = f"{self.weights}:{self.precision}:{shape}"
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.window = int(self._model.max_seq_length or 512)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        return self._encode(list(texts))

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages; that of a text is bit for bit the same in whatever company.

        On a GPU it is nearly so: see `device`.
        """
        if self.device == "cuda":
            return _unit(self._pipeline().encode(self._prompted(texts), self.dimension, progress))
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        padding = int(self._tokenizer.pad_token_id or 0)
        for batch in shapes.batches(texts, self._prepared, self._batch, self.window, padding):
            features = {name: part.to(self.device) for name, part in batch.features.items()}
            with torch.inference_mode():
                raw = self._model(features)["sentence_embedding"]
            vectors[batch.rows] = raw[: len(batch.rows)].float().cpu().numpy()
            if progress:
                progress(len(batch.rows))
        return _unit(vectors)

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
        return _unit(np.array(raw, dtype=np.float32))

    def _prompted(self, texts: Sequence[str]) -> list[str]:
        model = self._model
        prompt = model.prompts.get(model.default_prompt_name or "", "") if model.prompts else ""
        return [f"{prompt}{text}" for text in texts]

    def _pipeline(self) -> Pipeline:
        tokenizer = Tokenizer.from_str(self._tokenizer.backend_tokenizer.to_str())
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.window)
        padding = int(self._tokenizer.pad_token_id or 0)
        return Pipeline(self._model, tokenizer, padding, self.device)

    def _prepared(self, texts: list[str]) -> shapes.Features:
        model = self._model
        prepare = getattr(model, "preprocess", None) or model.tokenize  # new name in release 6
        found = prepare(self._prompted(texts))
        return {name: part for name, part in found.items() if isinstance(part, torch.Tensor)}


def _unit(vectors: Vectors) -> Vectors:
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return vectors


def load_model(identity: Identity, device: str, precision: str) -> SentenceTransformer:
    """The model on its device; an adapter is merged in float32 before the precision is lowered.

    Raises:
        EncoderError: it does not load.
    """
    model = open_model(identity.folder)
    try:
        if identity.adapter is not None:
            Adapter.load(identity.adapter).merge(transformer(model))
        model.to(device=device, dtype=getattr(torch, precision))
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise EncoderError(f"the model in {identity.folder} does not load: {error}") from error
    return model


def open_model(folder: Path) -> SentenceTransformer:
    """The model in a folder, in float32 on the processor; nothing is fetched.

    Raises:
        EncoderError: it does not load.
    """
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": torch.float32, "use_safetensors": True},
        )
        model.tokenizer.padding_side = "right"
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise EncoderError(f"the model in {folder} does not load: {error}") from error
    return model


def transformer(model: SentenceTransformer) -> torch.nn.Module:
    """The network inside a model: what an adapter changes."""
    return cast(torch.nn.Module, model[0].auto_model)


def find_device(wanted: str) -> str:
    """The device that `auto` stands for, or the one wanted.

    Raises:
        EncoderError: the one wanted is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return next((name for name, found in there.items() if found), "cpu")
    if not there.get(wanted, True):
        raise EncoderError(f"device {wanted!r} is not on this machine; use RAGBOT_DEVICE=auto")
    return wanted


def find_precision(wanted: str, device: str) -> str:
    """The precision that `auto` stands for on a device, or the one wanted."""
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
