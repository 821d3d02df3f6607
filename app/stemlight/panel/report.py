"""How the show fares: against its budget, from microphone to picture, and as a report to send to somebody."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass

from stemlight import __version__
from stemlight.bus.health import PARTS, Health, PartHealth
from stemlight.panel.translation import tr

HOP_BUDGET_MS = 11.61  # half of it is the law (DESIGN.md), 2 ms the aim
PROCESSES = ("engine", "stage", "doors", "panel")


@dataclass(frozen=True, slots=True)
class LatencyPart:
    """One leg of the way, median in ms."""

    title: str
    ms: float


def sound_to_picture(health: Health) -> list[LatencyPart]:
    """The way of a sound to the picture in legs that add up to what is measured as a whole."""
    engine, stage = health.part("engine"), health.part("stage")
    driver = engine.get("input_latency_us") / 1e3
    legs = [
        LatencyPart(tr("sound card and driver"), driver),
        LatencyPart(tr("waiting for the block"), max(_median(engine, "block_ms") - driver, 0.0)),
        LatencyPart(tr("waiting for the engine"), _median(engine, "queue_ms")),
        LatencyPart(tr("hearing: stems, beat, levels"), _median(engine, "compute_ms")),
        LatencyPart(tr("to the other processes"), _median(engine, "publish_ms")),
    ]
    whole = _median(stage, "sound_to_picture_ms")
    if whole:
        legs.append(
            LatencyPart(tr("drawing and the display's turn"), max(whole - sum(leg.ms for leg in legs), 0.0))
        )
    return legs


def report(health: Health) -> str:
    """Everything that was counted, as JSON, with the machine it was counted on."""
    facts = {
        "stemlight": __version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
    }
    parts = {name: health.part(name).snapshot() for name in PARTS}
    return json.dumps(facts | parts, indent=2, ensure_ascii=False)


def restarts(health: Health) -> dict[str, int]:
    """How often each process was brought back."""
    return {name: health.part("show").get(f"{name}_restarts") for name in PROCESSES}


def _median(part: PartHealth, timing: str) -> float:
    return part.timing(timing).quantile(0.5)
