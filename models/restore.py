"""A shipped model becomes a network that can go on learning: the weights are read back out of the graph.

8-bit weights come back as what they stand for: within a step of the scale that 32 of them share.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from stemlight.analysis.streaming_model import MANIFEST_NAME, MODEL_NAME
from stemlight.errors import UserError

from models.export import to_onnx
from models.net.bar_net import BarNet
from models.net.stem_net import StemNet
from models.net.step_net import StepNet
from models.quantize import matrix_products

Net = TypeVar("Net", bound=StepNet)


def restore(kind: type[Net], folder: Path) -> Net:
    """The network whose export, float32 or `int8_blocks`, is in `folder`. UserError where it does not fit."""
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
        saved = matrix_products(onnx.load_model(folder / MODEL_NAME))
        net = kind(**_shape(kind, manifest["states"]))
        net.load_state_dict(_weights(net, saved))
    except (OSError, KeyError, ValueError, RuntimeError) as problem:
        reason = " ".join(str(problem).split())[:200]
        raise UserError(f"{folder} does not hold a {kind.__name__} of this version ({reason})") from None
    return net.eval()


def _shape(kind: type[StepNet], states: dict[str, list[int]]) -> dict[str, Any]:
    """Arguments of `kind` that give these states."""
    if issubclass(kind, StemNet):
        n_layers, n_units = states["hidden"]
        return {"n_layers": n_layers, "n_units": n_units}
    if issubclass(kind, BarNet):
        (n_units,) = states["hidden"]
        return {"n_units": n_units}
    dilations, units = zip(*(states[name] for name in states if name.startswith("hidden_")), strict=True)
    return {"n_units": units[0], "dilations": dilations}


def _weights(net: StepNet, saved: onnx.ModelProto) -> dict[str, torch.Tensor]:
    """By name, as `load_state_dict` takes them.

    The exporter renames and turns matrices, so an export of `net` as it is tells which is which: its products
    stand in the same order, and its initial weights are known by their values.
    """
    fresh = matrix_products(onnx.load_model_from_string(to_onnx(net)))
    known = {name: weight.numpy() for name, weight in net.state_dict().items()}
    here, there = _constants(fresh), _constants(saved)
    found: dict[str, torch.Tensor] = {}
    for name in here:
        if name.removeprefix("net.") in known:
            found[name.removeprefix("net.")] = torch.from_numpy(there[name].copy())
    products = zip(_matrices(fresh, here), _matrices(saved, there), strict=True)
    for matrix, value in products:
        if matrix.shape != value.shape:
            raise ValueError(f"a matrix of {value.shape} where {matrix.shape} was expected")
        (name,) = (name for name, weight in known.items() if np.array_equal(weight.T, matrix))
        found[name] = torch.from_numpy(np.ascontiguousarray(value.T))
    return found


def _constants(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def _matrices(model: onnx.ModelProto, constants: dict[str, np.ndarray]) -> list[np.ndarray]:
    """float32 (inputs, outputs): what each product multiplies with, in the order of the graph."""
    matrices = []
    for node in model.graph.node:
        if node.op_type == "MatMulNBits":
            matrices.append(_dequantized(node, constants))
        elif node.op_type == "MatMul" and node.input[1] in constants:
            matrices.append(constants[node.input[1]])
    return matrices


def _dequantized(node: onnx.NodeProto, constants: dict[str, np.ndarray]) -> np.ndarray:
    """float32 (inputs, outputs) of symmetric 8-bit blocks (outputs, blocks, 32): 128 stands for zero."""
    given = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    if given["bits"] != 8 or len(node.input) != 3:
        raise ValueError("only float32 and symmetric 8-bit weights can be read back")
    blocks = constants[node.input[1]].astype(np.float32) - 128.0
    scales = constants[node.input[2]].reshape(*blocks.shape[:2], 1)
    return (blocks * scales).reshape(given["N"], -1)[:, : given["K"]].T
