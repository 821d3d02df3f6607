"""One-shot drum samples become kits, and kits play the keys of a drum channel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.mixing import place
from models.data.midi_file import DRUM_CHANNEL, NOTE_ON
from models.data.songs import read_mono
from models.data.sources.soundfont import TimedMessage

# What a sample's name says it is, the first that fits, and the keys that it plays.
_PARTS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("none", r"loop|sample:|zap|whistle|\bfx\b|roll|brush|break|^click|choke|swish|flink|drum \d", ()),
    ("hat_pedal", r"(hat|hh|cymbal).*pe?d|pedal (hat|hh)|side hh", (44,)),
    ("hat_open", r"(hat|hh|cymbal).*op|(open|semi).*(hat|hh)|ohh", (46, 26)),
    ("hat_closed", r"(hat|hh|cymbal).*cl|closed (hat|hh)|hat (low|ring)|hi-hat", (42, 22)),
    ("rim", r"stick|rim ?click|clave", (37,)),
    ("clap", r"clap|snap", (39,)),
    ("kick", r"kick|bass ?drum|\bbd|drum bass|cajon thump", (35, 36)),
    ("snare", r"snare|\bsn\b|cajon slap", (38, 40)),
    ("tom_low", r"tom.*(lo|floor)|(floor|low) tom|djembe.*bass|bongo lo", (41, 43, 58)),
    ("tom_high", r"tom.*hi|tom 1|high tom|bongo hi", (48, 50)),
    ("tom_mid", r"tom|conga", (45, 47)),
    ("bell", r"ride.*(bell|cup)|paiste bell", (53,)),
    ("ride", r"ride", (51, 59)),
    ("splash", r"splash|china", (52, 55)),
    ("crash", r"crash|cymbal", (49, 57)),
    ("cowbell", r"cowbell|agogo", (56,)),
    ("shaker", r"shaker|maraca|tambourine", (54, 70, 82)),
)  # fmt: skip
_STANDS_IN = {"hat_pedal": "hat_closed", "clap": "snare", "bell": "ride", "ride": "crash", "splash": "crash",
              "tom_mid": "tom_low", "tom_high": "tom_mid"}  # fmt: skip
_LICENCES = (
    (r"commons 0|cc0", "CC0-1.0"),
    (r"share.?alike", "CC-BY-SA-3.0"),
    (r"cc-by|attribution", "CC-BY-3.0"),
    (r"version 2|gpl-2", "GPL-2"),
    (r"gpl", "GPL"),
)
NEEDED = ("kick", "snare", "hat_closed")
_CHOKED_BY_CLOSED = ("hat_open",)
LONGEST_S = 3.0  # of a stroke
SOFTEST_DB = 30.0  # of a stroke at velocity 1 below one at 127, where a kit has one layer only


@dataclass(frozen=True, slots=True)
class Layer:
    """The sound of a stroke up to a velocity."""

    up_to: float  # (0, 1]
    path: Path
    gain: float = 1.0


@dataclass(frozen=True)
class SampleKit:
    """For each part one instrument or several like it, each of layers by velocity."""

    name: str
    licence: str
    instruments: dict[str, tuple[tuple[Layer, ...], ...]]

    @property
    def playable(self) -> bool:
        """It has what a groove cannot do without."""
        return all(part in self.instruments for part in NEEDED)

    def chosen(self, rng: np.random.Generator) -> SampleKit:
        """One instrument a part, by chance."""
        chosen: dict[str, tuple[tuple[Layer, ...], ...]] = {
            part: (alike[int(rng.integers(len(alike)))],) for part, alike in self.instruments.items()
        }
        return SampleKit(self.name, self.licence, chosen)

    def play(self, messages: Iterable[TimedMessage], start_s: float, duration_s: float) -> np.ndarray:
        """float32 (n_samples,) mono, of the drum channel's strokes."""
        out = np.zeros((1, round(duration_s * SAMPLE_RATE)), np.float32)
        strokes = [
            (message.time_s - start_s, part, message.data[1] / 127)
            for message in messages
            if message.kind == NOTE_ON and message.channel == DRUM_CHANNEL
            if (part := self._part(message.data[0])) and 0 <= message.time_s - start_s < duration_s
        ]
        shut_s = np.array([time_s for time_s, part, _ in strokes if part in ("hat_closed", "hat_pedal")])
        for time_s, part, velocity in strokes:
            sound = self._sound(part, velocity)
            if part in _CHOKED_BY_CLOSED:
                after = shut_s[shut_s > time_s]
                if len(after):
                    sound = _ended(sound, after[0] - time_s)
            place(out, sound, round(time_s * SAMPLE_RATE), gain=1.0)
        return out[0]

    def _part(self, key: int) -> str | None:
        part = next((name for name, _, keys in _PARTS if key in keys), None)
        while part is not None and part not in self.instruments:
            part = _STANDS_IN.get(part)
        return part

    def _sound(self, part: str, velocity: float) -> np.ndarray:
        layers = self.instruments[part][0]
        layer = next((layer for layer in layers if velocity <= layer.up_to), layers[-1])
        # Layers were recorded at their loudness; within one, and with one alone, velocity is a gain.
        gain_db = SOFTEST_DB / len(layers) * (velocity / layer.up_to - 1.0)
        return _sample(layer.path) * np.float32(layer.gain * 10 ** (gain_db / 20))


