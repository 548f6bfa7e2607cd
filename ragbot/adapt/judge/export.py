"""Writes a learnt cross-encoder as a graph of eight-bit weights that runs without its library."""

import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ragbot.adapt.judge.student import PairNetwork, PairStudent
from ragbot.encoder.export import OPSET, fuse
from ragbot.encoder.graph import GRAPH_FILE, INPUT, TOKENIZER_FILE
from ragbot.encoder.quantise import quantise
from ragbot.encoder.weights import packaged_file, sha256
from ragbot.errors import AdaptError, EncoderError
from ragbot.judge.cross_encoder import FACTS_FILE, PROBES, TYPES, ScorerFacts

Pair = tuple[str, str]


class _Alone(torch.nn.Module):
    """One pair a call, of which nothing is padding."""

    def __init__(self, network: PairNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, types: torch.Tensor | None = None) -> torch.Tensor:
        found: torch.Tensor = self.network(ids, None, types)
        return found


def export(
    student: PairStudent, network: PairNetwork, name: str, samples: Sequence[Pair], folder: Path
) -> None:
    """Write graph, tokenizer and facts into a folder that exists.

    Args:
        student: whose tokenizer the network has.
        network: in float32 on the processor.
        name: what the judge is called.
        samples: questions with statements, by which the size of activations is known.
        folder: where; a tokenizer that is the packaged encoder's is not written again.

    Raises:
        AdaptError: the network cannot be exported, or a tool for it is not installed.
    """
    plain = folder / "plain.onnx"
    inputs = [feed(student, pair) for pair in samples]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _trace(network, inputs[0], plain)
            fuse(plain, network.network.config)
            quantise(plain, folder / GRAPH_FILE, inputs)
        plain.unlink()
        tokenizer = _write_tokenizer(student, folder)
        facts = ScorerFacts(
            name=name,
            window=student.window,
            typed=student.typed,
            probes=tuple(exact(student, network, PROBES)),
            sha256={GRAPH_FILE: sha256(folder / GRAPH_FILE), TOKENIZER_FILE: sha256(tokenizer)},
        )
        text = facts.model_dump_json(indent=2)
        (folder / FACTS_FILE).write_text(f"{text}\n", encoding="utf-8")
    except Exception as error:  # exporter, optimiser and quantiser raise whatever they meet
        raise AdaptError(f"{name} could not be exported: {error}") from error


def feed(student: PairStudent, pair: Pair) -> dict[str, Any]:
    """What the graph takes for a pair."""
    encoded = student.tokenizer.encode(*pair)
    found = {INPUT: np.array([encoded.ids], dtype=np.int64)}
    if student.typed:
        found[TYPES] = np.array([encoded.type_ids], dtype=np.int64)
    return found


def exact(student: PairStudent, network: PairNetwork, pairs: Sequence[Pair]) -> list[float]:
    """The scores of pairs in full precision."""
    alone = _Alone(network).eval()
    found = []
    with torch.inference_mode():
        for pair in pairs:
            given = [torch.from_numpy(part) for part in feed(student, pair).values()]
            found.append(round(float(alone(*given)[0]), 5))
    return found


def _trace(network: PairNetwork, sample: dict[str, Any], path: Path) -> None:
    axes = {name: {0: "pairs", 1: "tokens"} for name in sample}
    torch.onnx.export(
        _Alone(network).eval(),
        tuple(torch.from_numpy(part) for part in sample.values()),
        str(path),
        input_names=list(sample),
        output_names=["scores"],
        dynamic_axes={**axes, "scores": {0: "pairs"}},
        opset_version=OPSET,
        dynamo=False,  # the other exporter's graphs are not fused
    )


def _write_tokenizer(student: PairStudent, folder: Path) -> Path:
    """The file that the tokenizer is read from: the packaged encoder's where that is the same."""
    with suppress(EncoderError, OSError):  # of the packaged encoder, which need not be installed
        packaged = packaged_file(TOKENIZER_FILE)
        if packaged.read_text(encoding="utf-8") == student.serialised_tokenizer:
            return packaged
    own = folder / TOKENIZER_FILE
    own.write_text(student.serialised_tokenizer, encoding="utf-8")
    return own
