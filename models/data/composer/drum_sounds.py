"""A kit: for every drum part some one-shots, soft to loud, made of modes, sweeps and noise. No samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.data.composer.filters import band_pass, bell, high_pass, high_shelf, low_pass
from models.data.composer.mixing import room_response
from models.data.composer.waves import cycles, decay, fade_out, modes, noise, pulse, samples

LAYERS = (0.35, 0.7, 1.0)  # velocities that were rendered
TAKES = 2  # renderings of each layer, so that no two hits in a row are the same sound

KIT_STYLES = ("808", "909", "acoustic", "gated", "metal", "lofi", "jazz", "electro")

# Modes of an ideal membrane over its first (Fletcher and Rossing, The Physics of Musical Instruments)
MEMBRANE = np.array([1.0, 1.59, 2.14, 2.30, 2.65, 2.92, 3.16, 3.50, 3.60, 3.65])


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything one drummer hits. Peaks near 1 before `gains`."""

    style: str
    sounds: dict[str, list[list[np.ndarray]]]  # part -> layer -> take -> float32 (n,) or (n_channels, n)
    gains: dict[str, float]
    pans: dict[str, float]

    def sound(self, part: str, velocity: float, take: int) -> np.ndarray:
        """The take of the layer next to `velocity` in (0, 1]."""
        layer = int(np.argmin([abs(velocity - step) for step in LAYERS]))
        takes = self.sounds[part][layer]
        return takes[take % len(takes)]


def make_kit(style: str, rng: np.random.Generator, n_channels: int, parts: set[str]) -> Kit:
    """A kit of `style`, its every number drawn by `rng`; only `parts` are rendered."""
    makers = _makers(style, rng)
    room_decay_s, wet = {
        "808": (0.25, 0.03),
        "909": (0.3, 0.06),
        "electro": (0.35, 0.08),
        "acoustic": (rng.uniform(0.3, 0.7), rng.uniform(0.15, 0.4)),
        "gated": (rng.uniform(1.5, 2.5), rng.uniform(0.5, 0.9)),
        "metal": (rng.uniform(0.4, 0.9), rng.uniform(0.15, 0.35)),
        "lofi": (0.25, 0.15),
        "jazz": (rng.uniform(0.4, 0.8), rng.uniform(0.2, 0.4)),
    }[style]
    room = room_response(room_decay_s, rng.uniform(2500, 7000), n_channels, rng, pre_delay_s=0.004)
    if style == "gated":  # a big room, cut off: the drums of the eighties
        room = fade_out(room[:, : samples(rng.uniform(0.18, 0.32))], 0.04)
    sounds: dict[str, list[list[np.ndarray]]] = {}
    for part in sorted(parts):
        maker, part_wet = makers[part], wet * (0.35 if part == "kick" else 1.0)
        layers = [[_in_room(maker(v, rng), room, part_wet) for _ in range(TAKES)] for v in LAYERS]
        loudest = max(float(np.abs(sound).max()) for sound in layers[-1])
        sounds[part] = [[sound / np.float32(loudest) for sound in takes] for takes in layers]
        if style == "lofi":
            sounds[part] = [[_worn(sound, rng) for sound in takes] for takes in sounds[part]]
    return Kit(style, sounds, _gains(style, rng), dict(PANS))


PANS = {
    "hat_closed": 0.25, "hat_open": 0.25, "hat_pedal": 0.25, "ride": -0.35, "ride_bell": -0.35, "crash": -0.3,
    "tom_high": 0.3, "tom_mid": 0.0, "tom_low": -0.35, "shaker": 0.45, "tambourine": -0.45,
    "conga_high": 0.35,
    "conga_low": 0.2, "cowbell": -0.2, "clave": 0.3, "rim": 0.1,
}  # fmt: skip


def _gains(style: str, rng: np.random.Generator) -> dict[str, float]:
    """Peak levels as engineers set them: kick and snare lead, metal lies far under."""
    base = {
        "kick": 1.0, "snare": 0.85, "clap": 0.6, "rim": 0.5, "hat_closed": 0.26, "hat_open": 0.28,
        "hat_pedal": 0.2,
        "ride": 0.24, "ride_bell": 0.3, "crash": 0.42, "tom_high": 0.7, "tom_mid": 0.75, "tom_low": 0.8,
        "shaker": 0.16, "tambourine": 0.2, "conga_high": 0.4, "conga_low": 0.45, "cowbell": 0.25,
        "clave": 0.3,
        "brush": 0.3,
    }  # fmt: skip
    if style == "jazz":
        base |= {"kick": 0.5, "snare": 0.6, "ride": 0.34, "hat_pedal": 0.3, "hat_closed": 0.3, "brush": 0.12}
    if style in ("808", "909"):
        base |= {"hat_closed": 0.3, "hat_open": 0.33}
    return {part: gain * float(10 ** (rng.uniform(-2.5, 2.5) / 20)) for part, gain in base.items()}