def part_of(name: str) -> str | None:
    """What a sample or an instrument of this name is; None where it is not to be used."""
    words = name.lower().replace("_", " ")
    found = next((part for part, pattern, _ in _PARTS if re.search(pattern, words)), None)
    return None if found == "none" else found


def hydrogen_kits(root: Path) -> Iterator[SampleKit]:
    """All playable drumkits below `root`: folders with a drumkit.xml of Hydrogen."""
    for path in sorted(root.rglob("drumkit.xml")):
        kit = _hydrogen_kit(path)
        if kit.playable:
            yield kit


def folder_kit(name: str, licence: str, samples: Iterable[Path]) -> SampleKit:
    """Of files that are called what they are: bd_haus.flac, drum_snare_hard.flac."""
    instruments: dict[str, list[tuple[Layer, ...]]] = {}
    for path in sorted(samples):
        part = part_of(path.stem)
        if part:
            instruments.setdefault(part, []).append((Layer(1.0, path),))
    return SampleKit(name, licence, {part: tuple(alike) for part, alike in instruments.items()})


def _hydrogen_kit(path: Path) -> SampleKit:
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"|\sxsi:\w+="[^"]*"', "", path.read_text("utf-8", "replace"))
    kit = ElementTree.fromstring(text)
    instruments: dict[str, list[tuple[Layer, ...]]] = {}
    for instrument in kit.iter("instrument"):
        part = part_of(instrument.findtext("name") or "")
        layers = [
            Layer(float(layer.findtext("max") or 1.0), path.parent / (layer.findtext("filename") or ""),
                  float(layer.findtext("gain") or 1.0))
            for layer in instrument.iter("layer")
        ]  # fmt: skip
        if not layers and instrument.findtext("filename"):
            layers = [Layer(1.0, path.parent / (instrument.findtext("filename") or ""))]
        layers = sorted((layer for layer in layers if layer.path.is_file()), key=lambda layer: layer.up_to)
        if part and layers:
            instruments.setdefault(part, []).append(tuple(layers))
    name = re.sub(r"[^a-z0-9]+", "_", path.parent.name.lower()).strip("_")
    return SampleKit(
        name,
        _licence(kit.findtext("license") or ""),
        {part: tuple(alike) for part, alike in instruments.items()},
    )


def _licence(text: str) -> str:
    """Of what a drumkit says; those that say nothing are under Debian's copyright file, GPL-2 all of them."""
    for pattern, licence in _LICENCES:
        if re.search(pattern, text, re.IGNORECASE):
            return licence
    return "GPL-2"


@lru_cache(maxsize=512)
def _sample(path: Path) -> np.ndarray:
    """float32 (n_samples,), from its first sound on."""
    sound = read_mono(path)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max(initial=1e-9))
    start = max(0, loud[0] - 32) if len(loud) else 0
    return _ended(sound[start:], LONGEST_S)


def _ended(sound: np.ndarray, after_s: float) -> np.ndarray:
    """A copy that fades out within 10 ms after `after_s`."""
    n, fade = round(after_s * SAMPLE_RATE), SAMPLE_RATE // 100
    if n + fade >= len(sound):
        return sound.copy()
    ended = sound[: n + fade].copy()
    ended[n:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return ended
