import time
from dataclasses import replace

import pytest
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S
from stemlight.analysis.timeline import Timeline
from stemlight.bus.controls import ControlBus
from stemlight.bus.segment import segment_name
from stemlight.bus.tempo_lines import SaidLine
from stemlight.engine.inference_loop import BURST_HOPS, FORESEEN_S, STALE_S, TEND_HOPS, InferenceLoop


@pytest.fixture
def new_loop(source, pipeline, sender, memory):
    """A loop on the show's memory; a second one is the engine that came after."""

    def make(**changes):
        parts = {
            "source": source,
            "pipeline": pipeline,
            "sender": sender,
            "controls": memory.controls,
        } | changes
        return InferenceLoop(
            parts["source"],
            parts["pipeline"],
            memory.attach_writer(),
            parts["controls"],
            memory.health,
            sender=parts["sender"],
            lines=memory.lines,
        )

    return make


@pytest.fixture
def loop(new_loop):
    return new_loop()


def run(loop, source, *numbers):
    """Hops that come one by one, in time."""
    for number in numbers:
        source.put(number)
        assert loop.step(0.0)


def test_a_hop_goes_from_samples_to_the_ring_and_to_osc(loop, source, memory, sender):
    run(loop, source, 5)
    published = memory.ring.latest()
    assert published.frame.level[0] == 5.0
    assert published.captured_host_s == pytest.approx(100.0 + 5 * HOP_S)
    assert sender.sent[0][0].level[0] == 5.0
    assert memory.health.part("engine").get("hops") == 1


def test_without_a_hop_nothing_happens(loop, memory, sender):
    assert not loop.step(0.0)
    assert memory.ring.latest() is None
    assert sender.sent == []


def test_after_a_stall_every_hop_is_analysed_in_order_and_osc_gets_the_newest(loop, source, memory, sender):
    source.put(*range(50))
    while loop.step(0.0):
        pass
    assert [p.frame.level[0] for p in memory.ring.since(0)] == list(range(50))
    assert [frame.level[0] for frame, _ in sender.sent] == list(range(50 - BURST_HOPS, 50))
    assert memory.health.part("engine").get("skipped") == 50 - BURST_HOPS
    assert memory.health.part("engine").get("queue_hops_max") == 49


