"""The rivals' paths on the surface, each at its true loss, in the colour and dash that it has on the map."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Plane
from landscape_app.session.race import Race
from landscape_app.views.race_look import FADED, map_pen
from landscape_app.views.surface_box import Box
from landscape_app.views.surface_lines import SeenLines
from landscape_app.views.surface_path import path_in_box

#: How strongly what the surface hides is seen through it, and how much wider the dark rim is, in pixels.
THROUGH, RIM = 0.35, 1.8


@dataclass(frozen=True, slots=True, eq=False)
class LaidRival:
    """A rival's path up to the clock: ``segments`` (2 s, 3), pairs of ends inside the box."""

    look: int
    segments: FloatArray
    faded: bool


def laid_rivals(race: Race | None, plane: Plane, box: Box, isolated: int) -> tuple[LaidRival, ...]:
    """Return the paths of the rivals that are shown; all but the lane ``isolated`` are faded, none if that is -1."""
    laid = []
    for number, lane in enumerate(() if race is None else race.lanes[1:], start=1):
        if lane.visible and lane.timeline is not None and lane.config is not None:
            part = slice(lane.at + 1)
            path = path_in_box(lane.timeline.path_on(plane)[part], lane.timeline.loss[part], box)
            laid.append(LaidRival(lane.config.look, path.segments, isolated >= 0 and isolated != number))
    return tuple(laid)


class SeenRivals:
    """The rivals' paths as they are seen in one picture, ready to be painted in a widget's pixels."""

    def __init__(self, rivals: tuple[LaidRival, ...], lines: SeenLines) -> None:
        self._rivals = [(rival, *lines.parts(rival.segments)) for rival in rivals]

    def paint(self, painter: QPainter) -> None:
        """Paint them; what the surface hides shines through."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for rival, seen, hidden in self._rivals:
            made = map_pen(rival.look, alpha=FADED if rival.faded else 255)
            shade = made.color()
            shade.setAlphaF(shade.alphaF() * THROUGH)
            painter.strokePath(hidden, QPen(shade, made.widthF(), made.style()))
            if not rival.faded:
                painter.strokePath(seen, QPen(QColor(0, 0, 0, 110), made.widthF() + RIM))
            painter.strokePath(seen, made)
