"""What the walk through one iteration has in hand, on the map: a part of the gradient, the increment, the move."""

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QPainterPath

from landscape_app.core.arrays import FloatArray
from landscape_app.session.backprop import INCREMENT, MOVE, next_increment
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.backprop_equations import symbol
from landscape_app.views.contour_items import PathItem, arrow_path
from landscape_app.views.palette import Palette

#: An arrow shorter than its head is drawn as long as this, in pixels.
SHORTEST = 12.0
#: Radius of the ring where the move ends, in pixels.
RING = 8.0


class WalkLayer:
    """An arrow with a dark rim: on its own it would be lost on some of the map's colours."""

    def __init__(self) -> None:
        self.rim = PathItem("#000000", 5.5, alpha=150)
        self.arrow = PathItem("#ffffff", 3.0)
        self.head = PathItem("#ffffff", 1.0, filled=True)
        self.items = (self.rim, self.arrow, self.head)
        #: Why nothing is drawn of what is in hand; empty where something is, or nothing could be.
        self.note = ""
        for height, item in enumerate(self.items):
            item.setZValue(6 + 0.1 * height)

    def set_palette(self, palette: Palette) -> None:
        """Take the colour of what is in hand."""
        self.arrow.set_colour(palette.accent)
        self.head.set_colour(palette.accent)

    def draw(self, new: Snapshot, pixel: tuple[float, float], gradient_length: float) -> None:
        """Draw what is in hand; the arrow of the whole gradient is ``gradient_length`` pixels long."""
        path, ring, self.note = QPainterPath(), QPainterPath(), ""
        if new.term in (INCREMENT, MOVE):
            path, ring = _increment(new, pixel)
        elif new.term.startswith("dL/d"):
            path = _gradient(new, pixel, gradient_length)
            if path.isEmpty() and _gradient_in_hand(new).any():
                self.note = _tr("{0}: not along this plane's axes").format(symbol(new.term))
        shaft = QPainterPath(path)
        shaft.addPath(ring)
        self.rim.setPath(shaft)
        self.arrow.setPath(shaft)
        self.head.setPath(path)
        for item in self.items:
            item.setVisible(not shaft.isEmpty())


def _gradient(new: Snapshot, pixel: tuple[float, float], whole_length: float) -> QPainterPath:
    """Return the part of the gradient's arrow that comes from the block in hand."""
    plane, part = new.map_view.plane, _gradient_in_hand(new)
    downhill, whole = -plane.along(part), -plane.along(new.grad)
    share = _on_screen(downhill, pixel) / (_on_screen(whole, pixel) or 1.0)
    if share < 1e-9:  # the block does not lie in the plane
        return QPainterPath()
    x, y = plane.project(new.theta)
    return arrow_path(QPointF(x, y), downhill, max(SHORTEST, share * whole_length), pixel)


def _gradient_in_hand(new: Snapshot) -> FloatArray:
    """Return the gradient (size,) with zeros outside of the block in hand; zeros alone if no block is."""
    part = np.zeros_like(new.grad)
    for block in new.problem.model.layout.blocks:
        if f"dL/d{block.name}" == new.term:
            part[block.start : block.stop] = new.grad[block.start : block.stop]
    return part


def _tr(text: str) -> str:
    return QCoreApplication.translate("WalkLayer", text)


def _increment(new: Snapshot, pixel: tuple[float, float]) -> tuple[QPainterPath, QPainterPath]:
    """Return the arrow from here to where the update leads, and the ring there once the move is in hand."""
    increment = next_increment(new)
    ring = QPainterPath()
    if increment is None or not np.isfinite(increment).all():
        return QPainterPath(), ring
    plane = new.map_view.plane
    x, y = plane.project(new.theta)
    to_x, to_y = plane.project(new.theta + increment)
    move = np.array([to_x - x, to_y - y])
    if new.term == MOVE:
        ring.addEllipse(QPointF(to_x, to_y), RING * pixel[0], RING * pixel[1])
    return arrow_path(QPointF(x, y), move, max(SHORTEST, _on_screen(move, pixel)), pixel), ring


def _on_screen(vector: FloatArray, pixel: tuple[float, float]) -> float:
    """Return the length in pixels of a vector (2,) in data coordinates."""
    return float(np.hypot(vector[0] / pixel[0], vector[1] / pixel[1]))
