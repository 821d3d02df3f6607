"""Keeps the wanted look on air: chosen by controls or autopilot, edited live, reloaded from its files.

Whatever goes wrong with a file, the last good picture stays and the error is said. Shaders are tried in a
process of their own and loaded one a draw before a look that wants them is shown, so that the picture does
not stand still while a driver compiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.bus.controls import ControlBus
from stemlight.bus.health import PartHealth
from stemlight.errors import UserError
from stemlight.preset.library import (
    find_transition,
    load_preset,
    name_key,
    preset_file,
    preset_paths,
    scene_paths,
    transition_paths,
)
from stemlight.preset.preset import Preset
from stemlight.stage.autopilot import Autopilot, AutopilotWishes
from stemlight.stage.cue import Cue, Start
from stemlight.stage.file_signature import Watched
from stemlight.stage.live_look import LiveLook, preset_of_shader, shader_paths
from stemlight.stage.moment import Moment
from stemlight.stage.opening import Chosen, Opening, first_light, others, scene_name
from stemlight.stage.renderer import Renderer
from stemlight.stage.trial import Trial, TrialKind
from stemlight.stage.warm_up import WarmUp

LOOK_S = 0.25  # between looks at the files: sooner than a person can turn from editor to screen
PROVEN_DRAWS = 30  # a look that brought nothing down in so many draws will not do it later


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be done once the shaders are ready."""

    chosen: Chosen
    does: Literal["go", "edit", "prepare"]  # prepare: ahead, so that it can go on a bar line to come
    at: Start = "now"
    beats: float = 0.0
    transition: Path | None = None
    by_autopilot: bool = False
    is_opening: bool = False
    problem: str = ""  # that was met on the way, to be said when it is done

    @property
    def paths(self) -> tuple[Path, ...]:
        """Of the shaders that must be ready."""
        return shader_paths(self.chosen.preset) + ((self.transition,) if self.transition else ())


