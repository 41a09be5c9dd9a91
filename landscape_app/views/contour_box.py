"""The map's mouse and wheel: left sets the start, the wheel zooms, other drags pan.

The events are pyqtgraph's own, which have no types.
"""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal


class MapBox(pg.ViewBox):
    """Left click or drag: ``start_picked`` in data coordinates. Wheel, Shift drag, other buttons: zoom and pan."""

    start_picked = Signal(float, float)
    moved_by_hand = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.setMouseEnabled(True, True)
        self.disableAutoRange()

    def _pick(self, position: QPointF) -> None:
        point = self.mapToView(position)
        self.start_picked.emit(point.x(), point.y())

    def mouseClickEvent(self, event: Any) -> None:
        """Take a left click as the start."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self._pick(event.pos())

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Drag the start with the left button, the map with any other or with Shift."""
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.button() == Qt.MouseButton.LeftButton and not shifted:
            event.accept()
            self._pick(event.pos())
            return
        event.accept()
        delta = self.mapToView(event.lastPos()) - self.mapToView(event.pos())
        self.translateBy(x=delta.x(), y=delta.y())
        self.moved_by_hand.emit()

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom around the mouse."""
        factor = 1.0015 ** -event.delta()
        centre = self.mapToView(event.pos())
        event.accept()
        self.zoom(factor, centre)

    def zoom(self, factor: float, centre: QPointF | None = None) -> None:
        """Scale both ranges by ``factor`` around ``centre`` (the middle, if None)."""
        self.scaleBy((factor, factor), center=centre)
        self.moved_by_hand.emit()
