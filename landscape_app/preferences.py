"""What the program remembers between two starts, as one frozen value, and how two windows' changes are merged."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from landscape_app.colour_maps import STANDARD_MAP, ColourMap

#: Version of the file's format; a newer file is not read.
VERSION: Final = 1
#: Files opened or saved last that are kept.
MOST_RECENT = 12

Width = Annotated[int, Field(ge=0, le=100_000)]
Position = Annotated[int, Field(ge=0, le=10_000)]


class Columns(BaseModel):
    """A table's columns: widths in pixels, and the positions of those that are hidden."""

    model_config = ConfigDict(frozen=True, extra="allow")

    widths: tuple[Width, ...] = ()
    hidden: tuple[Position, ...] = ()


class Preferences(BaseModel):
    """Everything that is remembered; what a file of the same version holds besides is kept, too.

    ``digits`` None means what suits each place. ``grid`` is the number of nodes along each side of the map of a new
    experiment. ``autosave_minutes`` counts only with ``autosave``. ``keys`` holds keys that are not the standard ones,
    by the action's name; an empty text is no key. ``layout`` and ``geometry`` are Qt's own bytes as base64, empty for
    the standard layout; ``columns`` belongs to tables, by name. ``speed`` is in steps a second, None as fast as it
    goes. ``folder`` and ``export_folder`` are the last ones used. ``recent`` are paths, the newest first.
    """

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    version: Literal[1] = VERSION
    theme: Literal["system", "light", "dark"] = "system"
    colour_map: ColourMap = STANDARD_MAP
    digits: int | None = Field(default=None, ge=3, le=17)
    grid: int = Field(default=129, ge=65, le=513)
    autosave: bool = True
    autosave_minutes: int = Field(default=5, ge=1, le=120)
    keys: dict[str, str] = Field(default_factory=dict)
    layout: str = ""
    geometry: str = ""
    columns: dict[str, Columns] = Field(default_factory=dict)
    log_height: bool = True
    speed: float | None = Field(default=10.0, gt=0.0)
    folder: str = ""
    export_folder: str = ""
    recent: tuple[str, ...] = Field(default=(), max_length=MOST_RECENT)

    def but(self, **changes: Any) -> "Preferences":
        """Return a validated copy with ``changes``; a name that does not exist is a mistake of the program."""
        unknown = changes.keys() - type(self).model_fields.keys()
        if unknown:
            raise TypeError(f"There is no preference called {', '.join(sorted(unknown))}.")
        return Preferences.model_validate({**as_values(self), **changes})


def as_values(preferences: Preferences) -> dict[str, Any]:
    """Return the values by name, those that this version does not know included."""
    known = {name: getattr(preferences, name) for name in Preferences.model_fields}
    return {**known, **(preferences.model_extra or {})}


def merged(base: Preferences, ours: Preferences, theirs: Preferences) -> Preferences:
    """Return ``theirs`` with all that ``ours`` has changed since both were ``base``.

    Keys and columns are merged entry by entry; what was opened here comes before what was opened elsewhere.
    """
    values = as_values(theirs)
    before = as_values(base)
    for name, value in as_values(ours).items():
        old = before.get(name)
        if value == old:
            continue
        if name == "recent":
            values[name] = _merged_recent(old or (), value, values[name])
        elif isinstance(value, dict) and isinstance(values.get(name), dict):
            values[name] = _merged_entries(old or {}, value, values[name])
        else:
            values[name] = value
    return Preferences.model_validate(values)


def _merged_entries(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: value for name, value in ours.items() if name not in base or base[name] != value}
    removed = base.keys() - ours.keys()
    return {**{name: value for name, value in theirs.items() if name not in removed}, **changed}


def _merged_recent(base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Put what was opened here in front; what was taken off here goes, what was opened elsewhere stays."""
    opened = len(ours)
    kept = list(base)
    # What was not opened again stands at the end, in the order in which it was: find where that begins.
    while opened and kept and ours[opened - 1] in kept:
        del kept[kept.index(ours[opened - 1]) :]
        opened -= 1
    # A full list lost its end to what was opened; that is no wish to forget it.
    removed = set() if len(ours) == MOST_RECENT else set(base) - set(ours)
    front = ours[:opened]
    rest = tuple(path for path in theirs if path not in front and path not in removed)
    return (*front, *rest)[:MOST_RECENT]


def config_folder() -> Path:
    """Return the folder of the user's settings; it may not exist.

    Raises
    ------
    RuntimeError
        If this user has no home folder.
    """
    override = os.environ.get("LANDSCAPE_CONFIG_DIR")
    if override:
        return Path(override)
    name = "landscape-app"
    if sys.platform == "win32":
        roaming = os.environ.get("APPDATA")
        return (Path(roaming) if roaming else Path.home() / "AppData" / "Roaming") / name
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / name
    chosen = os.environ.get("XDG_CONFIG_HOME", "")
    # A relative path is to be ignored, as the standard for these folders says.
    return (Path(chosen) if Path(chosen).is_absolute() else Path.home() / ".config") / name
