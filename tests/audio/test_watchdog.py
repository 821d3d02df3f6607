"""The watchdog: a device that has gone is said, waited for by name and taken back; no other is ever taken."""

from __future__ import annotations

import numpy as np
import pytest
from fake_sound import BUILT_IN, PULSE, USB
from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE
from stemlight.audio.devices import Device
from stemlight.audio.hop_input import Counters
from stemlight.audio.ring_buffer import RingBuffer
from stemlight.audio.wakeup import Wakeup
from stemlight.audio.watchdog import LOOK_INTERVAL_S, Watchdog
from stemlight.errors import UserError

LOUD = np.full((441, 2), 0.1, np.float32)  # 10 ms
SILENT = np.zeros((441, 2), np.float32)


def watch(sound, host, device: Device = USB) -> Watchdog:
    watchdog = Watchdog(
        device,
        (1, 2),
        block_length=128,
        counters=Counters(),
        wakeup=Wakeup(),
        now=host.now,
        sound=sound.system(),
    )
    watchdog.open()
    return watchdog


def play(watchdog: Watchdog, sound, block: np.ndarray, seconds: float) -> None:
    """Let blocks come and be read, with the watchdog looking ten times a second."""
    for i in range(round(seconds * SAMPLE_RATE / len(block))):
        if watchdog.capture is not None:
            sound.send(block)
            fifo = RingBuffer(2_048)
            while watchdog.capture.pull(fifo, HOP_LENGTH):
                fifo.clear()
        if i % 10 == 0:
            watchdog.look(sound.host.now())


def idle(watchdog: Watchdog, host, seconds: float) -> None:
    """Let time go by without a block."""
    for _ in range(round(seconds / LOOK_INTERVAL_S)):
        host.time_s += LOOK_INTERVAL_S
        watchdog.look(host.now())


def test_a_device_that_plays_is_left_alone(sound, host):
    watchdog = watch(sound, host)
    assert watchdog.status.state == "waiting"
    play(watchdog, sound, LOUD, 20.0)
    assert watchdog.status.state == "running"
    assert watchdog.status.message == "'USB Audio: - (hw:1,0)', 44100 Hz, channels 1-2"
    assert watchdog.status.latency_s == 0.01
    assert (len(sound.streams), sound.n_probes, sound.n_lists) == (1, 1, 0)


def test_a_vanished_source_is_noticed_waited_for_and_taken_back(sound, host):
    watchdog = watch(sound, host)
    play(watchdog, sound, LOUD, 1.0)
    sound.plugged.remove(USB)
    idle(watchdog, host, 0.4)
    assert watchdog.status.state == "running"
    idle(watchdog, host, 0.2)
    assert watchdog.capture is None
    assert sound.streams[0].closed
    assert watchdog.status.state == "waiting"
    assert watchdog.status.message.startswith("waiting for 'USB Audio: - (hw:1,0)'")
    idle(watchdog, host, 30.0)
    assert len(sound.streams) == 1  # the built-in one was there all the time
    sound.plugged.append(Device(9, "USB Audio: - (hw:4,0)", "ALSA", 8, 48_000, False))
    idle(watchdog, host, 1.5)
    play(watchdog, sound, LOUD, 0.1)
    assert len(sound.streams) == 2
    assert watchdog.status.state == "running"
    assert watchdog.status.restarts == 1
    assert watchdog.status.message.startswith("'USB Audio: - (hw:4,0)'")


def test_a_lost_device_is_asked_for_about_once_a_second(sound, host):
    watchdog = watch(sound, host)
    play(watchdog, sound, LOUD, 1.0)
    sound.plugged.remove(USB)
    idle(watchdog, host, 0.6)
    before = sound.n_probes
    idle(watchdog, host, 20.0)
    assert 15 <= sound.n_probes - before <= 21


def test_a_stream_that_says_it_ended_is_given_up_at_once(sound, host):
    watchdog = watch(sound, host)
    play(watchdog, sound, LOUD, 1.0)
    sound.streams[0].active = False
    watchdog.look(host.now())
    assert watchdog.capture is None
    assert "its stream ended" in watchdog.status.message
    idle(watchdog, host, 0.2)
    assert watchdog.status.restarts == 1


def test_the_first_block_may_take_seconds(sound, host):
    watchdog = watch(sound, host)
    idle(watchdog, host, 4.9)
    assert watchdog.capture is not None
    assert watchdog.status.message == "waiting for the first sound of 'USB Audio: - (hw:1,0)'"
    idle(watchdog, host, 0.3)
    assert len(sound.streams) == 2
    assert sound.streams[0].closed


def test_silence_is_only_said(sound, host):
    watchdog = watch(sound, host)
    play(watchdog, sound, LOUD, 1.0)
    play(watchdog, sound, SILENT, 4.5)
    assert "silence" not in watchdog.status.message
    play(watchdog, sound, SILENT, 1.0)
    assert watchdog.status.state == "running"
    assert watchdog.status.message.startswith("silence for 5 s from 'USB Audio")
    play(watchdog, sound, SILENT, 120.0)
    assert (len(sound.streams), watchdog.status.restarts) == (1, 0)
    assert 3 <= sound.n_lists <= 6  # looks whether it is there, ever more rarely
    assert sound.n_probes == 1  # a card may be open only once: it is not tried while it runs
    play(watchdog, sound, LOUD, 0.1)
    assert "silence" not in watchdog.status.message


def test_silence_of_a_device_that_is_no_longer_listed_is_a_loss(sound, host):
    watchdog = watch(sound, host)
    play(watchdog, sound, LOUD, 1.0)
    sound.plugged.remove(USB)  # the server plays us another source's silence
    play(watchdog, sound, SILENT, 5.5)
    assert watchdog.capture is None
    assert watchdog.status.state == "waiting"


def test_silence_of_a_plugin_whose_source_does_not_open_is_a_loss(sound, host):
    watchdog = watch(sound, host, PULSE)
    play(watchdog, sound, LOUD, 1.0)
    sound.dead_names = (PULSE.name,)  # ALSA lists it all the same
    play(watchdog, sound, SILENT, 5.5)
    assert watchdog.capture is None
    sound.dead_names = ()
    idle(watchdog, host, 1.5)
    assert watchdog.status.restarts == 1


def test_a_list_that_does_not_come_says_nothing_about_the_device(sound, host, monkeypatch):
    def fail(hidden: bool) -> list[Device]:
        raise UserError("the sound system did not answer")

    monkeypatch.setattr(sound, "list_devices", fail)
    watchdog = watch(sound, host)
    play(watchdog, sound, SILENT, 20.0)
    assert watchdog.capture is not None


def test_counts_go_on_over_a_restart(sound, host):
    watchdog = watch(sound, host)
    play(watchdog, sound, LOUD, 1.0)
    blocks = watchdog.status.blocks
    sound.streams[0].active = False
    idle(watchdog, host, 0.2)
    play(watchdog, sound, LOUD, 1.0)
    assert watchdog.status.blocks == blocks + 100


def test_a_stream_that_was_given_up_is_not_heard_any_more(sound, host):
    watchdog = watch(sound, host)
    play(watchdog, sound, LOUD, 1.0)
    late = sound.streams[0]
    late.active = False
    watchdog.look(host.now())
    blocks = watchdog.status.blocks
    late.on_block(LOUD, len(LOUD), None, 0)
    assert watchdog.status.blocks == blocks


def test_what_does_not_open_at_first_is_the_callers_to_know(sound, host):
    sound.dead_names = (USB.name,)
    with pytest.raises(UserError, match="is not there"):
        watch(sound, host)
    assert watch(sound, host, BUILT_IN).capture is not None
