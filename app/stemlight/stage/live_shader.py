"""One shader of a preset at work: what the person has set, and what the music adds to it at each draw."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.errors import UserError
from stemlight.preset.preset import Effect, Layer
from stemlight.stage.mapped_inputs import OPACITY, MappedInputs, out_of_range
from stemlight.stage.moment import Moment
from stemlight.stage.picture_files import load_picture
from stemlight.stage.scene import Scene
from stemlight.stage.shader_program import VALUE_TYPES, Input, InputValue
from stemlight.stage.uniforms import Music

if TYPE_CHECKING:
    import moderngl


class LiveShader:
    """A scene whose inputs a layer or filter of a preset sets and moves. GL thread only."""

    def __init__(
        self, scene: Scene, part: Layer | Effect, place: str, first_index: int | None = None
    ) -> None:
        """`place`: where in the preset, for people. `first_index`: of its first draw; None: that of the draw.

        FRAMEINDEX counts from there: shaders fill their buffers at 0.
        """
        self.scene = scene
        self.warnings: list[str] = []  # what the preset wants and the shader has not
        self._first_index = first_index
        inputs = scene.program.inputs
        self._has_opacity = all(entry.name != OPACITY.name for entry in inputs)  # the layer's, not its own
        own = (OPACITY,) if self._has_opacity else ()
        self._mapped = MappedInputs((*inputs, *own), {}, (), seed=zlib.crc32(place.encode()))
        self._base: dict[str, object] = {}  # what each input was last set to by a person
        self._part = part
        self.edit(part, place)

    @property
    def opacity(self) -> float:
        """At this draw, 0..1."""
        moved = self.live.get(OPACITY.name) if self._has_opacity else None
        return self._part.opacity if moved is None else cast("float", moved)

    @property
    def is_seen(self) -> bool:
        """Whether it is drawn at all: also at opacity 0 where the music moves that, so that it goes on."""
        moves = any(self.is_own_opacity(name) for name in self._mapped.mapped)
        return self._part.enabled and (moves or self._part.opacity > 0.0)

    @property
    def live(self) -> Mapping[str, InputValue]:
        """What every mapped input was at the last draw."""
        return self._mapped.live

    def base(self, entry: Input) -> object:
        """What a person has set an input to; its default where nobody has."""
        return self._base.get(entry.name, entry.default)

    def is_own_opacity(self, name: str) -> bool:
        """Whether `name` is the opacity of the layer or filter itself, and not an input of the shader."""
        return self._has_opacity and name == OPACITY.name

    def edit(self, part: Layer | Effect, place: str) -> None:
        """Takes values, mappings and opacity of `part`. What its passes remember stays."""
        self._part = part
        moved = self._mapped.mapped
        self._mapped.set_mappings(part.mappings)
        self.warnings = [f"{place}.{warning}" for warning in self._mapped.warnings]
        if self._has_opacity:
            self._mapped.set_base(OPACITY.name, part.opacity)
        self._set_values(part, place)
        for name in moved - self._mapped.mapped:  # let go: it is where the person has put it
            self._mapped.live.pop(name, None)
            if name in self._base:
                self.scene.set_input(name, self._base[name])

    def hear(self, frames: Sequence[FeatureFrame], moment: Moment) -> None:
        """Takes the frames since the last draw; once a draw, and for a held picture too."""
        if self._mapped.mapped:
            self._mapped.update(frames, moment)

    def draw(self, moment: Moment, music: Music, framebuffer: moderngl.Framebuffer) -> None:
        """Draws over the whole of `framebuffer`."""
        for name, value in self.live.items():
            if self.scene.values.get(name) != value and not self.is_own_opacity(name):
                self.scene.set_input(name, value)
        if self._first_index is None:
            self._first_index = moment.index
        index = moment.index - self._first_index
        self.scene.draw(
            replace(moment, index=index, delta_s=moment.delta_s if index else 0.0), music, framebuffer
        )

    def release(self) -> None:
        """Gives everything back to the GPU."""
        self.scene.release()

    def _set_values(self, part: Layer | Effect, place: str) -> None:
        """Brings every input to what `part` says, else to its default."""
        inputs = {entry.name: entry for entry in self.scene.program.inputs}
        for name, value in part.inputs.items():
            try:
                if name not in inputs:
                    self.scene.program.input(name)
                self._set(inputs[name], value)
                if said := out_of_range(inputs[name], value):
                    self.warnings.append(f"{place}.inputs.{said}")
            except UserError as error:
                self.warnings.append(f"{place}.inputs: {error}")
        for name in self._base.keys() - part.inputs.keys():
            self._set(inputs[name], "" if inputs[name].type == "image" else inputs[name].default)

    def _set(self, entry: Input, value: object) -> None:
        """Sets what is not set so already. An event is fired, once; an image is the name of a file."""
        wanted = entry.coerced(value) if entry.type in VALUE_TYPES else value
        if self._base.get(entry.name) == wanted:
            return
        self._base[entry.name] = wanted
        if entry.type == "image":
            self.scene.set_input(entry.name, _picture(value))
        else:
            self.scene.set_input(entry.name, wanted)
            if entry.type != "event":
                self._mapped.set_base(entry.name, wanted)


def _picture(file: object) -> np.ndarray:
    if not isinstance(file, str):
        raise UserError(f"{file!r} is no picture: name a file")
    return load_picture(Path(file).expanduser()) if file else np.zeros((1, 1, 4), np.uint8)
