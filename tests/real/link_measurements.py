"""Script: our part in a Link session against a band in another process; prints what was measured as JSON."""

from __future__ import annotations

import json
import time

from link_band import Band, beats_off
from stemlight.analysis.timeline import Timeline
from stemlight.sync.link_session import LEAD_BEATS, LinkSession

WAIT_S = 15.0


def wait_for(session: LinkSession, peers: int) -> float:
    began_s = time.perf_counter()
    while session.peers != peers and time.perf_counter() - began_s < WAIT_S:
        time.sleep(0.05)
    return time.perf_counter() - began_s


def follow(session: LinkSession, band: Band, seconds: float) -> list[float]:
    """How far our line is from the band's beat, sixty times a second and more."""
    errors = []
    ends_s = time.perf_counter() + seconds
    while time.perf_counter() < ends_s:
        line = session.line(time.perf_counter(), 4)
        if line:
            said = band.ask()
            errors.append(abs(beats_off(line.beat_at(said["host_s"]), said, said["host_s"])))
        time.sleep(0.015)
    return errors


def main() -> None:
    session = LinkSession()
    session.take_part(True)
    heard = Timeline(127.0, 0.0, time.perf_counter())
    ends_s = time.perf_counter() + 3.0  # the follower is there before the band
    while time.perf_counter() < ends_s:
        session.lead(heard, time.perf_counter())
        time.sleep(0.05)
    band = Band(120.0)
    found_s = wait_for(session, 1)
    time.sleep(1.0)
    said = band.ask()
    came_bpm, came_off = said["tempo_bpm"], beats_off(heard.beat_at(said["host_s"]), said, said["host_s"])
    errors = sorted(follow(session, band, 4.0))
    band.play(96.0)
    time.sleep(0.5)
    line = session.line(time.perf_counter(), 4)
    turned = sorted(follow(session, band, 2.0))
    ours = Timeline(140.0, 0.4, time.perf_counter())
    ends_s = time.perf_counter() + 8.0
    while time.perf_counter() < ends_s:
        session.lead(ours, time.perf_counter())
        time.sleep(0.05)
    said = band.ask()
    led_off = beats_off(ours.beat_at(said["host_s"]), said, said["host_s"])
    band.fall_silent()
    lost_s = wait_for(session, 0)
    print(
        json.dumps(
            {
                "found_s": found_s,
                "came_bpm": came_bpm,
                "came_off_beats": came_off,
                "n": len(errors),
                "p50_beats": errors[len(errors) // 2],
                "max_beats": errors[-1],
                "turned_bpm": line.tempo_bpm if line else None,
                "turned_max_beats": turned[-1],
                "led_bpm": said["tempo_bpm"],
                "led_off_beats": led_off,
                "led_within_beats": LEAD_BEATS,
                "lost_s": lost_s,
                "alone": session.line(time.perf_counter(), 4) is None,
            }
        )
    )


if __name__ == "__main__":
    main()
