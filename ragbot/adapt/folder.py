"""The files of an adapter, in PEFT's format: weights, configuration and card."""

import json
import shutil
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from ragbot.adapt.state import Tensors
from ragbot.encoder.weights import ADAPTER_CONFIG, ADAPTER_FILE
from ragbot.errors import AdaptError

CARD = "README.md"
_PREFIX = "base_model.model."


def check_free(folder: Path) -> None:
    """Refuse a folder that holds something already.

    Raises:
        AdaptError: it does; nothing is ever written over.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AdaptError(f"{folder} exists already; name another folder with --output")


def write(folder: Path, weights: Tensors, config: dict[str, object], card: str = "") -> None:
    """Write an adapter beside its place and move it there, so that it is there whole or not at all.

    Args:
        folder: where it shall be.
        weights: the updates by the names of the model's modules; written as float16.
        config: what adapter_config.json shall hold.
        card: the text of its README.md; "": none.

    Raises:
        AdaptError: it cannot be written.
    """
    folder = folder.resolve()
    beside = folder.with_name(f"{folder.name}.part")
    tensors = {
        f"{_PREFIX}{name}": tensor.detach().to("cpu", torch.float16).contiguous()
        for name, tensor in weights.items()
    }
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        save_file(tensors, beside / ADAPTER_FILE)
        text = json.dumps(config, indent=2, sort_keys=True) + "\n"
        (beside / ADAPTER_CONFIG).write_text(text, encoding="utf-8")
        if card:
            (beside / CARD).write_text(card, encoding="utf-8")
        if folder.is_dir():
            folder.rmdir()  # an empty one; one that holds something was refused
        beside.replace(folder)
    except (OSError, SafetensorError) as error:
        raise AdaptError(f"the adapter cannot be written to {folder}: {error}") from error


def config(name: str, targets: tuple[str, ...], rank: int, alpha: float) -> dict[str, object]:
    """What adapter_config.json holds; `alpha` includes the scale that was chosen."""
    return {
        "peft_type": "LORA",
        "task_type": "FEATURE_EXTRACTION",
        "base_model_name_or_path": name,
        "r": rank,
        "lora_alpha": round(alpha, 6),
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": list(targets),
        "inference_mode": True,
    }