Maker = Callable[[float, np.random.Generator], np.ndarray]  # velocity, rng -> float32 (n,)


def _makers(style: str, rng: np.random.Generator) -> dict[str, Maker]:
    machine = style in ("808", "909", "electro") or (style == "lofi" and rng.random() < 0.5)
    cymbal_modes = _cymbal_modes(rng)
    metal_hz = _square_hz(rng)
    makers: dict[str, Maker] = {
        "clap": _clap(rng),
        "rim": _rim(rng),
        "crash": _cymbal(cymbal_modes, decay_s=rng.uniform(1.2, 2.6), ping=0.0, high=0.9, rng=rng),
        "ride": _cymbal(cymbal_modes, decay_s=rng.uniform(0.8, 1.6), ping=1.0, high=0.3, rng=rng),
        "ride_bell": _bell(rng),
        "shaker": _shaker(rng),
        "tambourine": _tambourine(rng),
        "cowbell": _cowbell(rng),
        "clave": _clave(rng),
        "brush": _brush(rng),
    }
    for part, hz in (("tom_high", 165.0), ("tom_mid", 120.0), ("tom_low", 85.0)):
        makers[part] = _tom(hz * rng.uniform(0.88, 1.12), machine, rng)
    for part, hz in (("conga_high", 330.0), ("conga_low", 220.0)):
        makers[part] = _conga(hz * rng.uniform(0.9, 1.12), rng)
    if machine:
        makers["kick"] = _machine_kick(style, rng)
        makers["snare"] = _machine_snare(style, rng)
        for part, decay_s in (("hat_closed", 0.07), ("hat_open", 0.45), ("hat_pedal", 0.05)):
            makers[part] = _machine_hat(metal_hz, decay_s * rng.uniform(0.6, 1.4), style, rng)
    else:
        makers["kick"] = _drum_kick(style, rng)
        makers["snare"] = _drum_snare(style, rng)
        hat_modes = _cymbal_modes(rng, low_hz=2500.0)
        for part, decay_s in (("hat_closed", 0.11), ("hat_open", 0.7), ("hat_pedal", 0.07)):
            makers[part] = _cymbal(hat_modes, decay_s * rng.uniform(0.6, 1.3), ping=0.25, high=1.0, rng=rng)
    return makers


def _in_room(sound: np.ndarray, room: np.ndarray, wet: float) -> np.ndarray:
    """Reverberation is linear: added once to the one-shot it costs nothing a hit."""
    from scipy.signal import fftconvolve

    tail = fftconvolve(sound[None], room, axes=1)[:, : len(sound) + room.shape[1]]
    out = np.float32(wet * 2.0) * tail.astype(np.float32)
    out[:, : len(sound)] += sound
    return fade_out(out[0], 0.02) if len(out) == 1 else out


