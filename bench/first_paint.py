"""When a window has been painted for the first time and its event loop goes on: it answers."""

import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class FirstPaint(QObject):
    """Waits until each of some widgets has been painted; at the event loop's next turn writes "ready" and quits."""

    def __init__(self, widgets: list[QWidget], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = list(widgets)
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a first paint."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched in self._left:
            self._left.remove(watched)
            if not self._left:
                QTimer.singleShot(0, self._answer)
        return False

    def _answer(self) -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        QTimer.singleShot(0, QApplication.quit)
