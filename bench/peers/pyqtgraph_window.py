"""A bare pyqtgraph window with one plot and one surface; writes "ready" when it answers."""

import sys

import numpy as np
import pyqtgraph as pg
import pyqtgraph.opengl as gl
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

NODES = 129


class FirstPaint(QObject):
    """Waits until every one of some widgets has been painted, and then for the event loop's next turn."""

    def __init__(self, widgets: list[QWidget]) -> None:
        super().__init__()
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


def main() -> None:
    """Show the window until it has answered."""
    application = QApplication([])
    window = QWidget()
    window.resize(1440, 900)
    layout = QHBoxLayout(window)
    plot = pg.PlotWidget()
    plot.plot(np.arange(100.0), np.random.default_rng(0).random(100))
    view = gl.GLViewWidget()
    x = np.linspace(-5.0, 5.0, NODES)
    view.addItem(gl.GLSurfacePlotItem(x=x, y=x, z=np.add.outer(x**2, x**2) / 10.0, shader="shaded"))
    layout.addWidget(plot, 1)
    layout.addWidget(view, 1)
    first = FirstPaint([plot.viewport(), view])
    window.show()
    application.exec()
    del first


if __name__ == "__main__":
    main()
