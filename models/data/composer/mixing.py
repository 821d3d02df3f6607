"""Dry tracks become a record: placing, room, echo, compression, ducking, and one master gain for all stems.

A track is float32 (n_channels, n_samples), one channel or two.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy.ndimage
import scipy.signal
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import band_pass, high_pass, low_pass
from models.data.composer.waves import noise, samples

BLOCK = 64  # samples, 1.5 ms: as often as gains are decided


def place(track: np.ndarray, sound: np.ndarray, start: int, gain: float, pan: float = 0.0) -> None:
    """Add `sound` (n,) or (2, n) to `track` from sample `start`; what lies outside is cut. Pan -1 .. 1."""
    n_track, skip = track.shape[1], max(0, -start)
    length = min(sound.shape[-1], n_track - start) - skip
    if length <= 0:
        return
    piece = sound[..., skip : skip + length]
    first = start + skip
    if track.shape[0] == 1:
        track[0, first : first + length] += np.float32(gain) * (
            piece if piece.ndim == 1 else piece.mean(axis=0)
        )
        return
    angle = (pan + 1) * np.pi / 4
    gains = np.float32(gain * np.sqrt(2)) * np.array([np.cos(angle), np.sin(angle)], np.float32)
    track[:, first : first + length] += gains[:, None] * piece


def room_response(
    decay_s: float, brightness_hz: float, n_channels: int, rng: np.random.Generator, pre_delay_s: float = 0.01
) -> np.ndarray:
    """A room's impulse response (n_channels, n): early echoes, then noise whose highs die first. Energy 1."""
    n = samples(1.1 * decay_s)
    time_s = np.arange(n) / SAMPLE_RATE
    response = np.zeros((n_channels, n), np.float32)
    for channel in range(n_channels):
        tail = noise(n, rng)
        bright = high_pass(tail, brightness_hz, 1) * np.exp(-6.9 * time_s / (0.45 * decay_s))
        dark = low_pass(tail, brightness_hz, 1) * np.exp(-6.9 * time_s / decay_s)
        swell = 1 - np.exp(-time_s / 0.012)  # echoes grow dense over some 10 ms
        response[channel] = (bright + dark) * swell
        for _ in range(6):
            at = int(rng.uniform(0.003, 0.045) * SAMPLE_RATE)
            if at < n:
                response[channel, at] += rng.choice([-1, 1]) * rng.uniform(2, 7)
    response = high_pass(response, 120.0, 1)
    response /= np.sqrt(np.square(response).sum(axis=1, keepdims=True))
    return np.pad(response, ((0, 0), (samples(pre_delay_s), 0)))


def reverberate(track: np.ndarray, response: np.ndarray, wet: float) -> np.ndarray:
    """`track` with `wet` times its reverberation; same length."""
    send = track if track.shape[0] == response.shape[0] else track.mean(axis=0, keepdims=True)
    tail = scipy.signal.oaconvolve(send, response, axes=1)[:, : track.shape[1]]
    return track + np.float32(wet) * tail.astype(np.float32)


def echo(track: np.ndarray, delay_s: float, feedback: float, wet: float) -> np.ndarray:
    """`track` with a tape-like delay: each repeat darker; two channels ping-pong."""
    out = track.copy()
    repeat, gain = track, wet
    shift = samples(delay_s)
    while gain > 0.01 and shift < track.shape[1]:
        moved = np.zeros_like(track)
        moved[:, shift:] = repeat[:, :-shift]
        repeat = band_pass(moved[::-1], 250.0, 4500.0)
        out += np.float32(gain) * repeat
        gain *= feedback
    return out


def compress(
    track: np.ndarray,
    threshold_db: float,
    ratio: float,
    *,
    attack_s: float,
    release_s: float,
    makeup_db: float = 0.0,
) -> np.ndarray:
    """A feed-forward compressor on the level of the loudest channel."""
    gain_db = -(1 - 1 / ratio) * np.maximum(_level_db(track) - threshold_db, 0.0)
    gains = 10 ** ((_followed(-gain_db, attack_s, release_s) * -1 + makeup_db) / 20)
    return track * _per_sample(gains, track.shape[1])


