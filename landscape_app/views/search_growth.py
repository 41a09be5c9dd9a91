"""How the answer grows with the number of parameters: one dot for each size."""

import math

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from landscape_app.session.search import SearchTable, verdict
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.palette import Palette
from landscape_app.views.plotting import nice_log_range
from landscape_app.views.plotting_items import Curve, Dots
from landscape_app.views.plotting_widgets import QuietPlot, TextLine
from landscape_app.views.search_words import count_text


def advantage(table: SearchTable, cost: float) -> tuple[float, str]:
    """Return how many times as many evaluations random search needs: below 1 where it is the better one.

    Before it stands ">" or "<" where that is the least, or the most, that it can be.
    """
    found = verdict(table, cost)
    if found is None:
        return math.nan, ""
    if found.descent_wins is None:
        return 1.0, ""
    if found.descent_wins:
        return found.factor, ">" if found.stuck else ""
    if found.climbed:  # already the start is better: it takes less than one evaluation
        return 1.0 / found.spent, "<"
    return 1.0 / found.factor, "<" if found.stuck else ""


class GrowthPlot(QWidget):
    """The factor over the number of parameters, both logarithmic, and in words from the smallest to the largest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = QuietPlot(self)
        for axis in (self.plot.x_axis, self.plot.y_axis):
            axis.set_log(True)
        self.plot.x_axis.setLabel(self.tr("parameters"))
        self.plot.tooltip = lambda _x, _y: self.readout.text()
        describe(
            self.plot,
            self.tr("How the answer grows with the number of parameters"),
            self.tr("How many times as many evaluations random search needs, by the number of parameters"),
        )
        self.plot.setToolTip("")
        self._curve, self._dots = Curve(), Dots(6.0)
        self.plot.add(self._curve, 0)
        self.plot.add(self._dots, 1)
        self.title = muted_label(
            self.tr("How many times as many evaluations random search needs, by the number of parameters:")
        )
        self.readout = TextLine(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.readout)
        column.addWidget(self.plot, 1)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self.plot.set_palette(palette)
        self._curve.set_look(palette.accent, 1.5)
        self._dots.set_colour(palette.accent)
        self.readout.set_colour(palette.text)

    def show_table(self, table: SearchTable | None, cost: float) -> None:
        """Draw what is known of the other sizes."""
        grown = () if table is None else table.growth
        found = [(one.parameters, *advantage(one.table, cost)) for one in grown]
        drawn = [(p, a) for p, a, _ in found if math.isfinite(a)]
        x, y = np.array([p for p, _ in drawn], dtype=np.float64), np.array([a for _, a in drawn])
        for item in (self._curve, self._dots):
            item.setVisible(bool(drawn))
        if drawn:
            self._curve.set_points(np.log10(x), np.log10(y))
            self._dots.set_points(np.log10(x), np.log10(y))
            (x0, x1), (y0, y1) = nice_log_range(x.min(), x.max()), nice_log_range(0.9 * y.min(), 1.1 * y.max())
            self.plot.set_limits((math.log10(x0), math.log10(x1)), (math.log10(y0), math.log10(y1)))
        self.readout.set_text(_words(self, found))
        self.readout.setToolTip(self.readout.text())


def _words(widget: QWidget, found: list[tuple[int, float, str]]) -> str:
    """Return the factor of each size in words."""
    parts = []
    for parameters, factor, bound in found:
        if not math.isfinite(factor):
            continue
        text = f"{bound} {count_text(factor)} ×".strip()
        parts.append(widget.tr("{0} for {1}").format(text, parameters))
    return " · ".join(parts)