class OnAir:
    """Which look the renderer draws. GL thread only; `close` when done."""

    def __init__(
        self,
        renderer: Renderer,
        controls: ControlBus,
        health: PartHealth,
        trial: TrialKind | None = None,
        *,
        seed: int = 0,
    ) -> None:
        """`seed`: of the order in which the autopilot shuffles."""
        self._renderer = renderer
        self._controls = controls
        self._health = health
        self._warm_up = WarmUp(renderer.shelf, trial or Trial(), health, renderer.warming())
        self._asked = Chosen(Preset("", ()))  # for last, by anybody
        self._wish: _Wish | None = None
        self._failed: _Wish | None = None  # nothing of it can be drawn, as its files are
        self._going: Chosen | None = None  # what the renderer goes to, or waits to
        self._proving: Chosen | None = None  # that was drawn first a moment ago ...
        self._unproven_draws = 0  # ... and has so many draws to go
        self._others: Iterator[Chosen] = iter(())  # to begin with, if the first cannot be drawn
        self._preset_file = Watched(None)
        self._looked_s = 0.0
        self._autopilot = Autopilot(seed)
        self._names: list[str] = []  # of all presets, while the autopilot is on
        self._prepared: Chosen | None = None  # what the autopilot has coming, once it can be shown
        self._said: dict[str, str] = {}

    @property
    def name(self) -> str:
        """Of the look that was last asked for."""
        return self._asked.preset.name

    @property
    def preset_name(self) -> str:
        """Of the preset that was last asked for, as `stage.preset` says it; empty for a scene."""
        return self._asked.preset_name

    @property
    def look(self) -> LiveLook | None:
        """The look that was last put on, though it may wait for its cue: what an edit is an edit of."""
        return self._renderer.coming or self._renderer.look

    def open(self, opening: Opening) -> None:
        """Begins a show: with something small at once, then with what is wanted, once it is ready."""
        reason = ""
        if opening.deadly:
            reason = f"{opening.deadly.name} brought the stage down; it is left out"
            self._renderer.shelf.refuse(opening.deadly, UserError(reason))
        self._renderer.load_preset(preset_of_shader(first_light()))
        self._others = others(opening.chosen.name)
        self._say_asked(opening.chosen)
        self._begin(_Wish(opening.chosen, "go", is_opening=True, problem=reason))

    def edit(self, preset: Preset) -> None:
        """Shows `preset` in place of the look that was last asked for; what stays of its shaders goes on.

        At the next draw if only values, mappings, opacity and blends differ; else when the shaders are ready.
        """
        self._asked = replace(self._asked, preset=preset)
        look = self.look
        if self._wish is not None and self._wish.does == "go":
            self._begin(replace(self._wish, chosen=self._asked))
        elif look is not None and all(self._renderer.shelf.has(path) for path in shader_paths(preset)):
            self._wish = None
            self._edit(look, preset)
        else:
            self._begin(_Wish(self._asked, "edit"))

    def update(self, now_s: float, frame: FeatureFrame | None = None, moment: Moment | None = None) -> bool:
        """Once a draw, before it: does what the controls ask and what the files say.

        `frame` is the newest, `moment` that of the draw: the autopilot goes by them. Returns whether a look
        was put on, or edited because of it, at this draw; it may wait for its cue.
        """
        self._step()
        self._obey()
        if frame is not None and moment is not None:
            self._ask_autopilot(frame, moment)
        if now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            self._look_at_files()
        self._warm_up.update(now_s)
        done = self._wish is not None and not self._warm_up.is_busy and self._fulfil(self._wish)
        self._say_state()
        return done

    def close(self) -> None:
        """Ends what is under way."""
        self._warm_up.end()

    # What people and the autopilot ask

    def _step(self) -> None:
        """The next or previous preset, scene or transition."""
        lists = {"preset": preset_paths, "scene": scene_paths, "transition": transition_paths}
        for kind, paths in lists.items():
            steps = self._controls.fires(f"stage.next_{kind}") - self._controls.fires(
                f"stage.previous_{kind}"
            )
            if steps:
                here = str(self._controls.get(f"stage.{kind}"))
                self._controls.set(f"stage.{kind}", stepped([path.stem for path in paths()], here, steps))

    def _obey(self) -> None:
        """Takes the preset or the scene that was chosen last."""
        preset, scene = str(self._controls.get("stage.preset")), str(self._controls.get("stage.scene"))
        try:
            if preset and preset != self._asked.preset_name:
                self._asked = replace(self._asked, preset_name=preset)  # asked for once, right or wrong
                self._preset_file = Watched(_file_of(preset))
                self._go(Chosen.of_preset(preset))
            elif scene and scene != self._asked.scene_name:
                self._asked = replace(self._asked, scene_name=scene)
                self._go(Chosen.of_scene(scene))
        except UserError as error:
            self._fail(error)

    def _ask_autopilot(self, frame: FeatureFrame, moment: Moment) -> None:
        if not (self._controls.get("autopilot.on") or self._autopilot.coming):
            return
        self._names = self._names or [path.stem for path in preset_paths()]
        prepared = self._prepared.preset_name if self._prepared else ""
        chosen = self._autopilot.update(
            frame,
            moment,
            wishes=AutopilotWishes.of(self._controls),
            names=self._names,
            on_air=self._asked.preset_name,
            is_ready=bool(prepared) and self._wish is None and not self._renderer.is_changing,
        )
        coming = self._autopilot.coming
        if chosen and self._prepared is not None:
            # It says so on the line itself.
            self._go(self._prepared, at="now", by_autopilot=True)
            self._prepared = None
        elif coming and coming != prepared and self._wish is None:
            self._prepared = None
            try:
                self._begin(self._with_transition(_Wish(Chosen.of_preset(coming), "prepare")))
            except UserError as error:
                self._autopilot.refuse(coming)
                self._fail(error)

    def _go(self, chosen: Chosen, at: Start | None = None, *, by_autopilot: bool = False) -> None:
        self._say_asked(chosen)
        start = at or cast("Start", self._controls.get("stage.transition_at"))
        beats = float(self._controls.get("stage.transition_beats"))
        wish = _Wish(chosen, "go", start, beats, by_autopilot=by_autopilot)
        self._begin(self._with_transition(wish) if beats else wish)

    def _with_transition(self, wish: _Wish) -> _Wish:
        """`wish` by the transition that is chosen; where there is none it is a crossfade."""
        try:
            return replace(wish, transition=find_transition(str(self._controls.get("stage.transition"))))
        except UserError as error:
            return replace(wish, problem=str(error))

    def _say_asked(self, chosen: Chosen) -> None:
        """Says by the controls what was asked for: a preset also says which scene it begins with."""
        self._controls.set("stage.preset", chosen.preset_name)
        self._controls.set("stage.scene", scene_name(Path(chosen.preset.layers[0].scene)))
        said = str(self._controls.get("stage.preset")), str(self._controls.get("stage.scene"))
        self._asked = replace(chosen, preset_name=said[0], scene_name=said[1])
        self._preset_file = Watched(_file_of(chosen.preset_name))

    # What the files say

    def _look_at_files(self) -> None:
        """Reloads what has changed on disk, if nothing else is under way."""
        self._names = []
        if self._wish is not None or self._renderer.is_changing:
            return
        if self._failed is not None and not self._is_ready(self._failed.chosen.preset):
            self._begin(self._failed)
            return
        look = self.look
        if look is None:
            return
        preset = look.preset
        if self._preset_file.has_changed():
            try:
                preset = load_preset(self._asked.preset_name)
            except UserError as error:
                self._fail(error)
        if preset != look.preset or not self._is_ready(preset):
            self._begin(_Wish(replace(self._asked, preset=preset), "edit"))

    def _is_ready(self, preset: Preset) -> bool:
        """Whether all its shaders were loaded as their files are now."""
        return all(self._renderer.shelf.is_ready(path) for path in shader_paths(preset))

    # How it comes on air

    def _begin(self, wish: _Wish) -> None:
        """Does `wish` as soon as its shaders are ready, instead of what was wished before."""
        self._wish = wish
        self._failed = None
        self._warm_up.begin(wish.paths)

    def _fulfil(self, wish: _Wish) -> bool:
        """Does it, now that the shaders are ready; whether a look was put on or edited."""
        if wish.does == "go" and wish.at != "now" and self._renderer.is_changing:
            return False  # one change after the other; the last wish is what comes next
        self._wish = None
        if wish.does == "go":
            return self._put_on(wish)
        if wish.does == "prepare":
            self._prepared = wish.chosen
            return False
        look = self.look
        if look is not None:
            self._asked = replace(self._asked, preset=wish.chosen.preset)
            self._edit(look, wish.chosen.preset)
        return look is not None

    def _put_on(self, wish: _Wish) -> bool:
        look = self._renderer.new_look(wish.chosen.preset)
        if look.is_empty:
            self._refuse(wish, look.errors[0])
            return False
        self._going = wish.chosen
        problems = [wish.problem] if wish.problem else []
        try:
            self._renderer.go(look, Cue(wish.at, wish.beats), wish.transition)
        except UserError as error:
            problems.append(str(error))
        self._say_errors(look, problems)
        return True

    def _refuse(self, wish: _Wish, error: UserError) -> None:
        """Nothing of a look can be drawn: what was on air stays."""
        self._fail(error)
        self._failed = wish
        if wish.by_autopilot:
            self._autopilot.refuse(wish.chosen.preset_name)
        instead = next(self._others, None) if wish.is_opening else None
        if instead is not None:
            self._say_asked(instead)
            self._begin(replace(wish, chosen=instead, problem=str(error)))

    def _edit(self, look: LiveLook, preset: Preset) -> None:
        look.edit(preset)
        self._say_errors(look)

    # What is said of it

    def _say_state(self) -> None:
        """Which look is whole on air and which is coming, for people, and for the stage after a crash."""
        going = self._going
        is_drawn = self._renderer.coming is None or self._renderer.is_changing
        if going is not None and is_drawn and going is not self._proving:
            self._proving, self._unproven_draws = going, PROVEN_DRAWS
            self._say("loading", going.name)  # if it kills us, the next stage begins with another one
        if going is not None and self._renderer.coming is None:
            self._going = None
            self._say("on_air", going.name)
            self._say("scene", going.preset.name)
        if self._unproven_draws:
            self._unproven_draws -= 1
            if not self._unproven_draws:
                self._say("loading", "")
        coming = self._wish.chosen if self._wish and self._wish.does == "go" else self._going
        self._say("coming", coming.name if coming else "")

    def _say(self, topic: str, words: str) -> None:
        """Costs nothing where it was said before."""
        if self._said.get(topic) != words:
            self._said[topic] = words
            self._health.say(topic, words)

    def _say_errors(self, look: LiveLook, problems: Sequence[str] = ()) -> None:
        problems = (*problems, *map(str, look.errors))
        if problems:
            self._health.add("shader_errors", len(problems))
        self._health.say("error", "; ".join((*problems, *look.warnings)))

    def _fail(self, error: UserError) -> None:
        self._health.add("shader_errors")
        self._health.say("error", str(error))


def stepped(names: Sequence[str], here: str, steps: int) -> str:
    """The name so many steps after `here`, round and round; from outside, the first or the last."""
    keys = [name_key(name) for name in names]
    start = keys.index(name_key(here)) if name_key(here) in keys else (-1 if steps > 0 else 0)
    return names[(start + steps) % len(names)] if names else here


def _file_of(preset_name: str) -> Path | None:
    """The file that holds a preset."""
    try:
        return preset_file(preset_name) if preset_name else None
    except UserError:
        return None
