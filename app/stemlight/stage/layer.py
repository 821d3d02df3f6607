"""A layer of a look: a scene, then its filters one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stemlight.preset.preset import Layer
from stemlight.stage.draw import Draw
from stemlight.stage.live_shader import LiveShader

if TYPE_CHECKING:
    import moderngl


@dataclass(frozen=True, slots=True)
class LiveLayer:
    """A layer at work."""

    part: Layer
    shader: LiveShader
    filters: tuple[LiveShader, ...]

    @property
    def covers(self) -> bool:
        """Whether nothing below it would be seen, blended as `normal`."""
        return not self.part.keep_alpha and self.shader.opacity >= 1.0

    def draw(self, draw: Draw, framebuffer: moderngl.Framebuffer) -> None:
        """Its picture, not yet blended, over the whole of `framebuffer`."""

        def scene(framebuffer: moderngl.Framebuffer) -> None:
            self.shader.draw(draw.moment, draw.music, framebuffer)

        draw_filtered(scene, self.filters, draw, framebuffer, opaque=not self.part.keep_alpha)


def draw_filtered(
    picture_into: Callable[[moderngl.Framebuffer], None],
    filters: Sequence[LiveShader],
    draw: Draw,
    framebuffer: moderngl.Framebuffer,
    *,
    opaque: bool,
) -> None:
    """What `picture_into` draws, through those of `filters` that are seen; the last into `framebuffer`.

    `opaque`: filters read alpha 1.
    """
    seen = [shader for shader in filters if shader.is_seen]
    if not seen:
        picture_into(framebuffer)
        return
    picture = draw.pool.take(opaque=opaque)
    picture_into(picture.framebuffer)
    for shader in seen[:-1]:
        filtered = draw.pool.take(opaque=opaque)
        _filter(shader, picture.texture, draw, filtered.framebuffer)
        draw.pool.give_back(picture)
        picture = filtered
    _filter(seen[-1], picture.texture, draw, framebuffer)
    draw.pool.give_back(picture)


def _filter(
    shader: LiveShader, picture: moderngl.Texture, draw: Draw, framebuffer: moderngl.Framebuffer
) -> None:
    """`picture` filtered, as much as the filter's opacity says."""
    shader.scene.set_texture("inputImage", picture)
    if shader.opacity >= 1.0:
        shader.draw(draw.moment, draw.music, framebuffer)
        return
    filtered = draw.pool.take(opaque=False)
    shader.draw(draw.moment, draw.music, filtered.framebuffer)
    draw.blend.fade(picture, filtered.texture, shader.opacity, framebuffer)
    draw.pool.give_back(filtered)
