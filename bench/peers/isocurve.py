"""Contour lines by pyqtgraph's IsocurveItem, drawn."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from pyqtgraph.functions import isocurve
from PySide6.QtWidgets import QApplication

from bench.peers.serve import Arrays, Options, Prepared, serve


def contours(arrays: Arrays, options: Options) -> Prepared:
    """Show one item a level in a plot, and draw it."""
    application = QApplication.instance() or QApplication([])
    assert application is not None
    z, levels = np.log(arrays["loss"].T), np.log(arrays["levels"])
    plot = pg.PlotWidget()
    plot.resize(*options["size"])
    plot.setRange(xRange=(0, len(z)), yRange=(0, len(z)))

    def work() -> None:
        items = [pg.IsocurveItem(data=z, level=level, pen="w") for level in levels]
        for item in items:
            plot.addItem(item)
        plot.grab()
        for item in items:
            plot.removeItem(item)

    def result(_: None) -> Arrays:
        cell = arrays["x"][1] - arrays["x"][0]
        return {"length": np.array([length(isocurve(z, level)) * cell for level in levels])}

    return Prepared(work, result)


def length(segments: list[tuple[tuple[float, float], tuple[float, float]]]) -> float:
    """Return how long all segments are."""
    ends = np.array(segments, dtype=float)
    return float(np.hypot(*(ends[:, 1] - ends[:, 0]).T).sum()) if len(ends) else 0.0


if __name__ == "__main__":
    serve({"contours": contours}, ("pyqtgraph", "PySide6-Essentials", "numpy"))
