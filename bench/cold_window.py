"""The program's own start; writes "ready" when its window answers."""

import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

import landscape_app.app
from bench.waiting import painted_by
from landscape_app.cli import main


class Watched(landscape_app.app.Explorer):
    """The explorer, whose window tells when map and surface have been painted and the event loop answers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        window = self.window
        self._left: list[QWidget] = [painted_by(window.contour), painted_by(window.surface)]
        for widget in self._left:
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


if __name__ == "__main__":
    landscape_app.app.Explorer = Watched  # type: ignore[misc]
    sys.exit(main([]))
