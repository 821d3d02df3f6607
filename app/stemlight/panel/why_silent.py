"""Says in a few words whether sound arrives, and if not, why not and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from stemlight.panel.link import Link
from stemlight.panel.translation import tr

QUIET_LUFS = -60.0  # below this a person calls it silence


@dataclass(frozen=True, slots=True)
class SoundState:
    """At a glance, and in a line."""

    arrives: bool
    title: str
    line: str  # what is heard, or why nothing is and what to do


def sound_state(link: Link) -> SoundState:
    """How the sound fares now."""
    words = link.part("engine").words("input")
    if not link.engine_is_there:
        line = link.part("engine").words("last") or tr("the engine is starting")
        return SoundState(False, tr("No sound yet"), line)
    assert link.newest is not None
    return judged(words, link.newest.frame.loudness_db)


def judged(words: str, loudness_db: float) -> SoundState:
    """From what the input says and how loud it is (LUFS)."""
    if words.startswith("waiting"):
        return SoundState(False, tr("No sound"), _reason(words))
    if words.startswith("silence for"):
        return SoundState(False, tr("Silent"), words + ": " + tr("is it playing, muted or unplugged?"))
    if loudness_db < QUIET_LUFS:
        do = tr("turn up the source or the input gain")
        return SoundState(False, tr("Very quiet"), ": ".join(filter(None, (words, do))))
    return SoundState(True, tr("Sound arrives"), words)


def _reason(words: str) -> str:
    folded = words.casefold()
    if "permission" in folded or "access" in folded:
        return words + ". " + tr("Allow this program to use the microphone in the system's privacy settings.")
    if "busy" in folded or "in use" in folded or "unavailable" in folded:
        return words + ". " + tr("Another program holds the device: close it, or choose another.")
    if "gone" in folded or "not there" in folded or "no block" in folded:
        return words + ". " + tr("It is taken back as soon as it is plugged in again.")
    return words
