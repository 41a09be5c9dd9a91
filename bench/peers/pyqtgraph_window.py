"""A bare pyqtgraph window with one plot and one surface; writes "ready" when it answers."""

import numpy as np
import pyqtgraph as pg
import pyqtgraph.opengl as gl
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from bench.first_paint import FirstPaint

NODES = 129


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
