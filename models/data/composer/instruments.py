"""All instruments by name. Each one made is a little different: its knobs are turned at random."""

from __future__ import annotations

import numpy as np

from models.data.composer.basses import BASSES
from models.data.composer.guitars import GUITARS
from models.data.composer.instrument import Instrument, Maker
from models.data.composer.keys import KEYS
from models.data.composer.synths import SYNTHS

INSTRUMENTS: dict[str, Maker] = BASSES | KEYS | GUITARS | SYNTHS


def make_instrument(name: str, rng: np.random.Generator) -> Instrument:
    """The instrument of that name. KeyError if there is none."""
    voice, gain, effect = INSTRUMENTS[name](rng)
    return Instrument(name, voice, rng, gain, effect)
