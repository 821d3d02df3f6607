"""A model's folder becomes a function of one hop: ONNX with explicit state, checked against its manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE
from stemlight.errors import UserError

MANIFEST_FORMAT = 1
MANIFEST_NAME = "manifest.json"
MODEL_NAME = "model.onnx"
NEXT = "_next"  # a state `hidden` goes in, `hidden_next` comes out

# What a model was trained on. Any change of the front-end's numbers is a new identity.
FRONTEND_IDENTITY = (
    f"stemlight-1 window={frontend.WINDOW_LENGTH} bands={frontend.N_BANDS} "
    f"top_bin={frontend.TOP_BIN} power_floor={frontend.POWER_FLOOR:g}"
)

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model needs to be right, from `manifest.json`. All arrays are float32."""

    name: str
    sample_rate: int  # Hz
    hop_length: int  # samples
    frontend: str
    inputs: Shapes
    outputs: Shapes
    states: Shapes
    lookahead_hops: int
    sha256: str  # of model.onnx
    licence: str
    metrics: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """UserError where it is missing, no JSON, of another format or lacks a key."""
        path = folder / MANIFEST_NAME
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UserError(
                f"{folder} holds no {MANIFEST_NAME}: give a folder made by `python -m models export`"
            ) from None
        except (OSError, ValueError) as problem:
            raise UserError(f"{path} cannot be read ({problem}): export the model again") from None
        if not isinstance(values, dict) or values.get("format") != MANIFEST_FORMAT:
            raise UserError(f"{path} is not of format {MANIFEST_FORMAT}: export the model with this version")
        try:
            return cls(
                name=str(values["name"]),
                sample_rate=int(values["sample_rate"]),
                hop_length=int(values["hop_length"]),
                frontend=str(values["frontend"]),
                inputs=_shapes(values["inputs"]),
                outputs=_shapes(values["outputs"]),
                states=_shapes(values["states"]),
                lookahead_hops=int(values["lookahead_hops"]),
                sha256=str(values["sha256"]),
                licence=str(values["licence"]),
                metrics=dict(values["metrics"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise UserError(f"{path} lacks or garbles {problem}: export the model again") from None


def _shapes(values: Mapping[str, Any]) -> Shapes:
    return {name: tuple(int(size) for size in shape) for name, shape in values.items()}


class StreamingModel:
    """One network, one hop a call, its memory kept between calls. One thread at a time.

    Nothing is allocated in `process`: inputs are copied into buffers that the session reads, and the
    state goes to and fro between two sets of buffers.
    """

    def __init__(self, folder: Path, inputs: Shapes | None = None, outputs: Shapes | None = None) -> None:
        """`inputs` and `outputs`: names and shapes that the caller relies on, checked against the manifest.

        A model may say more than that, but not ask for more. UserError says what does not fit and what to do.
        Takes some 10 ms.
        """
        self.manifest = Manifest.read(folder)
        self._folder = folder
        self._check_manifest(inputs, outputs)
        self._session = self._open()
        self._check_session()
        manifest = self.manifest
        self._inputs = {name: np.zeros(shape, np.float32) for name, shape in manifest.inputs.items()}
        self._outputs = {name: np.zeros(shape, np.float32) for name, shape in manifest.outputs.items()}
        self._states = [
            {name: np.zeros(shape, np.float32) for name, shape in manifest.states.items()} for _ in range(2)
        ]
        self._bindings = [self._bind(self._states[side], self._states[1 - side]) for side in range(2)]
        self._side = 0

    def process(self, **inputs: np.ndarray) -> Mapping[str, np.ndarray]:
        """The outputs by name, float32 of the manifest's shapes; valid until the next call."""
        for name, buffer in self._inputs.items():
            buffer[...] = inputs[name]
        self._session.run_with_iobinding(self._bindings[self._side])
        self._side = 1 - self._side
        return self._outputs

    def reset(self) -> None:
        """As if nothing had been heard."""
        for state in self._states[self._side].values():
            state[...] = 0.0

    @property
    def state(self) -> Mapping[str, np.ndarray]:
        """What the next call will start from, by name; a view."""
        return self._states[self._side]

    def _check_manifest(self, inputs: Shapes | None, outputs: Shapes | None) -> None:
        manifest, folder = self.manifest, self._folder
        if manifest.sample_rate != SAMPLE_RATE or manifest.hop_length != HOP_LENGTH:
            raise UserError(
                f"{folder} is for {manifest.sample_rate} Hz in hops of {manifest.hop_length}, "
                f"Stemlight runs at {SAMPLE_RATE} Hz in hops of {HOP_LENGTH}: train it at those"
            )
        if manifest.frontend != FRONTEND_IDENTITY:
            raise UserError(
                f"{folder} was trained on the front-end '{manifest.frontend}', "
                f"this version has '{FRONTEND_IDENTITY}': train it again"
            )
        for what, expected, found in (
            ("inputs", inputs, dict(manifest.inputs)),
            (
                "outputs",
                outputs,
                {k: v for k, v in manifest.outputs.items() if outputs is None or k in outputs},
            ),
        ):
            if expected is not None and dict(expected) != found:
                raise UserError(
                    f"{folder} has the {what} {_words(found)}, expected {_words(expected)}: "
                    "choose a model of the right kind"
                )

    def _open(self) -> onnxruntime.InferenceSession:
        path = self._folder / MODEL_NAME
        try:
            content = path.read_bytes()
        except OSError:
            raise UserError(f"{path} cannot be read: copy the whole folder of the model") from None
        if hashlib.sha256(content).hexdigest() != self.manifest.sha256:
            raise UserError(
                f"{path} is not the file its manifest speaks of (checksum differs): copy it again"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        try:
            return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as problem:  # onnxruntime's own classes are not public
            reason = str(problem).splitlines()[0]
            raise UserError(f"{path} cannot be opened ({reason}): export the model again") from None

    def _check_session(self) -> None:
        manifest = self.manifest
        promised_in = {**manifest.inputs, **manifest.states}
        promised_out = {**manifest.outputs, **{name + NEXT: s for name, s in manifest.states.items()}}
        for what, promised, nodes in (
            ("inputs", promised_in, self._session.get_inputs()),
            ("outputs", promised_out, self._session.get_outputs()),
        ):
            found = {node.name: tuple(node.shape) for node in nodes}
            if found != promised or any(node.type != "tensor(float)" for node in nodes):
                raise UserError(
                    f"{self._folder / MODEL_NAME} has the {what} {_words(found)}, its manifest says "
                    f"{_words(promised)} in float32: export the model again"
                )

    def _bind(self, before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> Any:
        binding = self._session.io_binding()
        for name, array in {**self._inputs, **before}.items():
            binding.bind_input(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        for name, array in {**self._outputs, **{name + NEXT: a for name, a in after.items()}}.items():
            binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        return binding


def _words(shapes: Mapping[str, tuple[Any, ...]]) -> str:
    return ", ".join(f"{name} {list(shape)}" for name, shape in sorted(shapes.items())) or "none"
