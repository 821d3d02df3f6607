"""A trained network becomes a folder that the app can run: model.onnx, manifest.json, CARD.md."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE
from stemlight.analysis.streaming_model import (
    FRONTEND_IDENTITY,
    MANIFEST_FORMAT,
    MANIFEST_NAME,
    MODEL_NAME,
    NEXT,
)
from torch import Tensor, nn

from models.net.step_net import StepNet

OPSET = 17  # the newest that torch's tracing exporter writes; read by every onnxruntime since 1.12


class _OneHop(nn.Module):
    """A network without its batch and time axes: one hop of one stream, logits squashed."""

    def __init__(self, net: StepNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        n_inputs = len(self.net.INPUTS)
        inputs = tuple(tensor[None, None] for tensor in tensors[:n_inputs])
        state = tuple(tensor[None] for tensor in tensors[n_inputs:])
        step = self.net(inputs, state)
        outputs = self.net.finish(step.outputs)
        return (*(output[0, 0] for output in outputs), *(after[0] for after in step.state))


def to_onnx(net: StepNet) -> bytes:
    """The one-hop graph: fixed shapes, the state in and out by name."""
    net = net.eval().cpu()
    arguments = tuple(torch.zeros(shape) for shape in (*net.INPUTS.values(), *net.STATES.values()))
    graph = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracing exporter warns that it is the old one
        torch.onnx.export(
            _OneHop(net),
            arguments,
            graph,  # type: ignore[arg-type]  # the tracing exporter writes to files that are open, too
            input_names=[*net.INPUTS, *net.STATES],
            output_names=[*net.OUTPUTS, *(name + NEXT for name in net.STATES)],
            opset_version=OPSET,
            dynamo=False,
        )
    return graph.getvalue()


def export(net: StepNet, folder: Path, name: str, about: Mapping[str, Any], card: str = "") -> Path:
    """Write the folder, all of it or nothing; an older one is replaced. Returns the folder.

    `about`: `licence`, `metrics` and whatever else the manifest should tell.
    """
    content = to_onnx(net)
    manifest = {
        "format": MANIFEST_FORMAT,
        "name": name,
        "sample_rate": SAMPLE_RATE,
        "hop_length": HOP_LENGTH,
        "frontend": FRONTEND_IDENTITY,
        "inputs": net.INPUTS,
        "outputs": net.OUTPUTS,
        "states": net.STATES,
        "lookahead_hops": net.LOOKAHEAD_HOPS,
        "sha256": hashlib.sha256(content).hexdigest(),
        "n_weights": sum(weight.numel() for weight in net.parameters()),
        "licence": "GPL-3.0-or-later",
        "metrics": {},
        **about,
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (fresh / MODEL_NAME).write_bytes(content)
        (fresh / MANIFEST_NAME).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        (fresh / "CARD.md").write_text(card or f"# {name}\n", encoding="utf-8")
        fresh.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        fresh.replace(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return folder


def card(about: Mapping[str, Any], name: str) -> str:
    """CARD.md: what the model is for, what it was made from under which licences, how good it is."""
    what = {
        "stems": "Hears drums, bass, vocals and other in a mix, hop by hop, and kick, snare and hat.",
        "beats": "Hears beat, downbeat and onset, hop by hop, in a mix and its stems.",
        "bars": "Hears where a beat stands in its bar, from what sounded in that beat and its eve.",
    }.get(name, "")
    step = "beat" if name == "bars" else "hop of 512 samples at 44.1 kHz"
    metrics, runs = about.get("metrics", {}), [about, *about.get("began_with", [])]
    lines = [
        f"# Stemlight {name}",
        "",
        what,
        f"Causal, one {step} a call, state explicit; see `manifest.json`.",
        "",
        "Weights: GPL-3.0-or-later, made by this project. For live visuals; no other use was tested.",
        "",
        "## Made from",
        "",
        *_made_from(runs),
        *_section("Scores on songs for validation, by which choices were made", metrics.get("validation")),
        *_section("Scores on songs for the test, scored once", metrics.get("test")),
    ]
    return "\n".join(lines)


def _made_from(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Command and songs of each run, newest first, and how many songs of each licence it learnt from."""
    lines: list[str] = []
    for run in runs:
        trained = run.get("trained", {})
        went_on = "That went on from weights made from " if lines else ""
        lines += [f"{went_on}{trained.get('songs', '?')} songs, {trained.get('hours', '?')} hours, by", ""]
        lines += [f"    {trained.get('command', '?')}", ""]
    columns = ["songs", *(f"{before} before" for before in range(1, len(runs)))]
    lines += ["| licence of the song | " + " | ".join(columns) + " |", "|---" * (len(runs) + 1) + "|"]
    of_runs = [run.get("data_licences", {}) for run in runs]
    for licence in sorted({licence for counts in of_runs for licence in counts}):
        cells = (str(counts.get(licence, "-")) for counts in of_runs)
        lines.append(f"| {licence} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _section(title: str, of_split: Mapping[str, Mapping[str, float]] | None) -> list[str]:
    """A table of one split's means: a score a row, a source a column."""
    if not of_split:
        return []
    names = list(dict.fromkeys(name for scores in of_split.values() for name in scores if name != "songs"))
    lines = [f"## {title}", "", "| | " + " | ".join(of_split) + " |", "|---" * (len(of_split) + 1) + "|"]
    for name in names:
        cells = (f"{scores[name]:.2f}" if name in scores else "-" for scores in of_split.values())
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append("| songs | " + " | ".join(f"{scores['songs']:.0f}" for scores in of_split.values()) + " |")
    return [*lines, ""]
