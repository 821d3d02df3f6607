"""A model of float32 weights becomes one that reads or multiplies less each hop, and says nearly the same.

Between two hops the weights leave the caches, so a paced hop costs what reading them costs. States and all
between the matrix products stay float32 in each of these.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from stemlight.analysis.streaming_model import MANIFEST_NAME, MODEL_NAME

BLOCK = 32  # weights that share a scale
INTEGER_PRODUCTS = 4  # onnxruntime's accuracy level: products of 8-bit numbers, summed up exactly
PRUNED = 0.5  # share of the weights of each matrix that are left out: the smallest
LEAST_PRUNED = 1_000  # weights: smaller ones are biases and last layers, where each one counts
Sample = Mapping[str, np.ndarray]  # what one call is given: inputs and states by name


def int8_blocks(content: bytes) -> bytes:
    """Weights of 8 bits, in blocks with a scale each; products of integers."""
    return _in_blocks(content, bits=8)


def int4_blocks(content: bytes) -> bytes:
    """The same with weights of 4 bits."""
    return _in_blocks(content, bits=4)


def int8_dynamic(content: bytes) -> bytes:
    """Weights of 8 bits with a scale a column; what they are multiplied with is scaled anew each hop."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        onnx.save_model(matrix_products(onnx.load_model_from_string(content)), whole)
        _quietly(
            quantize_dynamic, whole, small, op_types_to_quantize=["MatMul"], per_channel=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip
        return small.read_bytes()


def int8_static(content: bytes, samples: Sequence[Sample]) -> bytes:
    """The same with scales that were set once, by the largest numbers in `samples`."""
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        onnx.save_model(matrix_products(onnx.load_model_from_string(content)), whole)
        _quietly(
            quantize_static, whole, small, _Samples(samples), quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
        )  # fmt: skip
        return small.read_bytes()


def pruned(content: bytes) -> bytes:
    """The smaller half of the weights of each matrix is zero; they are read and multiplied all the same."""
    model = onnx.load_model_from_string(content)
    for tensor in model.graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.ndim < 2 or weights.size < LEAST_PRUNED or weights.dtype != np.float32:
            continue
        least = np.quantile(np.abs(weights), PRUNED)
        kept = np.where(np.abs(weights) < least, np.float32(0.0), weights)
        tensor.CopyFrom(numpy_helper.from_array(kept, tensor.name))
    result: bytes = model.SerializeToString()
    return result


def write_variant(folder: Path, to: Path, content: bytes, weights: str) -> None:
    """Copy an exported model from `folder` to `to`, which must not exist, with another graph.

    `weights`: what the manifest says of them. Inputs, outputs and states keep their names and shapes.
    """
    shutil.copytree(folder, to)
    manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    manifest["made_from"] = manifest["sha256"]
    manifest["sha256"] = hashlib.sha256(content).hexdigest()
    manifest["weights"] = weights
    (to / MODEL_NAME).write_bytes(content)
    (to / MANIFEST_NAME).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


class _Samples:
    """Samples one by one, as onnxruntime asks for them."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._left = iter(samples)

    def get_next(self) -> Sample | None:
        return next(self._left, None)


def _in_blocks(content: bytes, bits: int) -> bytes:
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    logging.getLogger("onnxruntime.quantization.matmul_nbits_quantizer").setLevel(logging.ERROR)
    model = matrix_products(onnx.load_model_from_string(content))
    quantizer = MatMulNBitsQuantizer(
        model, bits=bits, block_size=BLOCK, is_symmetric=True, accuracy_level=INTEGER_PRODUCTS
    )
    quantizer.process()
    result: bytes = quantizer.model.model.SerializeToString()
    return result


def _quietly(quantize, *arguments, **options) -> None:  # type: ignore[no-untyped-def]
    """onnxruntime logs to the root logger that it would like another pass of preparation first."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        quantize(*arguments, **options)
    finally:
        root.setLevel(level)


def matrix_products(model: onnx.ModelProto) -> onnx.ModelProto:
    """Gemm as MatMul and Add: the quantizer reaches nothing else."""
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        if node.op_type != "Gemm":
            nodes.append(node)
            continue
        x, weight, bias = node.input
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        matrix = numpy_helper.to_array(weights[weight])
        if attributes.get("transB", 0):
            matrix = matrix.T
        model.graph.initializer.append(
            numpy_helper.from_array(np.ascontiguousarray(matrix), f"{weight}_matrix")
        )
        product = f"{node.output[0]}_product"
        nodes.append(helper.make_node("MatMul", [x, f"{weight}_matrix"], [product]))
        nodes.append(helper.make_node("Add", [product, bias], [node.output[0]]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    return model
