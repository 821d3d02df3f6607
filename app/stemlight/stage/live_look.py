"""A preset at work: its layers, one over the other, and the filters over all of them.

What it shows is what `Preset` says, without the shaders that do not compile: `errors` says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.errors import UserError
from stemlight.preset.preset import Effect, Layer, Preset
from stemlight.stage.draw import Draw
from stemlight.stage.layer import LiveLayer, draw_filtered
from stemlight.stage.live_shader import LiveShader
from stemlight.stage.moment import Moment
from stemlight.stage.shader_program import InputValue
from stemlight.stage.shader_shelf import ShaderShelf

if TYPE_CHECKING:
    import moderngl


def shaders_of(preset: Preset) -> Iterator[tuple[str, Path, Layer | Effect]]:
    """Every use of a shader: where, as `layers[0].filters[1]`, its file, and what is set and moved there."""
    for i, layer in enumerate(preset.layers):
        yield f"layers[{i}]", Path(layer.scene), layer
        for j, effect in enumerate(layer.filters):
            yield f"layers[{i}].filters[{j}]", Path(effect.filter), effect
    for j, effect in enumerate(preset.filters):
        yield f"filters[{j}]", Path(effect.filter), effect


def shader_paths(preset: Preset) -> tuple[Path, ...]:
    """Of every shader that `preset` draws with, each once."""
    return tuple(dict.fromkeys(path for _, path, _ in shaders_of(preset)))


def preset_of_shader(path: Path) -> Preset:
    """The preset that shows one shader, its inputs at their defaults."""
    return Preset(path.stem, (Layer(str(path)),))


class LiveLook:
    """What is on air, or will be. GL thread only; `release` when done."""

    def __init__(self, preset: Preset, shelf: ShaderShelf, *, from_zero: bool = False) -> None:
        """Compiles what `shelf` has not ready. `from_zero`: TIME and FRAMEINDEX are the moments' own.

        Else both are 0 at its first draw.
        """
        self.errors: list[UserError] = []  # of shaders that are left out
        self._shelf = shelf
        self._first_index = 0 if from_zero else None
        self._began_s: float | None = 0.0 if from_zero else None  # TIME is since then
        self._shaders: dict[str, LiveShader] = {}  # by place
        self._layers: tuple[LiveLayer, ...] = ()
        self._filters: tuple[LiveShader, ...] = ()
        self.preset = preset
        self.n_edits = 0  # so often it was put together
        self.edit(preset)

    @property
    def is_empty(self) -> bool:
        """Whether no layer is left to draw."""
        return not self._layers

    @property
    def layers(self) -> tuple[LiveLayer, ...]:
        """The lowest first."""
        return self._layers

    @property
    def shaders(self) -> Mapping[str, LiveShader]:
        """By place: `layers[0]`, `layers[0].filters[1]`, `filters[0]`."""
        return self._shaders

    @property
    def warnings(self) -> list[str]:
        """What the preset wants and the shaders have not; one line each."""
        shaders = self._shaders.values()
        said = [warning for shader in shaders for warning in (*shader.scene.warnings, *shader.warnings)]
        return list(dict.fromkeys(said))

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything it is made from."""
        files = (file for shader in self._shaders.values() for file in shader.scene.files)
        return tuple(dict.fromkeys(files))

    def live_values(self) -> dict[str, InputValue]:
        """What every mapped input was at the last draw, as `layers[0].filters[1].inputs.amount`.

        The opacity of a layer or filter is `layers[0].opacity`.
        """
        values = {}
        for place, shader in self._shaders.items():
            for name, value in shader.live.items():
                values[f"{place}.{'' if shader.is_own_opacity(name) else 'inputs.'}{name}"] = value
        return values

    def edit(self, preset: Preset) -> None:
        """Shows `preset` from now on. What stays of the shaders goes on where it was, buffers and all."""
        wanted = {place: path for place, path, _ in shaders_of(preset)}
        old, self._shaders, self.errors = self._shaders, {}, []
        for place, path, part in shaders_of(preset):
            kept = _taken(old, place, path, wanted)
            shader = self._shader(kept, path, part, f"{preset.called}: {place}")
            if shader is not None:
                self._shaders[place] = shader
        for shader in old.values():
            shader.release()
        self._layers = tuple(
            LiveLayer(layer, self._shaders[place], self._filters_of(layer.filters, f"{place}."))
            for place, layer in ((f"layers[{i}]", layer) for i, layer in enumerate(preset.layers))
            if place in self._shaders
        )
        self._filters = self._filters_of(preset.filters)
        self.preset = preset
        self.n_edits += 1

    def hear(self, frames: Sequence[FeatureFrame], moment: Moment) -> None:
        """Takes the frames since the last draw; once a draw, and for a held picture too."""
        for shader in self._shaders.values():
            shader.hear(frames, moment)

    def draw(self, draw: Draw, framebuffer: moderngl.Framebuffer) -> None:
        """Draws over the whole of `framebuffer`, whose size is the output's. The alpha means nothing."""
        moment = draw.moment
        if self._began_s is None:
            self._began_s = moment.time_s
        if self._began_s:
            own = replace(moment, time_s=moment.time_s - self._began_s, stream_s=moment.on_stream_s)
            draw = replace(draw, moment=own)

        def all_layers(framebuffer: moderngl.Framebuffer) -> None:
            self._draw_layers(draw, framebuffer)

        draw_filtered(all_layers, self._filters, draw, framebuffer, opaque=True)

    def release(self) -> None:
        """Gives everything back to the GPU."""
        for shader in self._shaders.values():
            shader.release()
        self._shaders.clear()
        self._layers, self._filters = (), ()

    def _draw_layers(self, draw: Draw, framebuffer: moderngl.Framebuffer) -> None:
        pool = draw.pool
        seen = [layer for layer in self._layers if layer.shader.is_seen]
        if not seen:
            framebuffer.clear()
            return
        if len(seen) == 1 and seen[0].covers:
            seen[0].draw(draw, framebuffer)
            return
        below = pool.take(opaque=True)
        lowest = seen[0]
        if lowest.covers:
            seen.pop(0).draw(draw, below.framebuffer)
        else:
            below.framebuffer.clear()
        for layer in seen:
            picture = pool.take(opaque=not layer.part.keep_alpha)
            layer.draw(draw, picture.framebuffer)
            blended = None if layer is seen[-1] else pool.take(opaque=True)
            target = blended.framebuffer if blended else framebuffer
            # The lowest lies on black, which there is nothing to add to or to take from.
            mode = "normal" if layer is lowest else layer.part.blend
            draw.blend.over(mode, below.texture, picture.texture, layer.shader.opacity, target)
            pool.give_back(picture)
            pool.give_back(below)
            below = blended or below

    def _filters_of(self, effects: Sequence[Effect], place: str = "") -> tuple[LiveShader, ...]:
        places = (f"{place}filters[{j}]" for j in range(len(effects)))
        return tuple(self._shaders[place] for place in places if place in self._shaders)

    def _shader(
        self, kept: LiveShader | None, path: Path, part: Layer | Effect, place: str
    ) -> LiveShader | None:
        """`kept` if it is what `path` says now, else a new one; None and an error where there is none."""
        if kept is not None and self._shelf.serves(kept.scene):
            kept.edit(part, place)
            return kept
        try:
            scene = self._shelf.scene(path)
        except UserError as error:
            self.errors.append(error)
            if kept is not None:  # a broken edit: the last good program stays
                kept.edit(part, place)
            return kept
        if kept is not None:
            kept.release()
        if isinstance(part, Effect) and scene.program.role != "filter":
            self.errors.append(UserError(f"{place}: {path.name} is no filter: it has no inputImage"))
            scene.release()
            return None
        return LiveShader(scene, part, place, self._first_index)


def _taken(
    old: dict[str, LiveShader], place: str, path: Path, wanted: Mapping[str, Path]
) -> LiveShader | None:
    """Takes out of `old` what draws `path`: at this place, else at one that wants another shader now."""
    places = [place, *(other for other in old if wanted.get(other) != path)]
    for candidate in places:
        if candidate in old and old[candidate].scene.program.path == path:
            return old.pop(candidate)
    return None
