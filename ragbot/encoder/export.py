"""Writes a sentence-transformers model as a graph that runs without it."""

import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

from ragbot.encoder import Identity, probes
from ragbot.encoder.graph import (
    EXACT_FILE,
    FILES,
    GRAPH_FILE,
    INPUT,
    TOKENIZER_FILE,
    GraphFacts,
    open_tokenizers,
    write_facts,
)
from ragbot.encoder.sentence import transformer
from ragbot.encoder.weights import sha256
from ragbot.errors import EncoderError

Tokens = npt.NDArray[np.int64]

OPSET = 17
FUSED = {"bert", "roberta", "xlm-roberta"}  # families whose attention the optimiser knows
POOLINGS = {"mean", "cls"}


class _Pooled(torch.nn.Module):
    """Token ids, shape (1, tokens), to the pooled vector; nothing is padding."""

    def __init__(self, network: torch.nn.Module, pooling: str) -> None:
        super().__init__()
        self.network = network
        self.pooling = pooling

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        states = self.network(input_ids=ids, attention_mask=torch.ones_like(ids))[0]
        pooled: torch.Tensor = states.mean(dim=1) if self.pooling == "mean" else states[:, 0]
        return pooled


def export(model: SentenceTransformer, identity: Identity, engines: dict[str, Path]) -> None:
    """Write a float32 model, on the CPU, into a new folder for each engine.

    Args:
        model: with its adapter merged.
        identity: what the model is.
        engines: `onnx` (float32) and `onnx-int8`, each with its folder, which must not exist.

    Raises:
        EncoderError: the model is none that can be exported, or a tool for it is not installed.
    """
    pooling = _pooling(model)
    parent = next(iter(engines.values())).parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="export-", dir=parent) as temporary:
        work = Path(temporary)
        facts = _prepare(work, model, identity)
        tokenizer, _ = open_tokenizers(work / TOKENIZER_FILE, facts.window)
        inputs = [np.array([tokenizer.encode(text).ids]) for text in probes.TEXTS]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _trace(model, pooling, inputs[0], work / GRAPH_FILE)
                fuse(work / GRAPH_FILE, cast(Any, transformer(model)).config)
            for engine, folder in engines.items():
                _write(work, folder, facts.model_copy(update={"engine": engine}), inputs)
        except Exception as error:  # exporter, optimiser and quantiser raise whatever they meet
            raise EncoderError(f"{identity.name} could not be exported: {error}") from error


def _prepare(work: Path, model: SentenceTransformer, identity: Identity) -> GraphFacts:
    """Write what all engines share, and what is known of them before there is a graph."""
    tokenizer = model.tokenizer.backend_tokenizer
    (work / TOKENIZER_FILE).write_text(tokenizer.to_str(), encoding="utf-8")
    exact = np.array(model.encode(list(probes.TEXTS), show_progress_bar=False), dtype=np.float32)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    np.save(work / EXACT_FILE, exact, allow_pickle=False)
    prompts = model.prompts or {}
    return GraphFacts(
        engine="",
        name=identity.name,
        weights=identity.weights,
        dimension=exact.shape[1],
        window=int(model.max_seq_length or 512),
        prompt=prompts.get(model.default_prompt_name or "") or "",
        sha256={},
    )


def _pooling(model: SentenceTransformer) -> str:
    """How the model pools; EncoderError where a graph could not do what it does."""
    parts = list(model)
    kinds = [type(part) for part in parts]
    if kinds not in ([Transformer, Pooling], [Transformer, Pooling, Normalize]):
        named = ", ".join(kind.__name__ for kind in kinds)
        raise EncoderError(f"the model is made of {named}; only transformer and pooling export")
    pooling = parts[1].pooling_mode
    if pooling not in POOLINGS or not parts[1].include_prompt:
        raise EncoderError(f"the model pools by {pooling}; only mean and cls export")
    if getattr(parts[0], "do_lower_case", False):
        raise EncoderError("the model lowers case outside of its tokenizer")
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None or not tokenizer.encode("").ids:
        raise EncoderError("the model has no fast tokenizer with special tokens")
    return str(pooling)


def _trace(model: SentenceTransformer, pooling: str, ids: Tokens, path: Path) -> None:
    network = cast(Any, transformer(model))
    kept = network.config._attn_implementation  # noqa: SLF001 - transformers offers no getter
    network.set_attn_implementation("eager")  # the optimiser knows its form
    try:
        torch.onnx.export(
            _Pooled(network, pooling).eval(),
            (torch.from_numpy(ids),),
            str(path),
            input_names=[INPUT],
            output_names=["pooled"],
            dynamic_axes={INPUT: {0: "texts", 1: "tokens"}, "pooled": {0: "texts"}},
            opset_version=OPSET,
            dynamo=False,  # the other exporter's graphs are not fused
        )
    finally:
        network.set_attn_implementation(kept)


def fuse(path: Path, config: Any) -> None:
    """Join what belongs together in a graph (attention, normalisation, activation), in place.

    Args:
        path: the float32 graph.
        config: of the network; nothing is done for a family that the optimiser does not know.
    """
    if config.model_type not in FUSED:
        return
    from onnxruntime.transformers import optimizer

    found = optimizer.optimize_model(
        str(path),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        opt_level=0,
    )
    found.save_model_to_file(str(path))


def _write(work: Path, folder: Path, facts: GraphFacts, inputs: Sequence[Tokens]) -> None:
    """One engine's folder, complete or not there at all."""
    own = Path(tempfile.mkdtemp(dir=work))
    for name in FILES:
        shutil.copyfile(work / name, own / name)
    if facts.engine == "onnx-int8":
        from ragbot.encoder.quantise import quantise  # needs onnx, which nothing else does

        quantise(work / GRAPH_FILE, own / GRAPH_FILE, [{INPUT: ids} for ids in inputs])
    write_facts(
        own, facts.model_copy(update={"sha256": {name: sha256(own / name) for name in FILES}})
    )
    own.chmod(0o755)
    own.rename(folder)