def test_a_burst_of_a_large_block_is_sent_whole(loop, source, sender):
    source.put(*range(2048 // HOP_LENGTH))
    while loop.step(0.0):
        pass
    assert len(sender.sent) == 4


def test_late_is_what_took_longer_than_a_hop_since_it_came(loop, source, memory):
    source.put(0, arrival_s=time.perf_counter() + 10.0)
    source.put(1, arrival_s=time.perf_counter() - 2 * HOP_S)
    source.put(2, arrival_s=time.perf_counter() + 10.0)
    for _ in range(3):
        loop.step(0.0)
    assert memory.health.part("engine").get("late") == 1
    assert [p.frame.late for p in memory.ring.since(0)] == [0, 0, 1]


def test_frames_say_how_the_machine_fared(loop, source, memory):
    source.now = replace(source.now, overflows=700)
    source.put(0, 1, 2)
    loop.step(0.0)
    frame = memory.ring.latest().frame
    assert (frame.overflows, frame.queue_hops) == (700, 2)
    assert frame.hop_ms > 0.0


def test_the_drivers_latency_is_taken_off_once(loop, source, memory, sender):
    source.now = replace(source.now, latency_s=0.020)
    run(loop, source, 5)
    assert memory.ring.latest().captured_host_s == pytest.approx(100.0 + 5 * HOP_S - 0.020)


def test_osc_gets_the_beat_of_the_moment_it_is_sent_at(loop, source, memory, sender):
    memory.controls.set("beat.offset_ms", 250.0)
    before_s = time.perf_counter()
    run(loop, source, 5)
    frame, moment_s = sender.sent[0]
    captured_s = 100.0 + 5 * HOP_S
    expected_s = frame.time_s + before_s - captured_s + 0.250
    assert expected_s <= moment_s <= expected_s + (time.perf_counter() - before_s)


def test_what_people_press_reaches_the_pipeline_once(loop, source, memory, pipeline):
    run(loop, source, 0)
    for name in ("beat.double", "beat.halve", "beat.half_shift", "beat.resync", "beat.double"):
        memory.controls.fire(name)
    memory.controls.set("agc.lock", True)
    run(loop, source, 1, 2)
    assert pipeline.told == ["double", "double", "halve", "shift", "resync"]
    assert pipeline.locked


def test_a_tap_lands_on_the_stream_where_it_was_pressed(loop, source, memory, pipeline):
    run(loop, source, 0)
    memory.controls.fire("beat.tap")
    run(loop, source, 1)
    pressed_s = memory.controls.fired_at("beat.tap")
    # Frame 0 ends at HOP_S of the stream, which was 100 s by the host's clock.
    assert pipeline.taps == [pytest.approx(HOP_S + pressed_s - 100.0)]


def outside_line(said_s):
    """120 BPM, beat 40 at 100 s of the host's clock, when hop 0 of the source was captured."""
    return SaidLine(Timeline(120.0, 40.0, 100.0), said_s)


def test_a_line_from_outside_reaches_the_pipeline_on_the_streams_clock(loop, source, memory, pipeline):
    memory.lines.write("followed", outside_line(time.perf_counter()))
    run(loop, source, 0, 1)
    for line, time_s in zip(pipeline.followed, (HOP_S, 2 * HOP_S), strict=True):
        assert line.beat_at(time_s) == pytest.approx(40.0 + 2.0 * (time_s - HOP_S))
    assert memory.health.part("engine").get("following") == 1


def test_doors_that_died_are_not_followed(loop, source, memory, pipeline):
    memory.lines.write("followed", outside_line(time.perf_counter() - 2.0 * STALE_S))
    run(loop, source, 0)
    memory.lines.write("followed", None)
    run(loop, source, 1)
    assert pipeline.followed == [None, None]
    assert memory.health.part("engine").get("following") == 0


def test_what_is_heard_is_said_on_the_hosts_clock(loop, source, memory):
    run(loop, source, 0, 1, 2)
    said = memory.lines.read("heard")
    assert said.line.time_origin_s == pytest.approx(100.0 + 2 * HOP_S)
    assert said.line.beat_origin == pytest.approx(2.0 * 3 * HOP_S)
    assert said.confidence == 0.75


def test_what_people_say_of_a_beat_from_outside_is_not_for_the_ear(loop, source, memory, pipeline):
    run(loop, source, 0)
    memory.lines.write("followed", outside_line(time.perf_counter()))
    for name in ("beat.double", "beat.resync", "beat.tap"):
        memory.controls.fire(name)
    run(loop, source, 1)
    memory.lines.write("followed", None)
    run(loop, source, 2)
    assert (pipeline.told, pipeline.taps) == ([], [])


def test_gain_is_applied_before_the_analysis(loop, source, memory):
    memory.controls.set("input.gain_db", 20.0)
    run(loop, source, 5)
    assert memory.ring.latest().frame.level[0] == pytest.approx(50.0)


def test_samples_lost_are_hops_lost(loop, source, memory):
    source.now = replace(source.now, overflows=HOP_LENGTH + 1, drops=0)
    run(loop, source, *range(TEND_HOPS + 1))
    assert memory.health.part("engine").get("lost_hops") == 2
    assert memory.health.part("engine").get("overflows") == HOP_LENGTH + 1


def test_an_engine_counts_on_where_its_predecessor_died(new_loop, source, memory):
    source.now = replace(source.now, overflows=10, restarts=1)
    run(new_loop(), source, *range(100))
    again = new_loop()
    run(again, source, 190)  # captured 91 hops after the last one: 90 fell due in between
    health = memory.health.part("engine")
    again._tend()
    assert health.get("hops") == 101
    assert health.get("overflows") == 20
    assert health.get("input_restarts") == 2
    assert health.get("lost_hops") == 1 + 90 + 1  # samples lost, nobody there, samples lost
    assert [p.epoch for p in memory.ring.since(98)] == [1, 1, 2]


def test_the_loop_ends_with_the_input_and_hears_it_out(loop, source, memory, sender):
    source.put(0, 1, 2)
    source.now = replace(source.now, state="ended")
    loop.run()
    assert len(sender.sent) == 3


def test_the_loop_ends_with_the_show(loop, source, memory):
    memory.health.stop()
    source.put(0)
    loop.run()
    assert memory.ring.latest() is None


def test_the_input_says_in_words_how_it_fares(loop, source, memory):
    run(loop, source, 0)
    source.now = replace(source.now, state="waiting", message="waiting for “Scarlett” to come back")
    source.put(*range(TEND_HOPS))
    while loop.step(0.0):
        pass
    for topic in ("input", "input_news"):
        assert memory.health.part("engine").words(topic) == "waiting for “Scarlett” to come back"


def test_news_is_only_what_changes_the_state_of_the_input(loop, source, memory):
    run(loop, source, 0)
    source.now = replace(source.now, message="a band, the drummer rests")
    loop._tend()
    assert memory.health.part("engine").words("input") == "a band, the drummer rests"
    assert memory.health.part("engine").words("input_news") == "a band"


def test_latency_is_a_sum_of_named_parts(loop, source, memory):
    now_s = time.perf_counter()
    source.waiting = [(0, now_s - 0.003, now_s - 0.005)]
    loop.step(0.0)
    health = memory.health.part("engine")
    mean = {name: health.timing(f"{name}_ms").summary().mean for name in
            ("block", "queue", "compute", "publish", "send", "to_osc", "sound_to_osc")}  # fmt: skip
    assert mean["block"] == pytest.approx(2.0, abs=0.01)
    parts = mean["queue"] + mean["compute"] + mean["publish"] + mean["send"]
    assert mean["to_osc"] == pytest.approx(parts, abs=1e-6)
    assert mean["sound_to_osc"] == pytest.approx(mean["block"] + parts, abs=1e-6)


def test_what_was_pressed_before_the_engine_came_is_not_obeyed(new_loop, source, memory, pipeline):
    memory.controls.fire("beat.double")
    engine = ControlBus.attach(segment_name("ec"))
    run(new_loop(controls=engine), source, 0, 1)
    assert pipeline.told == []
    engine.close()


@pytest.fixture
def just_captured(loop, source, memory, monkeypatch):
    """Puts the host's clock `ahead_s` behind the capture of a hop that was heard."""
    run(loop, source, 0)
    newest = memory.ring.latest()

    def put(ahead_s):
        now_s = newest.captured_host_s + ahead_s
        monkeypatch.setattr("stemlight.engine.inference_loop.time.perf_counter", lambda: now_s)
        return newest.frame.time_s

    return put


def test_a_beat_between_two_hops_is_sent_when_it_is(loop, sender, just_captured):
    stream_s = just_captured(0.004)
    sender.due_s = stream_s + 0.005
    assert not loop.send_beat()
    just_captured(0.0051)
    assert loop.send_beat()
    assert sender.beats == [pytest.approx(stream_s + 0.0051)]
    assert not loop.send_beat()


def test_the_offset_moves_the_beats_between_hops_too(loop, source, memory, sender, just_captured):
    memory.controls.set("beat.offset_ms", 20.0)
    run(loop, source, 1)
    stream_s = just_captured(0.0) + HOP_S  # the hop after
    sender.due_s = stream_s + 0.025
    just_captured(HOP_S + 0.0049)
    assert not loop.send_beat()
    just_captured(HOP_S + 0.0051)
    assert loop.send_beat()
    assert sender.beats == [pytest.approx(stream_s + 0.0251)]


def test_no_beat_is_sent_for_sound_that_has_stopped(loop, sender, just_captured):
    sender.due_s = just_captured(1.0) + FORESEEN_S + 0.01
    assert not loop.send_beat()


def test_the_tempo_is_locked_hop_by_hop_and_an_engine_that_comes_after_is_told_which(
    new_loop, source, memory, pipeline
):
    run(new_loop(), source, 0)
    memory.controls.set("beat.lock", True)
    run(new_loop(), source, 1, 2)
    heard_bpm = pipeline.heard.timeline.tempo_bpm
    assert pipeline.tempo_locks == [(False, None), (True, heard_bpm), (True, None)]
