"""The largest curvature along the path, beside the one at which the rule begins to diverge: the edge of stability."""

import math

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.sharpness import Sharpness, edge_line
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number, nice_log_range, pen, time_end
from landscape_app.views.plotting_items import CursorLine, Curve, DashedCurve, Dots
from landscape_app.views.plotting_widgets import Legend, QuietPlot, TextLine

#: The edge is drawn only while it is within this factor of the curvature: else it would squeeze the curve.
NEAR = 300.0


class SharpnessPlot(QWidget):
    """λmax at some sixty of the recorded iterations, and the edge at each; both on a logarithmic axis."""

    #: Leave the rest of the curve.
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._drawn: Snapshot | None = None
        self._edge: tuple[FloatArray, FloatArray] = (np.empty(0), np.empty(0))
        self.plot = QuietPlot(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.y_axis.set_log(True)
        self.plot.tooltip = self.exact_text
        describe(
            self.plot,
            self.tr("Largest curvature by iteration"),
            self.tr("The arrow keys, Home and End move the cursor."),
        )
        self.plot.setToolTip("")
        self._curve, self._dots, self._edge_curve, self._cursor = Curve(), Dots(4.0), DashedCurve(), CursorLine()
        for z, item in enumerate((self._edge_curve, self._curve, self._dots, self._cursor)):
            self.plot.add(item, z)
        self.legend, self.readout = Legend(self), TextLine(self)
        self.stop_button = QToolButton(self)
        self.stop_button.setText(self.tr("Stop"))
        describe(self.stop_button, self.tr("Stop"), self.tr("Leave the curve of the largest curvature as it is"))
        self.stop_button.clicked.connect(self.stop_requested)
        self.stop_button.setObjectName("small")
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 2, 0)
        head.addWidget(self.legend, 2)
        head.addWidget(self.readout, 3)
        head.addWidget(self.stop_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.plot, 1)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self.plot.set_palette(palette)
        self._curve.set_look(palette.accent, 1.5)
        self._dots.set_colour(palette.accent)
        self._edge_curve.set_pen(pen(palette.warning, 1.5, Qt.PenStyle.DashLine))
        self._cursor.set_palette(palette)
        self.readout.set_colour(palette.muted)
        if self._drawn is not None:
            self._show_words(self._drawn)

    def render_snapshot(self, new: Snapshot) -> None:
        """Draw what is known of the curve."""
        old, self._drawn = self._drawn, new
        if (
            old is None
            or old.sharpness is not new.sharpness
            or old.timeline.last != new.timeline.last
            or old.experiment.run is not new.experiment.run
        ):
            self._draw(new)
        self._cursor.setValue(new.cursor)
        self._show_words(new)

    def _draw(self, new: Snapshot) -> None:
        x, values = _known(new.sharpness)
        self._edge = edge_line(new.experiment.run, new.timeline.last)
        edge_x, edge = self._edge
        drawn = np.isfinite(edge) & (edge > 0.0)
        if values.size:
            drawn &= (edge < NEAR * values.max()) & (edge > values.min() / NEAR)
        self._edge_curve.setVisible(bool(drawn.any()))
        self._curve.setVisible(values.size > 0)
        self._dots.setVisible(values.size > 0)
        shown = np.concatenate((values, edge[drawn]))
        end = time_end(new.timeline.last)
        low, high = nice_log_range(float(shown.min()), float(shown.max())) if shown.size else (0.1, 10.0)
        self.plot.set_limits((-0.015 * end, 1.015 * end), (math.log10(low), math.log10(high)))
        if values.size:
            self._curve.set_points(x, np.log10(values))
            self._dots.set_points(x, np.log10(values))
        if drawn.any():
            self._edge_curve.set_points(edge_x[drawn], np.log10(edge[drawn]))

    # --- words ---

    def _show_words(self, new: Snapshot) -> None:
        p = self._palette
        entries = [(self.tr("λmax"), pen(p.accent, 1.5))]
        if np.isfinite(self._edge[1]).any():
            plain = new.settings.optimizer.name == "gradient-descent"
            name = self.tr("2/η") if plain else self.tr("edge")
            entries.append((name, pen(p.warning, 1.5, Qt.PenStyle.DashLine)))
        self.legend.set_entries(entries, p)
        curve = new.sharpness
        busy = curve is not None and curve.busy and not new.playing
        self.stop_button.setVisible(busy)
        self.readout.set_text(self.text_at(new.cursor))

    def text_at(self, iteration: int) -> str:
        """Return the curvature at the iteration nearest to ``iteration`` where it is known, and the edge there."""
        new = self._drawn
        if new is None:
            return ""
        curve = new.sharpness
        x, values = _known(curve)
        parts = []
        if curve is not None and curve.busy and not new.playing:
            parts.append(self.tr("{0} of {1} points").format(len(curve.iterations), curve.wanted))
        elif curve is not None and curve.stopped and len(curve.iterations) < curve.wanted:
            parts.append(self.tr("stopped at {0} of {1} points").format(len(curve.iterations), curve.wanted))
        if values.size:
            i = int(np.argmin(np.abs(x - iteration)))
            parts.append(self.tr("{0:,}: λmax {1}").format(int(x[i]), format_number(float(values[i]), 4)))
        edge_x, edge = self._edge
        if edge_x.size:
            j = int(np.argmin(np.abs(edge_x - iteration)))
            if np.isfinite(edge[j]):
                parts.append(self.tr("edge {0}").format(format_number(float(edge[j]), 4)))
            elif not np.isfinite(edge).any():
                parts.append(self.tr("no edge: {0} scales each step").format(new.settings.optimizer.title))
        return " · ".join(parts) or self.tr("computed as soon as the run rests")

    def exact_text(self, x: float, _y: float) -> str:
        """Return the numbers at the iteration nearest to ``x``, and what the curve is."""
        about = self.tr(
            "λmax is the largest curvature, the largest eigenvalue of the Hessian over all the data.\n"
            "The dashed line is the edge, beyond which the rule overshoots: 2/η for gradient descent. On the way down\n"
            "λmax often climbs there and stays: the “edge of stability” (Cohen et al. 2021).\n"
            "Click or drag to move the cursor."
        )
        return f"{self.text_at(round(x))}\n{about}"


def _known(curve: Sharpness | None) -> tuple[FloatArray, FloatArray]:
    """Return iterations (p,) and λmax (p,) that can be drawn on a logarithmic axis."""
    if curve is None:
        return np.empty(0), np.empty(0)
    x = np.array(curve.iterations, dtype=np.float64)
    good = np.isfinite(curve.values) & (curve.values > 0.0)
    return x[good], curve.values[good]
