"""A LoRA adapter in PEFT's format, merged into a model's weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ragbot.encoder.weights import ADAPTER_CONFIG, ADAPTER_FILE
from ragbot.errors import EncoderError

_PREFIX = "base_model.model."


@dataclass(frozen=True, slots=True)
class Adapter:
    """Low-rank updates by the name of the weight they change: W' = W + scale * B @ A.

    Hu et al. (2021), "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1; `scale` is
    lora_alpha / r.
    """

    scale: float
    pairs: Mapping[str, tuple[torch.Tensor, torch.Tensor]]

    @classmethod
    def load(cls, folder: Path) -> "Adapter":
        """Read an adapter.

        Raises:
            EncoderError: a file is missing, unreadable, or holds another kind of adapter.
        """
        try:
            config = json.loads((folder / ADAPTER_CONFIG).read_text(encoding="utf-8"))
            tensors = load_file(folder / ADAPTER_FILE)
            if config["peft_type"] != "LORA" or config.get("bias", "none") != "none":
                raise EncoderError(f"{folder} holds no plain LoRA adapter")
            scale = config["lora_alpha"] / config["r"]
            pairs = {
                name.removeprefix(_PREFIX).removesuffix(".lora_A.weight"): (
                    tensors[name],
                    tensors[name.replace(".lora_A.", ".lora_B.")],
                )
                for name in tensors
                if name.endswith(".lora_A.weight")
            }
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise EncoderError(f"the adapter in {folder} cannot be read: {error}") from error
        return cls(float(scale), pairs)

    def merge(self, model: torch.nn.Module) -> None:
        """Add the updates to a model's weights, in place and in float32.

        Raises:
            EncoderError: the adapter was learnt for another model.
        """
        modules = dict(model.named_modules())
        with torch.no_grad():
            for name, (down, up) in self.pairs.items():
                weight = getattr(modules.get(name), "weight", None)
                if weight is None or weight.shape != (up.shape[0], down.shape[1]):
                    raise EncoderError(f"the adapter does not fit this model: no weight {name}")
                weight += self.scale * (up.float() @ down.float())
