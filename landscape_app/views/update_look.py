"""How the parts of an update are drawn, the same on the map, on the surface and in the legend."""

from PySide6.QtCore import Qt

from landscape_app.views.palette import Palette

#: Widths of the parts, and of the step upon them: where all lie along one line, parts are seen on both of its sides.
WIDE, THIN = 6.0, 2.0
#: Lengths and half widths of their heads.
WIDE_HEAD, THIN_HEAD = (11.0, 6.5), (9.0, 4.0)
#: Pixels by which the dark rim is wider.
RIM = 2.0
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


def line_width(name: str) -> float:
    """Return how wide the line of a part, or of the step, is in pixels."""
    return THIN if name == "step" else WIDE


def head_size(name: str) -> tuple[float, float]:
    """Return length and half width of its head in pixels."""
    return THIN_HEAD if name == "step" else WIDE_HEAD
