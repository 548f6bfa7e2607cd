"""An encoder with low-rank updates that can be learnt; its own weights stay as they are."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from ragbot.adapt.recipe import Recipe
from ragbot.adapt.state import Tensors
from ragbot.encoder import Identity, Vectors
from ragbot.encoder.sentence import open_model, transformer
from ragbot.errors import AdaptError

LARGEST = 2_000_000  # bytes of an adapter, two a number
AT_ONCE = 64  # texts a forward pass where nothing is learnt


class Student:
    """The encoder named by an identity, with an update W + (alpha / rank) B A at each linear layer.

    Hu et al. (2021), "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1: A starts
    random, B at nothing, so that the student starts as the encoder itself. Updated are the linear
    layers of the repeated blocks. Hooks add the updates, so the model's modules keep their names.
    """

    def __init__(
        self, identity: Identity, recipe: Recipe, seed: int, device: str, *, half: bool
    ) -> None:
        """Load the encoder without an adapter; `half`: compute in bfloat16 where that is safe.

        Raises:
            EncoderError: it does not load.
            AdaptError: it has no linear layers that could be updated.
        """
        self.model = open_model(identity.folder).to(device)
        self.device, self._half = device, half
        self._longest = int(self.model.max_seq_length or 512)
        self.model.requires_grad_(requires_grad=False)
        layers = dict(_layers(transformer(self.model)))
        if not layers:
            raise AdaptError(f"{identity.name} has no repeated linear layers to adapt")
        self.rank = _rank(list(layers.values()), recipe.rank)
        self.targets = tuple(layers)
        self.weights: Tensors = {}
        dice = torch.Generator().manual_seed(seed)
        for name, layer in layers.items():
            bound = 1 / math.sqrt(layer.in_features)
            down = torch.empty(self.rank, layer.in_features).uniform_(-bound, bound, generator=dice)
            up = torch.zeros(layer.out_features, self.rank)
            self._attach(name, layer, down.to(device), up.to(device), recipe.alpha / self.rank)

    def forward(self, texts: Sequence[str], window: int) -> torch.Tensor:
        """Vectors of unit length, shape (len(texts), dimension), float32, with their gradients."""
        self.model.max_seq_length = min(window, self._longest)
        prepare = getattr(self.model, "preprocess", None) or self.model.tokenize
        prompt = (self.model.prompts or {}).get(self.model.default_prompt_name or "", "")
        features: dict[str, Any] = {
            name: part.to(self.device)
            for name, part in prepare([f"{prompt}{text}" for text in texts]).items()
            if isinstance(part, torch.Tensor)
        }
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self._half):
            raw = self.model(features)["sentence_embedding"]
        return functional.normalize(raw.float(), dim=-1)

    def vectors(self, texts: Sequence[str], window: int) -> Vectors:
        """The same as an array, without gradients and without dropout."""
        order = sorted(range(len(texts)), key=lambda row: (-len(texts[row]), row))
        width = int(self.model.get_embedding_dimension() or 0)
        found = np.empty((len(texts), width), dtype=np.float32)
        with self.resting(), torch.inference_mode():
            for start in range(0, len(order), AT_ONCE):
                rows = order[start : start + AT_ONCE]
                found[rows] = self.forward([texts[row] for row in rows], window).cpu().numpy()
        return found

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Without dropout for a while."""
        learning = self.model.training
        self.model.eval()
        try:
            yield
        finally:
            self.model.train(learning)

    def take(self, weights: Tensors) -> None:
        """Set the updates; `weights` has the names and shapes of `self.weights`."""
        with torch.no_grad():
            for name, tensor in self.weights.items():
                tensor.copy_(weights[name])

    def _attach(
        self, name: str, layer: torch.nn.Linear, down: torch.Tensor, up: torch.Tensor, scale: float
    ) -> None:
        down.requires_grad_()
        up.requires_grad_()
        self.weights[f"{name}.lora_A.weight"] = down
        self.weights[f"{name}.lora_B.weight"] = up

        def updated(_: torch.nn.Module, given: Any, made: torch.Tensor) -> torch.Tensor:
            return made + scale * functional.linear(functional.linear(given[0], down), up)

        layer.register_forward_hook(updated)


def _layers(model: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Linear]]:
    """The linear layers of the repeated blocks: their dotted names hold a number."""
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear) and any(part.isdigit() for part in name.split(".")):
            yield name, module


def _rank(layers: Sequence[torch.nn.Linear], wanted: int) -> int:
    """The rank that was asked for, or the highest at which the adapter is small enough."""
    bytes_a_rank = 2 * sum(layer.in_features + layer.out_features for layer in layers)
    fits = int(0.95 * LARGEST) // bytes_a_rank
    if not fits:
        raise AdaptError(
            f"an adapter of rank 1 for this encoder is {bytes_a_rank:,} bytes, over {LARGEST:,}"
        )
    return min(wanted, fits)
