"""Loss against evaluations spent, of the descent and of many random searches; both axes logarithmic."""

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.search import SearchTable
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number, nice_log_range, pen
from landscape_app.views.plotting_items import Curve
from landscape_app.views.plotting_widgets import Legend, QuietPlot, TextLine
from landscape_app.views.search_words import count_text, rule_title

#: Points along each curve.
POINTS = 400
#: So many times the start's loss is still shown.
FAR = 1e3


class Band(pg.GraphicsObject):
    """The area between two curves."""

    def __init__(self) -> None:
        super().__init__()
        self._polygon = QPolygonF()
        self._colour = QColor("#888888")

    def set_points(self, x: FloatArray, low: FloatArray, high: FloatArray) -> None:
        """Fill what lies between ``low`` and ``high`` (p,) over ``x`` (p,)."""
        self.prepareGeometryChange()
        there = [QPointF(a, b) for a, b in zip(x, high, strict=True)]
        back = [QPointF(a, b) for a, b in zip(x[::-1], low[::-1], strict=True)]
        self._polygon = QPolygonF(there + back)
        self.update()

    def set_colour(self, name: str, alpha: int) -> None:
        """Take a colour."""
        self._colour = QColor(name)
        self._colour.setAlpha(alpha)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return where the band is."""
        return self._polygon.boundingRect().adjusted(-0.01, -0.01, 0.01, 0.01)

    def paint(self, painter: QPainter, *_: object) -> None:
        """Fill it."""
        painter.setPen(pen(self._colour.name(), alpha=0))
        painter.setBrush(self._colour)
        painter.drawPolygon(self._polygon)


class SearchPlot(QWidget):
    """Legend, plot, and the numbers under the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._table: SearchTable | None = None
        self._cost = 1.0
        self._at: float | None = None
        self.plot = QuietPlot(self)
        for axis in (self.plot.x_axis, self.plot.y_axis):
            axis.set_log(True)
        self.plot.x_axis.setLabel(self.tr("evaluations of the loss"))
        self._name_losses(whole=True)
        self.plot.tooltip = lambda x, _y: self.text_at(10.0**x)
        describe(
            self.plot,
            self.tr("Lowest loss by evaluations spent"),
            self.tr(
                "The lowest loss so far, of the descent and of the random searches. A descent in batches does not\n"
                "know the loss over all the data: of it, the loss that it stays at or below to the end of its\n"
                "evaluations."
            ),
        )
        self.plot.setToolTip("")
        self._band, self._descent, self._median = Band(), Curve(), Curve()
        items: tuple[Any, ...] = (self._band, self._median, self._descent)
        for z, item in enumerate(items):
            self.plot.add(item, z)
            item.setVisible(False)
        self.legend, self.readout = Legend(self), TextLine(self)
        self.plot.hovered.connect(self._on_hovered)
        self.plot.left.connect(self._on_left)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        column.addWidget(self.readout)

    def _name_losses(self, whole: bool) -> None:
        """Name the axis of the losses: of a descent in batches, too, it is what the curves stay at or below."""
        name = self.tr("lowest loss") if whole else self.tr("loss from there on, at most")
        if name != self.plot.y_axis.labelText:
            self.plot.y_axis.setLabel(name)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self.plot.set_palette(palette)
        self._descent.set_look(palette.path, 2.0)
        self._median.set_look(palette.accent, 2.0)
        self._band.set_colour(palette.accent, 70)
        self.readout.set_colour(palette.muted)
        self._show_words()

    def show_table(self, table: SearchTable | None, cost: float) -> None:
        """Draw what is known, with a gradient counted as ``cost`` evaluations."""
        if (table, cost) == (self._table, self._cost):
            return
        self._table, self._cost = table, cost
        self._draw()
        self._show_words()

    def _draw(self) -> None:
        table = self._table
        descent = None if table is None else table.descent_trace(self._cost)
        searched = table is not None and bool(table.searches)
        for item in (self._band, self._median):
            item.setVisible(searched)
        self._descent.setVisible(False)
        if table is None:
            return
        end = float(table.wish.evaluations)
        spent = np.geomspace(1.0, max(end, 2.0), POINTS)
        shown: list[FloatArray] = []
        own = spent[spent <= table.descent_end(self._cost)]
        if descent is not None and own.size:
            self._descent.setVisible(True)
            self._name_losses(table.descent is not None and table.descent.whole)
            losses = _drawable(descent.at(own / self._cost))
            shown.append(losses)
            self._descent.set_points(np.log10(own), np.log10(losses))
        if searched:
            low, median, high = _drawable(table.quantiles(spent))
            shown += [low, median, high]
            self._median.set_points(np.log10(spent), np.log10(median))
            self._band.set_points(np.log10(spent), np.log10(low), np.log10(high))
        if not shown:
            return
        every = np.concatenate(shown)
        least, most = float(every.min()), float(every.max())
        if table.descent is not None:  # one that runs away leaves the plot, and the searches stay to be seen
            most = min(most, FAR * max(least, float(table.descent.loss[0])))
        low_end, high_end = nice_log_range(least, most)
        self.plot.set_limits((-0.02, 1.02 * math.log10(max(end, 2.0))), (math.log10(low_end), math.log10(high_end)))

    # --- words ---

    def _show_words(self) -> None:
        p, table = self._palette, self._table
        if table is None:
            self.legend.set_entries([], p)
            self.readout.set_text("")
            return
        entries = [(rule_title(table), pen(p.path, 2.0))]
        if table.searches:
            entries.append((self.tr("median of {0} random searches").format(len(table.searches)), pen(p.accent, 2.0)))
            entries.append((self.tr("the middle half of them"), pen(p.accent, 7.0, alpha=70)))
        self.legend.set_entries(entries, p)
        self.readout.set_text(self.text_at(table.descent_end(self._cost) if self._at is None else self._at))

    def text_at(self, spent: float) -> str:
        """Return the losses after so many evaluations."""
        table = self._table
        if table is None:
            return ""
        spent = min(max(1.0, spent), float(table.wish.evaluations))
        at, digits = np.array([spent]), self._palette.digits_or(4)
        parts = [self.tr("after {0}").format(count_text(round(spent)))]
        descent, end = table.descent_trace(self._cost), table.descent_end(self._cost)
        if descent is not None and spent > end:
            parts.append(self.tr("{0} ended after {1}").format(rule_title(table), count_text(end)))
        elif descent is not None:
            loss = float(descent.at(at / self._cost)[0])
            parts.append(self.tr("{0} {1}").format(rule_title(table), format_number(loss, digits)))
        if table.searches:
            low, median, high = (format_number(float(v), digits) for v in table.quantiles(at)[:, 0])
            parts.append(self.tr("random search {0} ({1} to {2})").format(median, low, high))
        return " · ".join(parts)

    def _on_hovered(self, x: float, _y: float) -> None:
        self._at = 10.0 ** min(max(x, 0.0), 12.0)
        self._show_words()

    def _on_left(self) -> None:
        self._at = None
        self._show_words()


def _drawable(losses: FloatArray) -> FloatArray:
    """Return losses that have a logarithm."""
    found: FloatArray = np.clip(np.nan_to_num(losses, nan=1e300, posinf=1e300), 1e-300, 1e300)
    return found
