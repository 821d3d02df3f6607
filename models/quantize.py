"""A model of float32 weights becomes one of 8-bit weights: a quarter of the memory to read each hop.

Between two hops the weights leave the caches, so a paced hop costs what reading them costs. Weights are
rounded in blocks of 32 with a scale each; states and everything between the matrix products stay float32.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from stemlight.analysis.streaming_model import MANIFEST_NAME, MODEL_NAME

BLOCK = 32  # weights that share a scale
INTEGER_PRODUCTS = 4  # onnxruntime's accuracy level: products of 8-bit numbers, summed up exactly
WEIGHTS = f"int8, a float32 scale for each {BLOCK}"


def quantized(content: bytes) -> bytes:
    """The same graph with 8-bit weights. Inputs, outputs and states keep their names and shapes."""
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    logging.getLogger("onnxruntime.quantization.matmul_nbits_quantizer").setLevel(logging.ERROR)
    model = _matrix_products(onnx.load_model_from_string(content))
    quantizer = MatMulNBitsQuantizer(
        model, bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=INTEGER_PRODUCTS
    )
    quantizer.process()
    result: bytes = quantizer.model.model.SerializeToString()
    return result


def quantize_folder(folder: Path, to: Path) -> None:
    """Copy an exported model from `folder` to `to`, which must not exist, with 8-bit weights."""
    shutil.copytree(folder, to)
    content = quantized((folder / MODEL_NAME).read_bytes())
    manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    manifest["sha256"] = hashlib.sha256(content).hexdigest()
    manifest["weights"] = WEIGHTS
    (to / MODEL_NAME).write_bytes(content)
    (to / MANIFEST_NAME).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _matrix_products(model: onnx.ModelProto) -> onnx.ModelProto:
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
