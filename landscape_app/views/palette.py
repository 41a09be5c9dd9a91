"""The two looks, with the colour map of losses and the number of digits: pure values, no widget."""

from dataclasses import dataclass, replace
from functools import lru_cache

from landscape_app.colour_maps import STANDARD_MAP, WARM_MAPS, ColourMap


@dataclass(frozen=True, slots=True)
class Palette:
    """One look. All colours are ``#rrggbb``; ``text`` on ``window`` has a contrast of at least 7 to 1."""

    dark: bool
    window: str
    panel: str
    field: str
    border: str
    text: str
    muted: str
    #: Text of what can't be used at the moment.
    faint: str
    accent: str
    accent_text: str
    grid: str
    #: The descent's path and current point, on the map and everywhere.
    path: str
    gradient: str
    optimum: str
    truth: str
    data: str
    error: str
    warning: str
    good: str
    #: The colours of losses.
    colour_map: ColourMap = STANDARD_MAP
    #: Significant digits of numbers that are read; None: as many as suit each place.
    digits: int | None = None

    def digits_or(self, usual: int) -> int:
        """Return the number of digits chosen, else what is ``usual`` in this place."""
        return usual if self.digits is None else self.digits


DARK = Palette(
    dark=True,
    window="#14161a",
    panel="#1d2026",
    field="#282c34",
    border="#3a3f4a",
    text="#e8eaf0",
    muted="#a3a9b8",
    faint="#6d7484",
    accent="#5aaeff",
    accent_text="#0b1220",
    grid="#3a3f4a",
    path="#ff5d73",
    gradient="#ffffff",
    optimum="#ffffff",
    truth="#ffd166",
    data="#8fa3c8",
    error="#ff8a80",
    warning="#ffc46b",
    good="#7ddc9a",
)

LIGHT = Palette(
    dark=False,
    window="#eef0f4",
    panel="#ffffff",
    field="#ffffff",
    border="#c3c8d2",
    text="#1b1e25",
    muted="#555c6b",
    faint="#9299a6",
    accent="#1668c4",
    accent_text="#ffffff",
    grid="#d5d9e0",
    path="#d81e45",
    gradient="#ffffff",
    optimum="#ffffff",
    truth="#ffd166",
    data="#4a6296",
    error="#b3261e",
    warning="#8a5200",
    good="#1b7f3b",
)

#: The path's colour on a map that runs through red; far from all its colours for the colour-blind, too.
_PATH_ON_WARM = {True: "#00e5ff", False: "#0090b8"}


@lru_cache(maxsize=64)
def look_with(palette: Palette, colour_map: ColourMap, digits: int | None) -> Palette:
    """Return ``palette`` with another colour map, a path that is seen on it, and another number of digits."""
    path = _PATH_ON_WARM[palette.dark] if colour_map in WARM_MAPS else palette.path
    return replace(palette, colour_map=colour_map, digits=digits, path=path)
