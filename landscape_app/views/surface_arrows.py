"""The parts of the update on the surface: each arrow of the map laid upon it, in the same colour and dash."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Landscape
from landscape_app.session.update_arrows import Arrow
from landscape_app.views.palette import Palette
from landscape_app.views.surface_box import Box
from landscape_app.views.surface_lines import SeenLines
from landscape_app.views.surface_path import cut_off, within
from landscape_app.views.update_look import DASHES, RIM, head_size, line_width, part_colour

#: An arrow follows the surface by so many pieces.
PIECES = 24
#: How strongly what the surface hides is seen through it.
THROUGH = 0.45


@dataclass(frozen=True, slots=True, eq=False)
class LaidArrow:
    """A part of the update by ``name``; ``points`` (k, 3) of the box, ``segments`` (2 s, 3) what lies inside of it."""

    name: str
    points: FloatArray
    segments: FloatArray

    @property
    def tip_seen(self) -> bool:
        """Whether the arrow ends inside of the box."""
        return bool(within(self.points[-1:])[0])


def laid_upon(arrows: tuple[Arrow, ...], landscape: Landscape, box: Box) -> tuple[LaidArrow, ...]:
    """Return the arrows laid upon the surface, as far as it reaches."""
    along = np.linspace(0.0, 1.0, PIECES + 1)[:, np.newaxis]
    laid = []
    for arrow in arrows:
        xy = arrow.tail + along * arrow.move
        points = np.column_stack((box.along_x(xy[:, 0]), box.along_y(xy[:, 1]), _heights(landscape, box, xy)))
        known = np.isfinite(points[:, 2])
        if known[0]:
            # What lies beyond the surface's edge has no height there: the arrow ends at its last known point.
            points = points if known.all() else points[: int(np.argmin(known))]
            laid.append(LaidArrow(arrow.name, points, cut_off(points)))
    return tuple(laid)


def _heights(landscape: Landscape, box: Box, xy: FloatArray) -> FloatArray:
    """Return the box's heights (k,) at ``xy`` (k, 2), linear between the nodes' as the mesh is; NaN outside."""
    places, steps = [], []
    for values, nodes in zip(xy.T, (landscape.x, landscape.y), strict=True):
        place = (values - nodes[0]) / (nodes[-1] - nodes[0]) * (len(nodes) - 1)
        first = np.clip(np.floor(place), 0, len(nodes) - 2).astype(np.intp)
        places.append(first)
        steps.append(place - first)
    (j, i), (du, dv) = places, steps
    corner = {(a, b): box.up(landscape.loss[i + a, j + b]) for a in (0, 1) for b in (0, 1)}
    height: FloatArray = (1 - dv) * ((1 - du) * corner[0, 0] + du * corner[0, 1]) + dv * (
        (1 - du) * corner[1, 0] + du * corner[1, 1]
    )
    rounding = 1e-9
    outside = (du < -rounding) | (du > 1 + rounding) | (dv < -rounding) | (dv > 1 + rounding)
    return np.where(outside, np.nan, height)


class SeenArrows:
    """The arrows as they are seen in one picture, ready to be painted in a widget's pixels."""

    def __init__(self, arrows: tuple[LaidArrow, ...], lines: SeenLines) -> None:
        self._arrows = [(arrow, *lines.parts(arrow.segments)) for arrow in arrows]
        self._tips = {arrow.name: lines.on_screen(arrow.points) for arrow in arrows if arrow.tip_seen}

    def paint(self, painter: QPainter, palette: Palette) -> None:
        """Paint them, the step last; what the surface hides shines through."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for arrow, _, hidden in self._arrows:
            faint = QColor(part_colour(arrow.name, palette))
            faint.setAlphaF(THROUGH)
            painter.strokePath(hidden, _pen(faint, line_width(arrow.name), DASHES[arrow.name]))
        for arrow, seen, _ in self._arrows:  # first, so that no rim lies upon another part
            painter.strokePath(seen, _pen(QColor(0, 0, 0, 150), line_width(arrow.name) + RIM, Qt.PenStyle.SolidLine))
        for arrow, seen, _ in self._arrows:
            shade = QColor(part_colour(arrow.name, palette))
            painter.strokePath(seen, _pen(shade, line_width(arrow.name), DASHES[arrow.name]))
        for arrow, _, _ in self._arrows:
            head = _head(self._tips.get(arrow.name), *head_size(arrow.name))
            if not head.isEmpty():
                painter.setPen(_pen(QColor(0, 0, 0, 150), 1.2, Qt.PenStyle.SolidLine))
                painter.setBrush(QColor(part_colour(arrow.name, palette)))
                painter.drawPath(head)


def _head(points: FloatArray | None, long: float, half: float) -> QPainterPath:
    """Return the head at the end of ``points`` (k, 2) in pixels, pointing as the line's last pixels do.

    It is ``long`` and twice ``half`` wide; there is none on a shorter line.
    """
    head = QPainterPath()
    if points is None:
        return head
    away = np.hypot(*(points - points[-1]).T)
    if not float(away.max()) >= long:
        return head
    base = points[np.flatnonzero(away >= long)[-1]]
    along = (points[-1] - base) / np.hypot(*(points[-1] - base))
    across = np.array([-along[1], along[0]]) * half
    foot = points[-1] - long * along
    head.addPolygon(QPolygonF([QPointF(*p.tolist()) for p in (points[-1], foot + across, foot - across)]))
    head.closeSubpath()
    return head


def _pen(shade: QColor, width: float, dash: Qt.PenStyle) -> QPen:
    return QPen(shade, width, dash, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
