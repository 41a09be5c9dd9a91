"""Colours of both looks, and the colour map of losses: pure values, no widget.

The map is viridis: perceptually uniform and safe for the colour-blind.
"""

from dataclasses import dataclass


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

COLOUR_MAP = "viridis"
