"""The looks that a show can put on air: the presets, in the person's own order, with favourites and banks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stemlight.errors import UserError
from stemlight.preset.library import load_preset, preset_paths
from stemlight.preset.picture import current_picture, files_of_preset, mark_of, picture_of_shader

BANK = 10  # looks on the keys 1 to 9 and 0


@dataclass(frozen=True, slots=True)
class Look:
    """One preset as the grid shows it."""

    name: str  # what `stage.preset` is set to
    title: str
    description: str
    tags: tuple[str, ...]
    path: Path
    picture: Path | None  # beside the preset; else of its scene, if that is all it is; and up to date
    wrong: str = ""  # why it cannot be put on air
    mark: str = ""  # changes when the preset or one of its shaders does
    files: tuple[Path, ...] = ()  # what it is made of

    def fits(self, words: Sequence[str]) -> bool:
        """Whether each of `words`, in lower case, is somewhere in what is said of it."""
        said = " ".join((self.name, self.title, self.description, *self.tags)).casefold()
        return all(word in said for word in words)


def find_looks() -> list[Look]:
    """All presets, by name; one that cannot be read says why."""
    return [_look(path) for path in preset_paths()]


def in_order(looks: Iterable[Look], order: Sequence[str]) -> list[Look]:
    """As `order` has them; who is not in it follows, by name."""
    place = {name: i for i, name in enumerate(order)}
    return sorted(looks, key=lambda look: (place.get(look.name, len(place)), look.title.casefold()))


def chosen(
    looks: Sequence[Look], search: str, favourites: Sequence[str], only_favourites: bool
) -> list[Look]:
    """Those that a search and the star leave."""
    words = search.casefold().split()
    return [look for look in looks if look.fits(words) and (not only_favourites or look.name in favourites)]


def _look(path: Path) -> Look:
    try:
        preset = load_preset(str(path))
    except UserError as error:
        return Look(path.stem, path.stem.replace("_", " ").title(), "", (), path, None, str(error))
    try:
        files = files_of_preset(path, preset)
        mark = mark_of(files)
    except OSError as error:
        return Look(path.stem, preset.name, preset.description, preset.tags, path, None, str(error))
    first = preset.layers[0]
    changed = (first.inputs, first.mappings, first.filters, preset.filters)
    plain = len(preset.layers) == 1 and not any(changed)
    picture = current_picture(path, mark) or (picture_of_shader(Path(first.scene)) if plain else None)
    return Look(
        path.stem, preset.name, preset.description, preset.tags, path, picture, mark=mark, files=tuple(files)
    )
