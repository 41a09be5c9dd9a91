"""A few marks of different kinds, each of constant size on the screen: start, present point, optimum."""

from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin
from typing import Literal

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

Symbol = Literal["circle", "diamond", "star", "triangle"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at ``x``, ``y`` in data coordinates, ``size`` pixels wide.

    Colours are names, with an alpha in front or none; an empty ``filling`` leaves the mark open.
    """

    x: float
    y: float
    symbol: Symbol
    size: float
    filling: str
    edge: str
    width: float = 1.0


class Marks(pg.GraphicsObject):
    """Draws marks; a ScatterPlotItem takes ten times as long to take others."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: tuple[Mark, ...] = ()
        self._bounds = QRectF()

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Draw these, the first one lowest."""
        if marks == self.marks:
            return
        self.prepareGeometryChange()
        self.marks = marks
        self._bounds = QPolygonF([QPointF(mark.x, mark.y) for mark in marks]).boundingRect()
        # Room at the edges, since what has no size would be culled.
        wide, high = (0.05 * size + 1e-9 for size in (self._bounds.width(), self._bounds.height()))
        self._bounds.adjust(-wide, -high, wide, high)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return where the marks are."""
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw each mark at its place."""
        to_device = painter.transform()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in self.marks:
            painter.resetTransform()
            painter.translate(to_device.map(QPointF(mark.x, mark.y)))
            painter.scale(0.5 * mark.size, 0.5 * mark.size)
            edge = QPen(QColor(mark.edge), mark.width)
            edge.setCosmetic(True)
            painter.setPen(edge)
            painter.setBrush(QColor(mark.filling) if mark.filling else Qt.BrushStyle.NoBrush)
            painter.drawPath(_outline(mark.symbol))


@cache
def _outline(symbol: Symbol) -> QPainterPath:
    """Return a symbol in a circle of radius 1."""
    path = QPainterPath()
    if symbol == "circle":
        path.addEllipse(QPointF(0.0, 0.0), 1.0, 1.0)
        return path
    if symbol == "diamond":
        corners = [(0.0, -1.0), (0.8, 0.0), (0.0, 1.0), (-0.8, 0.0)]
    elif symbol == "triangle":
        corners = [(0.0, -0.95), (0.95, 0.75), (-0.95, 0.75)]
    else:
        radii = [1.0, 0.4] * 5
        corners = [(r * sin(pi * i / 5.0), -r * cos(pi * i / 5.0)) for i, r in enumerate(radii)]
    path.addPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    path.closeSubpath()
    return path
