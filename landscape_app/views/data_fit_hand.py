"""What a hand does to the data in their view: take a point and move it, put one down, take one away."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from landscape_app.views.plotting_widgets import QuietPlot

#: Pixels that the mouse must go before a click becomes a drag.
SLACK = 4.0
#: Part of the view's width or height by which Shift and an arrow key move a point.
NUDGE = 0.01

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class DataHand(QObject):
    """Watches the plot's mouse and keys. Which point is meant, and what becomes of it, is for others to say."""

    #: The mouse takes whatever lies here.
    taken = Signal(float, float)
    #: What was taken is here now.
    dragged = Signal(float, float)
    #: What was dragged is left where it is.
    let_go = Signal()
    #: A point is wanted here.
    put = Signal(float, float)
    #: The chosen point is to go.
    deleted = Signal()
    #: The point after the chosen one is to be chosen, or the one before (-1).
    stepped = Signal(int)
    #: The chosen point is to move by so many parts of the view, right and up.
    nudged = Signal(float, float)
    #: A point is wanted in the middle of the view.
    inserted = Signal()

    def __init__(self, plot: QuietPlot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plot = plot
        self._down: QPointF | None = None
        self.dragging = False
        plot.grabbed.connect(self._on_grabbed)
        plot.pressed.connect(self._on_pressed)
        plot.released.connect(self._on_released)
        plot.double_clicked.connect(self.put)
        plot.installEventFilter(self)

    @Slot(float, float)
    def _on_grabbed(self, x: float, y: float) -> None:
        self._down, self.dragging = QPointF(x, y), False
        self.taken.emit(x, y)

    @Slot(float, float)
    def _on_pressed(self, x: float, y: float) -> None:
        if self._down is None:
            return
        if not self.dragging:
            (x0, x1), (y0, y1) = self._plot.box.viewRange()
            area = self._plot.box.sceneBoundingRect()
            away = QPointF(
                (x - self._down.x()) / ((x1 - x0) or 1.0) * area.width(),
                (y - self._down.y()) / ((y1 - y0) or 1.0) * area.height(),
            )
            self.dragging = away.manhattanLength() > SLACK
        if self.dragging:
            self.dragged.emit(x, y)

    @Slot()
    def _on_released(self) -> None:
        dragged = self.dragging
        self._down, self.dragging = None, False
        if dragged:
            self.let_go.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean something here, before the menus do."""
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
            return False
        act = self._action(event)
        if act is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            signal, *words = act
            signal.emit(*words)
        return True

    def _action(self, event: QKeyEvent) -> tuple | None:  # type: ignore[type-arg]
        key, shifted = Qt.Key(event.key()), event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in _ARROWS and shifted:
            right, up = _ARROWS[key]
            return self.nudged, NUDGE * right, NUDGE * up
        if key in _ARROWS and plain:
            right, up = _ARROWS[key]
            return self.stepped, right + up
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and plain:
            return (self.deleted,)
        if key == Qt.Key.Key_Insert and plain:
            return (self.inserted,)
        return None
