"""One draw: what whoever draws into it knows and may use."""

from __future__ import annotations

from dataclasses import dataclass

from stemlight.stage.blend import Blend
from stemlight.stage.moment import Moment
from stemlight.stage.picture_pool import PicturePool
from stemlight.stage.uniforms import Music


@dataclass(frozen=True, slots=True)
class Draw:
    """The moment that is drawn, what is heard then, and what mixes pictures of the output's size."""

    moment: Moment
    music: Music
    pool: PicturePool
    blend: Blend
