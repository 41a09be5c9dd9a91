"""How the parts of an update are drawn, the same on the map, on the surface and in the legend."""

from PySide6.QtCore import Qt

from landscape_app.views.palette import Palette

#: The parts in the order of drawing, and how each is dashed: they are told apart without colours too.
DASHES = {
    "raw": Qt.PenStyle.SolidLine,
    "momentum_part": Qt.PenStyle.DashLine,
    "rescaling": Qt.PenStyle.DotLine,
    "decay_part": Qt.PenStyle.DashDotLine,
    "step": Qt.PenStyle.SolidLine,
}

_SHADES = {"raw": "#ff9f40", "momentum_part": "#e86ad4", "rescaling": "#9aa6b8", "decay_part": "#c08457"}


def part_colour(name: str, palette: Palette) -> str:
    """Return the colour of a part: as good to see on the map, with a dark rim, as in a legend on either panel."""
    return palette.accent if name == "step" else _SHADES[name]
