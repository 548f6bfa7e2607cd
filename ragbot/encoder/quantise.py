"""A float32 graph in eight bits: weights by output channel, activations by call."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

PRODUCTS = ("MatMul", "Attention")
SMOOTHING = 0.7  # share of an outlier that goes into the weights (docs/log.md, 2026-11-20)
SMALL = 1e-5

Floats = npt.NDArray[np.float32]


def quantise(plain: Path, path: Path, samples: Sequence[dict[str, Any]]) -> None:
    """Write the eight-bit form of a graph.

    Args:
        plain: the float32 graph.
        path: where the eight-bit one is written.
        samples: inputs of the graph, by which the size of its activations is known.
    """
    model = onnx.load(plain)
    _smooth(model, samples)
    smoothed = path.with_suffix(".smoothed")
    onnx.save(model, smoothed)
    said = logging.getLogger()  # the quantiser tells each tensor's name through the root logger
    said.addFilter(_nothing)
    try:
        quantize_dynamic(
            smoothed,
            path,
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    finally:
        said.removeFilter(_nothing)
        smoothed.unlink()


def _smooth(model: onnx.ModelProto, samples: Sequence[dict[str, Any]]) -> None:
    """Divide the input channels of each product by what its weights are multiplied with.

    One scale has to hold all activations of a call, and a few channels are far larger than the
    rest: Xiao et al. (2023), "SmoothQuant", equation 4.
    """
    weights = {one.name: one for one in model.graph.initializer}
    products = [n for n in model.graph.node if n.op_type in PRODUCTS and n.input[1] in weights]
    sizes = _sizes(model, sorted({node.input[0] for node in products}), samples)
    nodes = list(model.graph.node)
    for node in products:
        weight = numpy_helper.to_array(weights[node.input[1]])
        scale = np.maximum(sizes[node.input[0]], SMALL) ** SMOOTHING
        scale /= np.maximum(np.abs(weight).max(axis=1), SMALL) ** (1 - SMOOTHING)
        scale = (scale / np.exp(np.log(scale).mean())).astype(np.float32)
        name = f"{node.name}_smoothed"
        weights[node.input[1]].CopyFrom(
            numpy_helper.from_array(weight * scale[:, None], node.input[1])
        )
        model.graph.initializer.append(numpy_helper.from_array(1 / scale, f"{name}_by"))
        divided = helper.make_node("Mul", [node.input[0], f"{name}_by"], [name], name=name)
        node.input[0] = name
        nodes.insert(nodes.index(node), divided)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _sizes(
    model: onnx.ModelProto, names: Sequence[str], samples: Sequence[dict[str, Any]]
) -> dict[str, Floats]:
    """The largest absolute value of each channel of some activations."""
    open_model = onnx.ModelProto()
    open_model.CopyFrom(model)
    open_model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        open_model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    found: dict[str, Floats] = {}
    for sample in samples:
        for name, value in zip(names, session.run(list(names), sample), strict=True):
            size = np.abs(value).max(axis=(0, 1))
            found[name] = np.maximum(size, found.get(name, size))
    return found


def _nothing(_: logging.LogRecord) -> bool:
    return False
