"""A form and a length in bars become sections: who plays when, and how hard."""

from __future__ import annotations

import numpy as np

from models.data.composer.score import Section

# (kind, bars, energy, drums, bass, vocals, layers)
_Row = tuple[str, int, float, str, bool, bool, str]

FORMS: dict[str, tuple[tuple[_Row, ...], ...]] = {
    "song": (
        (
            ("intro", 4, 0.4, "none", False, False, "chords"),
            ("verse", 8, 0.55, "light", True, True, "chords"),
            ("pre", 4, 0.65, "light", True, True, "chords pad"),
            ("chorus", 8, 0.9, "full", True, True, "chords pad arp"),
            ("verse", 8, 0.6, "full", True, True, "chords"),
            ("chorus", 8, 0.95, "full", True, True, "chords pad arp"),
            ("bridge", 4, 0.4, "none", False, True, "pad"),
            ("solo", 4, 0.8, "full", True, False, "chords lead"),
            ("chorus", 8, 1.0, "full", True, True, "chords pad arp lead"),
            ("outro", 4, 0.5, "light", True, False, "chords"),
        ),
        (
            ("intro", 4, 0.7, "full", True, False, "chords lead"),
            ("verse", 8, 0.6, "full", True, True, "chords"),
            ("chorus", 8, 0.95, "full", True, True, "chords pad"),
            ("solo", 4, 0.75, "full", True, False, "chords lead"),
            ("verse", 8, 0.6, "light", True, True, "chords arp"),
            ("breakdown", 4, 0.3, "none", False, True, ""),
            ("chorus", 8, 1.0, "full", True, True, "chords pad lead"),
            ("outro", 4, 0.6, "full", True, False, "chords lead"),
        ),
        (
            ("verse", 8, 0.4, "none", False, True, "chords"),
            ("verse", 8, 0.6, "light", True, True, "chords pad"),
            ("chorus", 8, 0.9, "full", True, True, "chords pad"),
            ("breakdown", 2, 0.3, "none", True, False, ""),
            ("bridge", 4, 0.5, "sparse", True, False, "pad lead"),
            ("break", 2, 0.7, "full", False, False, ""),
            ("chorus", 8, 1.0, "full", True, True, "chords pad lead"),
            ("outro", 2, 0.3, "none", False, True, "pad"),
        ),
    ),
    "club": (
        (
            ("intro", 8, 0.5, "kick", False, False, ""),
            ("intro", 8, 0.6, "light", True, False, "arp"),
            ("breakdown", 8, 0.3, "none", False, True, "pad arp"),
            ("build", 4, 0.6, "build", False, True, "pad arp riser"),
            ("drop", 16, 1.0, "full", True, False, "chords lead"),
            ("verse", 8, 0.8, "full", True, True, "chords"),
            ("breakdown", 8, 0.25, "none", False, True, "pad"),
            ("build", 4, 0.65, "build", False, False, "pad riser"),
            ("drop", 16, 1.0, "full", True, True, "chords lead arp"),
            ("outro", 8, 0.5, "light", True, False, ""),
        ),
        (
            ("intro", 4, 0.4, "none", False, True, "pad"),
            ("verse", 8, 0.6, "light", True, True, "chords"),
            ("build", 4, 0.7, "build", False, True, "pad riser"),
            ("drop", 8, 1.0, "full", True, False, "chords arp lead"),
            ("break", 2, 0.5, "full", False, False, ""),
            ("verse", 8, 0.7, "full", True, True, "pad"),
            ("build", 4, 0.7, "build", False, False, "arp riser"),
            ("drop", 8, 1.0, "full", True, True, "chords arp lead"),
            ("outro", 4, 0.5, "kick", False, False, "pad"),
        ),
    ),
    "jam": (
        (
            ("intro", 4, 0.5, "light", True, False, "chords"),
            ("verse", 12, 0.6, "full", True, True, "chords"),
            ("solo", 12, 0.75, "full", True, False, "chords lead"),
            ("chorus", 8, 0.85, "full", True, True, "chords pad"),
            ("break", 4, 0.7, "full", False, False, ""),
            ("solo", 8, 0.9, "full", True, False, "chords lead pad"),
            ("break", 2, 0.6, "none", True, False, ""),
            ("breakdown", 4, 0.4, "none", True, False, "chords"),
            ("verse", 12, 0.8, "full", True, True, "chords pad"),
            ("outro", 4, 0.5, "light", True, False, "chords lead"),
        ),
    ),
    "ambient": (
        (
            ("intro", 8, 0.3, "none", False, False, "pad"),
            ("verse", 8, 0.45, "none", True, True, "pad arp"),
            ("build", 8, 0.6, "sparse", True, False, "pad chords arp"),
            ("chorus", 12, 0.9, "full", True, True, "pad chords lead"),
            ("breakdown", 8, 0.3, "none", False, True, "pad"),
            ("chorus", 12, 1.0, "full", True, True, "pad chords arp lead"),
            ("outro", 8, 0.3, "none", False, False, "pad arp"),
        ),
    ),
}


def make_form(form: str, n_bars: int, rng: np.random.Generator) -> list[Section]:
    """Sections that fill `n_bars`: a form stretched or cut in steps of two bars, or an excerpt of it."""
    rows = list(FORMS[form][int(rng.integers(len(FORMS[form])))])
    total = sum(row[1] for row in rows)
    if n_bars < 0.5 * total:  # too short for the whole: begin somewhere inside
        first = int(rng.integers(0, max(1, len(rows) - 3)))
        rows = rows[first:] + rows[:first]
        total = min(total, 2 * n_bars)
    scale = n_bars / total
    sections, bar = [], 0
    for kind, bars, energy, drums, bass, vocals, layers in rows:
        if bar >= n_bars:
            break
        length = min(n_bars - bar, max(2, 2 * round(bars * scale / 2)))
        sections.append(Section(kind, bar, length, energy, drums, bass, vocals, frozenset(layers.split())))
        bar += length
    if bar < n_bars:
        last = sections[-1]
        sections[-1] = Section(
            last.kind,
            last.first_bar,
            n_bars - last.first_bar,
            last.energy,
            last.drums,
            last.bass,
            last.vocals,
            last.layers,
        )
    return sections