def duck(n: int, kick_times_s: np.ndarray, depth: float, recovery_s: float) -> np.ndarray:
    """The gain of a side-chain: falls by `depth` at each kick, comes back in `recovery_s`. float32 (n,)."""
    time_s = np.arange(n // BLOCK + 2) * (BLOCK / SAMPLE_RATE)
    if len(kick_times_s) == 0:
        return np.ones(n, np.float32)
    last = np.searchsorted(kick_times_s, time_s + 0.004, side="right") - 1
    since_s = np.where(last >= 0, time_s + 0.004 - kick_times_s[np.maximum(last, 0)], 1e3)
    gain = 1 - depth * np.clip(1 - since_s / recovery_s, 0, 1) ** 1.5
    return _per_sample(gain, n)


def master_gain(mix: np.ndarray, drive_db: float, ceiling: float = 0.97) -> np.ndarray:
    """The gain curve float32 (n,) of a limiter with look-ahead that keeps |mix| * gain <= ceiling.

    It is applied to every stem alike, so that stems still sum to the mix.
    """
    drive = 10 ** (drive_db / 20)
    n = mix.shape[1]
    peaks = np.abs(mix).max(axis=0) * drive
    n_blocks = n // BLOCK + 1
    blocks = np.zeros(n_blocks * BLOCK, np.float32)
    blocks[:n] = peaks
    wanted = np.minimum(1.0, ceiling / np.maximum(blocks.reshape(n_blocks, BLOCK).max(axis=1), 1e-6))
    look = 3  # blocks either side: the gain is down before the peak comes
    held = scipy.ndimage.minimum_filter1d(wanted, 2 * look + 1)
    released = -_followed(-held, 0.0, 0.12)
    smooth = scipy.ndimage.uniform_filter1d(np.minimum(released, held), 2 * look - 1)
    gain = _per_sample(smooth, n)
    return np.minimum(gain, np.float32(ceiling) / np.maximum(peaks, 1e-6).astype(np.float32)) * np.float32(
        drive
    )


def levelled(track: np.ndarray, rms: float = 0.12) -> np.ndarray:
    """At a level where thresholds mean something: RMS of what is not silent."""
    power = np.square(track).mean(axis=0)
    loud = power[power > 1e-7]
    return track * np.float32(rms / np.sqrt(loud.mean())) if len(loud) else track


def saturate(track: np.ndarray, drive_db: float) -> np.ndarray:
    """Tanh, at about the loudness that came in."""
    drive = np.float32(10 ** (drive_db / 20))
    return np.tanh(track * drive) / np.float32(drive**0.6)


def chorus(
    track: np.ndarray, rng: np.random.Generator, depth_s: float = 0.002, rate_hz: float = 0.7
) -> np.ndarray:
    """Two copies that wander in time against the sound, the channels in opposite phase."""
    n = track.shape[1]
    position = np.arange(n, dtype=np.float64)
    out = track * np.float32(0.75)
    for channel in range(track.shape[0]):
        phase = 2 * np.pi * rng.random() + np.pi * channel
        late = SAMPLE_RATE * (0.008 + depth_s * np.sin(2 * np.pi * rate_hz * position / SAMPLE_RATE + phase))
        out[channel] += np.float32(0.6) * np.interp(position - late, position, track[channel]).astype(
            np.float32
        )
    return out


def loudness_lufs(mix: np.ndarray) -> float:
    """Integrated loudness, gated, of `mix` (n_channels, n); after ITU-R BS.1770-4."""
    weighted = scipy.signal.sosfilt(_k_weighting(), mix.astype(np.float64))
    block, step = int(0.4 * SAMPLE_RATE), int(0.1 * SAMPLE_RATE)
    energy = np.concatenate([[0.0], np.cumsum(np.square(weighted).sum(axis=0))])
    starts = np.arange(0, max(1, mix.shape[1] - block), step)
    power = (energy[np.minimum(starts + block, mix.shape[1])] - energy[starts]) / block
    if mix.shape[0] == 1:
        power = power * 2  # a mono file plays from both speakers
    loudness = _lufs(power)
    if not (loudness > -70).any():
        return -70.0
    relative_gate = _lufs(power[loudness > -70].mean()) - 10
    return float(_lufs(power[loudness > max(-70.0, relative_gate)].mean()))


@cache
def _k_weighting() -> np.ndarray:
    """The two filters of BS.1770 at our rate, from their analogue parameters.

    Those are De Man's ("Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018).
    """
    k, q, high = np.tan(np.pi * 1681.974 / SAMPLE_RATE), 0.70717, 10 ** (3.99984 / 20)
    middle = high**0.49967
    zeros = [high + middle * k / q + k * k, 2 * (k * k - high), high - middle * k / q + k * k]
    poles = [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k]
    shelf = np.array([*zeros, *poles]) / poles[0]
    k, q = np.tan(np.pi * 38.1355 / SAMPLE_RATE), 0.50033
    poles = [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k]
    rumble = np.array([1.0, -2.0, 1.0, 1.0, poles[1] / poles[0], poles[2] / poles[0]])
    return np.stack([shelf, rumble])


def _lufs(power: np.ndarray) -> np.ndarray:
    return -0.691 + 10 * np.log10(power + 1e-12)


def _level_db(track: np.ndarray) -> np.ndarray:
    n_blocks = track.shape[1] // BLOCK + 1
    power = np.zeros(n_blocks * BLOCK, np.float32)
    power[: track.shape[1]] = np.square(track).max(axis=0)
    return 10 * np.log10(power.reshape(n_blocks, BLOCK).mean(axis=1) + 1e-9)


def _followed(values: np.ndarray, attack_s: float, release_s: float) -> np.ndarray:
    """`values` a block, followed upwards in `attack_s` and downwards in `release_s`."""
    block_s = BLOCK / SAMPLE_RATE
    up = 1 - np.exp(-block_s / attack_s) if attack_s > 0 else 1.0
    down = 1 - np.exp(-block_s / release_s)
    out, state = [], float(values[0])
    for value in values.tolist():
        state += (up if value > state else down) * (value - state)
        out.append(state)
    return np.array(out)


def _per_sample(blocks: np.ndarray, n: int) -> np.ndarray:
    positions = (np.arange(len(blocks)) + 0.5) * BLOCK
    return np.interp(np.arange(n), positions, blocks).astype(np.float32)
