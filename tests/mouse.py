"""The mouse moved over a widget, with a button down or none."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


def move_mouse(widget: QWidget, place: QPointF, down: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Let ``widget`` hear that the mouse is at ``place`` of it, while ``down`` is pressed."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(widget.mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        down,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)