def _worn(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An old sampler: 12 bit, dark."""
    return low_pass(np.round(sound * 512) / np.float32(512), rng.uniform(6000, 9000), 2)


def _sweep(start_hz: float, end_hz: float, fall_s: float, n: int) -> np.ndarray:
    return end_hz + (start_hz - end_hz) * decay(n, fall_s * 6.9)


def _click(n: int, seconds: float, low_hz: float, high_hz: float, rng: np.random.Generator) -> np.ndarray:
    """A beater's or stick's touch: a few milliseconds of noise."""
    burst = band_pass(noise(n, rng) * decay(n, seconds * 3), low_hz, high_hz)
    return burst / np.abs(burst).max()


def _machine_kick(style: str, rng: np.random.Generator) -> Maker:
    hz = rng.uniform(44, 58)
    start = hz * rng.uniform(2.5, 5.0) if style != "808" else hz * rng.uniform(1.8, 3.0)
    fall_s = rng.uniform(0.012, 0.035)
    decay_s = rng.uniform(0.6, 1.4) if style == "808" else rng.uniform(0.25, 0.5)
    click, drive = rng.uniform(0.05, 0.35), rng.uniform(1.0, 3.5)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(decay_s + 0.05)
        body = np.sin((2 * np.pi * cycles(_sweep(start, hz, fall_s, n), n)).astype(np.float32)) * decay(
            n, decay_s
        )
        body = np.tanh(drive * velocity * body) / np.tanh(drive)
        return fade_out(body + click * velocity * _click(n, 0.004, 1500, 8000, rng), 0.03)

    return make


def _drum_kick(style: str, rng: np.random.Generator) -> Maker:
    hz = {"jazz": rng.uniform(62, 85), "metal": rng.uniform(48, 60)}.get(style, rng.uniform(48, 66))
    decay_s = {"jazz": rng.uniform(0.4, 0.7), "metal": rng.uniform(0.2, 0.3)}.get(
        style, rng.uniform(0.22, 0.45)
    )
    click = {"jazz": 0.08, "metal": rng.uniform(0.5, 0.9)}.get(style, rng.uniform(0.12, 0.4))
    click_hz = rng.uniform(2200, 4500)
    detune = rng.uniform(0.96, 1.04, len(MEMBRANE))

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(decay_s + 0.1)
        sweep = np.sin((2 * np.pi * cycles(_sweep(hz * 1.9, hz, 0.018, n), n)).astype(np.float32)) * decay(
            n, decay_s
        )
        gains = (
            0.25 * velocity * rng.uniform(0.4, 1.0, len(MEMBRANE)) / np.arange(1, len(MEMBRANE) + 1) ** 0.7
        )
        skin = modes(hz * 1.5 * MEMBRANE * detune, gains, decay_s * 0.45 / np.sqrt(MEMBRANE), n, rng)
        beater = _click(n, 0.006, click_hz * 0.5, click_hz * 2, rng) * click * velocity**1.5
        air = low_pass(noise(n, rng) * decay(n, 0.12), 400) * 0.25
        sound = bell(np.tanh(1.4 * (sweep + skin + air)) + beater, 350, -5)
        return fade_out(sound, 0.03)

    return make


def _machine_snare(style: str, rng: np.random.Generator) -> Maker:
    hz = rng.uniform(165, 215)
    body_s, wires_s = rng.uniform(0.12, 0.2), rng.uniform(0.14, 0.35)
    balance, low_hz = rng.uniform(0.45, 1.2), rng.uniform(900, 2200)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(max(body_s, wires_s) + 0.05)
        skin = modes(
            np.array([hz, hz * 1.78]), np.array([0.7, 0.45]), np.array([body_s, body_s * 0.7]), n, rng
        )
        wires = high_pass(noise(n, rng), low_hz, 2) * decay(n, wires_s) * 0.4
        sound = (
            skin
            + balance * (0.6 + 0.4 * velocity) * wires
            + 0.3 * velocity * _click(n, 0.003, 1000, 9000, rng)
        )
        return fade_out(np.tanh(1.3 * sound), 0.02)

    return make


def _drum_snare(style: str, rng: np.random.Generator) -> Maker:
    hz = rng.uniform(170, 260) if style != "metal" else rng.uniform(190, 240)
    body_s = rng.uniform(0.15, 0.35)
    wires_s = rng.uniform(0.18, 0.4)
    balance = {"jazz": 0.7, "metal": 1.3}.get(style, rng.uniform(0.7, 1.4))
    low_hz, top_hz = rng.uniform(700, 1600), rng.uniform(9000, 15000)
    detune = rng.uniform(0.95, 1.05, len(MEMBRANE))
    ring = rng.uniform(0.0, 0.35)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(max(body_s, wires_s) + 0.12)
        gains = rng.uniform(0.5, 1.0, len(MEMBRANE)) / np.arange(1, len(MEMBRANE) + 1) ** 0.6
        decays_s = body_s / MEMBRANE**0.6
        skin = modes(hz * MEMBRANE * detune, gains * 0.5, decays_s, n, rng)
        wires = low_pass(high_pass(noise(n, rng), low_hz, 1), top_hz) * 0.5
        # the wires leave the skin and fall back: noise rises in 2-4 ms, dies in two slopes
        envelope = (1 - decay(n, 0.008)) * (0.75 * decay(n, wires_s * 0.5) + 0.25 * decay(n, wires_s * 1.3))
        stick = _click(n, 0.003, 1800, 9000, rng) * 0.55 * velocity
        rim = ring * modes(
            hz * np.array([3.9, 5.3, 6.7]), np.array([0.3, 0.2, 0.12]), np.full(3, 0.25), n, rng
        )
        sound = skin + balance * (0.5 + 0.5 * velocity) * wires * envelope + stick + rim * velocity
        return fade_out(np.tanh(1.2 * sound), 0.03)

    return make


def _square_hz(rng: np.random.Generator) -> np.ndarray:
    """The six square waves of the classic machine hat, a little out."""
    return (
        np.array([205.3, 304.4, 369.6, 522.7, 540.0, 800.0])
        * rng.uniform(0.9, 1.5)
        * rng.uniform(0.97, 1.03, 6)
    )


def _machine_hat(hz: np.ndarray, decay_s: float, style: str, rng: np.random.Generator) -> Maker:
    low_hz = rng.uniform(6000, 8500)
    grit = rng.uniform(0.2, 1.0)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(decay_s + 0.03)
        squares = np.sum([pulse(float(f), n, 0.5, rng.random()) for f in hz], axis=0)
        sound = high_pass(0.35 * squares + grit * noise(n, rng), low_hz, 3) * decay(n, decay_s * 1.2)
        return fade_out(high_shelf(sound, 9000, 6 * (velocity - 1)), 0.01)

    return make


def _cymbal_modes(rng: np.random.Generator, low_hz: float = 350.0) -> np.ndarray:
    """A plate's modes: dense, inharmonic, everywhere up to the top."""
    return np.sort(np.exp(rng.uniform(np.log(low_hz), np.log(17000), 70)))


# A cymbal's noise by band: low and high edge (Hz), gain, decay relative to the whole's
WASH = ((350, 1000, 0.10, 0.8), (1000, 2500, 0.3, 1.0), (2500, 6000, 0.7, 1.0), (6000, 11000, 1.0, 0.75),
        (11000, 17500, 0.7, 0.5))  # fmt: skip


def _cymbal(hz: np.ndarray, decay_s: float, ping: float, high: float, rng: np.random.Generator) -> Maker:
    """Noise in bands that die each in its time, over a few ringing modes; `ping` is the stick's share."""
    centre_hz = rng.uniform(4500, 9000)
    tilt = np.exp(-0.5 * np.square(np.log(hz / centre_hz) / 0.9))
    low_hz = float(hz[0]) * 0.8
    ring = rng.uniform(0.25, 0.6) if ping else rng.uniform(0.1, 0.3)
    colour = rng.uniform(0.6, 1.5, len(WASH))

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(decay_s + 0.05)
        gains = tilt * rng.uniform(0.2, 1.0, len(hz))
        decays_s = decay_s * np.clip((3000 / hz) ** 0.35, 0.45, 1.4) * rng.uniform(0.7, 1.2, len(hz))
        metal = modes(hz, gains, decays_s, n, rng) / np.sqrt(np.square(gains).sum())
        white = noise(n, rng)
        wash = np.zeros(n, np.float32)
        for (band_low, band_high, gain, length), tint in zip(WASH, colour, strict=True):
            if band_high > low_hz:
                wash += gain * tint * band_pass(white, band_low, band_high) * decay(n, decay_s * length)
        wash *= 0.45 + 0.55 * decay(n, 0.2 * decay_s)  # a bright start
        bloom = 1 - 0.5 * decay(n, 0.08) if ping == 0.0 else np.float32(1.0)  # a crash takes a moment
        stick = ping * _click(n, 0.004, 2500, 11000, rng) * velocity
        sound = high_pass(ring * metal + high * wash * bloom + 0.5 * stick, low_hz, 2)
        return fade_out(high_shelf(sound, 6000, 7 * (velocity - 1)), 0.03)

    return make


def _bell(rng: np.random.Generator) -> Maker:
    hz = rng.uniform(550, 900) * np.array([1.0, 1.51, 2.02, 2.74, 3.4, 4.1, 5.43, 7.2, 9.1])

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(0.9)
        tone = modes(
            hz, np.array([0.6, 0.8, 1, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3]), 0.9 * (hz[0] / hz) ** 0.4, n, rng
        )
        return fade_out(tone + 0.5 * velocity * _click(n, 0.004, 3000, 12000, rng), 0.03)

    return make


def _clap(rng: np.random.Generator) -> Maker:
    gaps = np.cumsum([0.0, *rng.uniform(0.007, 0.013, 3)])
    centre_hz, tail_s = rng.uniform(950, 1700), rng.uniform(0.12, 0.35)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(gaps[-1] + tail_s + 0.05)
        envelope = np.zeros(n, np.float32)
        for gap in gaps[:-1]:
            start = samples(gap)
            envelope[start:] += decay(n - start, 0.03)
        start = samples(gaps[-1])
        envelope[start:] += 0.9 * decay(n - start, tail_s)
        sound = band_pass(noise(n, rng), centre_hz * 0.7, centre_hz * 1.5) + 0.15 * high_pass(
            noise(n, rng), 4000
        )
        return fade_out(sound * envelope, 0.02)

    return make


def _rim(rng: np.random.Generator) -> Maker:
    hz = rng.uniform(380, 520) * np.array([1.0, 1.9, 3.6, 5.1])

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(0.15)
        wood = modes(hz, np.array([0.5, 0.7, 1.0, 0.5]), np.array([0.07, 0.05, 0.05, 0.03]), n, rng)
        return fade_out(wood + 0.8 * _click(n, 0.002, 1500, 8000, rng), 0.01)

    return make


def _tom(hz: float, machine: bool, rng: np.random.Generator) -> Maker:
    decay_s = rng.uniform(0.35, 0.7)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(decay_s + 0.1)
        skin = np.sin(
            (2 * np.pi * cycles(_sweep(hz * (1.2 + 0.3 * velocity), hz, 0.03, n), n)).astype(np.float32)
        )
        sound = skin * decay(n, decay_s)
        if not machine:
            gains = 0.35 / np.arange(1, len(MEMBRANE)) ** 0.8
            sound += modes(hz * MEMBRANE[1:], gains, decay_s * 0.5 / np.sqrt(MEMBRANE[1:]), n, rng)
            sound += 0.25 * velocity * _click(n, 0.005, 900, 6000, rng)
        return fade_out(sound, 0.03)

    return make


def _conga(hz: float, rng: np.random.Generator) -> Maker:
    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(0.4)
        ratios = np.array([1.0, 1.55, 2.2, 3.1])
        skin = modes(
            hz * ratios, np.array([1.0, 0.4, 0.25, 0.15]), np.array([0.25, 0.12, 0.08, 0.06]), n, rng
        )
        return fade_out(skin + 0.35 * velocity * _click(n, 0.004, 800, 5000, rng), 0.02)

    return make


def _shaker(rng: np.random.Generator) -> Maker:
    low_hz, length_s = rng.uniform(4000, 7000), rng.uniform(0.05, 0.1)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(length_s + 0.05)
        rise = samples(0.35 * length_s)
        envelope = np.concatenate([np.linspace(0, 1, rise) ** 2, decay(n - rise, length_s)])
        return fade_out((high_pass(noise(n, rng), low_hz, 2) * envelope).astype(np.float32), 0.01)

    return make


def _tambourine(rng: np.random.Generator) -> Maker:
    hz = np.sort(rng.uniform(4500, 14000, 24))

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(0.25)
        jingles = modes(hz, rng.uniform(0.3, 1, 24), rng.uniform(0.06, 0.22, 24), n, rng) / 4
        return fade_out(jingles + 0.3 * high_pass(noise(n, rng), 7000) * decay(n, 0.08), 0.02)

    return make


def _cowbell(rng: np.random.Generator) -> Maker:
    hz = rng.uniform(520, 600)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(0.35)
        tone = pulse(hz, n) + pulse(hz * 1.48, n)
        return fade_out(band_pass(tone, 700, 3500) * (0.6 * decay(n, 0.06) + 0.4 * decay(n, 0.35)), 0.02)

    return make


def _clave(rng: np.random.Generator) -> Maker:
    hz = rng.uniform(2100, 2700)

    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(0.12)
        return fade_out(
            modes(np.array([hz, hz * 2.7]), np.array([1.0, 0.2]), np.array([0.09, 0.03]), n, rng), 0.01
        )

    return make


def _brush(rng: np.random.Generator) -> Maker:
    def make(velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(0.3)
        envelope = np.sin(np.pi * np.linspace(0, 1, n)) ** 1.5
        return (low_pass(high_pass(noise(n, rng), 1800, 1), 9000) * envelope).astype(np.float32)

    return make
