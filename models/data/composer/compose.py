"""A seed becomes a song: a plan, four takes, a record; with exact beats and hits."""

from __future__ import annotations

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.band import play_bass, play_other
from models.data.composer.drum_track import play_drums
from models.data.composer.drumming import Drummer
from models.data.composer.genres import GENRES
from models.data.composer.harmony import KEY_NAMES
from models.data.composer.plan import make_plan
from models.data.composer.record import make_record
from models.data.composer.song import Song
from models.data.composer.vocal_track import play_vocals
from models.data.songs import Beats


def compose(seed: int, genre: str | None = None, seconds: float = 60.0, n_channels: int = 1) -> Song:
    """The song of `seed`: the same every time, on one machine to the bit. About `seconds` long.

    `n_channels` 2 gives stems of (2, n_samples). KeyError for an unknown genre.
    """
    # every player has dice of its own: a change in one part leaves the others as they were
    rngs = np.random.default_rng(seed).spawn(7)
    name = genre or str(rngs[0].choice(list(GENRES)))
    plan = make_plan(GENRES[name], seconds, n_channels, rngs[1])
    strokes = Drummer(plan.genre, rngs[2]).play(plan.sections, plan.count_in_beats)
    drums = play_drums(plan, strokes, rngs[2])
    bass = play_bass(plan, strokes, rngs[3])
    vocals = play_vocals(plan, rngs[4])
    other = play_other(plan, rngs[5])
    stems = make_record(plan, [drums.track, bass, vocals.track, other], drums.kick_times_s, rngs[6])

    n = plan.genre.beats_per_bar
    beats = np.arange(-plan.count_in_beats, plan.n_bars * n)
    meta = {
        "title": f"{name} {seed}",
        "artist": f"Stemlight composer {name}",
        "source": "Stemlight composer",
        "licence": "CC0-1.0",
        "real": False,
        "seed": seed,
        "genre": name,
        "tempo": round(plan.clock.tempo_bpm, 3),
        "beats_per_bar": n,
        "key": f"{KEY_NAMES[plan.chart.key]} {plan.chart.scale}",
        "kit": drums.style,
        "voice": vocals.voice,
        "duration": round(plan.n_samples / SAMPLE_RATE, 3),
        "sections": [
            {"kind": section.kind, "start_s": round(plan.clock.seconds(section.first_bar * n), 3)}
            for section in plan.sections
        ],
    }
    stems = stems if n_channels > 1 else stems[:, 0]
    return Song(stems, Beats(plan.clock.times(beats), beats % n + 1), drums.hits, meta)
