"""settings.toml: what stays from show to show, table by table, and written whole.

It lies where this system keeps settings, or where STEMLIGHT_SETTINGS says. Each table belongs to the part
of the program that reads it, which says what is wrong with its values; what others wrote is left as it is.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stemlight.errors import UserError
from stemlight.whole_file import whole_file

VARIABLE = "STEMLIGHT_SETTINGS"
NAME = "settings.toml"


def settings_path() -> Path:
    """Where the settings are; there may be no such file."""
    if asked := os.environ.get(VARIABLE):
        return Path(asked).expanduser()
    import platformdirs

    return platformdirs.user_config_path("stemlight", appauthor=False, roaming=True) / NAME


def read_settings() -> dict[str, Any]:
    """All tables; none where there is no file.

    A file that is no TOML is set aside under another name, which is said on stderr: a show does not fail by
    it. UserError where it cannot be opened at all.
    """
    path = settings_path()
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        aside = _set_aside(path)
        print(
            f"stemlight: {path} is no TOML ({error}): set aside as {aside.name}, going on without settings",
            file=sys.stderr,
            flush=True,
        )
        return {}
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None


def change_settings(table: str, values: Mapping[str, Any]) -> Path:
    """Set `values` in one table, None to leave one out; comments and all else stay. Returns the file.

    UserError where it cannot be written.
    """
    import tomlkit

    path = settings_path()
    read_settings()  # sets aside what is broken
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.is_file() else tomlkit.document()
    part = document.setdefault(table, tomlkit.table())
    if not isinstance(part, dict):
        raise UserError(f"{path}: {table} is a table; write [{table}]")
    for key, value in values.items():
        if value is None:
            part.pop(key, None)
        else:
            part[key] = value
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {path.parent}: {error.strerror or error}") from None
    with whole_file(path) as temporary:
        temporary.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    try:
        path.replace(aside)
    except OSError as error:
        raise UserError(f"{path} is no TOML and cannot be set aside: {error.strerror or error}") from None
    return aside
