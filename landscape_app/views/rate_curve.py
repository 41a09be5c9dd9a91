"""The learning rate over the iterations, past and to come, with the cursor on it."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.rates import horizon, rate_curve
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, format_number, pen, scaled_font, tick_text, time_end

#: Pixels that the curve is high, and that are left free beside it.
HEIGHT, MARGIN = 46.0, 6.0


class RateCurve(QWidget):
    """Draws the rates of a run: what was recorded strongly, what is to come faintly; says the one at the cursor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._drawn: Snapshot | None = None
        self._end = 0
        self._curve: tuple[FloatArray, FloatArray] = (np.zeros(0), np.zeros(0))
        self.text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours, and the number of digits."""
        self._palette = palette
        if self._drawn is not None:
            self._tell(self._drawn)
        self.update()

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the rates of the snapshot's run; they are computed again only if the run is another, or longer."""
        old, self._drawn = self._drawn, new
        end = time_end(horizon(new.experiment.run, new.timeline.last))
        if old is None or old.experiment.run is not new.experiment.run or end != self._end:
            self._end = end
            iterations, rates = rate_curve(new.experiment.run, end)
            self._curve = iterations.astype(np.float64), rates
        if old is None or (old.settings, old.cursor, old.timeline) != (new.settings, new.cursor, new.timeline):
            self._tell(new)
        self.update()

    def _tell(self, shown: Snapshot) -> None:
        digits = self._palette.digits_or(4)
        now = shown.settings.hyper.get("learning_rate", 0.0)
        base = shown.settings.set_hyper.get("learning_rate", 0.0)
        self.text = self.tr("η = {0} at iteration {1:,}").format(format_number(now, digits), shown.cursor)
        share = now / base if base else 1.0
        about = self.tr(
            "The learning rate over the iterations: {0}.\n"
            "That is {1} times the learning rate that is set, {2}. Recorded iterations are drawn strongly."
        )
        describe(
            self,
            self.tr("Learning rate by iteration"),
            about.format(self.text, format_number(share, digits), format_number(base, digits)),
        )

    def sizeHint(self) -> QSize:
        """Return the room for the curve, a line of text above it and its ends below."""
        line = self.fontMetrics().height()
        return QSize(200, int(HEIGHT + 2 * line + 2))

    def minimumSizeHint(self) -> QSize:
        """Make do with little width."""
        return QSize(120, self.sizeHint().height())

    def place_of(self, iteration: float, rate: float) -> QPointF:
        """Return where a rate stands on the widget, in pixels."""
        area, top = self._area(), self._top()
        x = area.left() + area.width() * iteration / max(1, self._end)
        return QPointF(x, area.bottom() - area.height() * (rate / top if top > 0.0 else 0.0))

    def _area(self) -> QRectF:
        line = float(self.fontMetrics().height())
        return QRectF(MARGIN, line + 4.0, max(1.0, self.width() - 2.0 * MARGIN), HEIGHT - 4.0)

    def _top(self) -> float:
        rates = self._curve[1]
        return float(np.nanmax(rates, initial=0.0))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the curve, the cursor and the numbers."""
        if self._drawn is None:
            return
        p, area, shown = self._palette, self._area(), self._drawn
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(scaled_font(self.font(), 0.85))
            metrics = painter.fontMetrics()
            painter.setPen(colour(p.text))
            painter.drawText(QPointF(0.0, metrics.ascent()), self.text)
            painter.setPen(pen(p.grid))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
            painter.drawLine(area.topLeft(), area.topRight())
            painter.setPen(colour(p.muted))
            top = tick_text(float(f"{self._top():.3g}"))
            painter.drawText(QPointF(self.width() - metrics.horizontalAdvance(top), metrics.ascent()), top)
            below = area.bottom() + metrics.ascent() + 2
            painter.drawText(QPointF(0.0, below), "0")
            end = f"{self._end:,}"
            painter.drawText(QPointF(self.width() - metrics.horizontalAdvance(end), below), end)
            self._draw_curve(painter, shown.timeline.last)
            self._draw_cursor(painter, shown)

    def _draw_curve(self, painter: QPainter, last: int) -> None:
        iterations, rates = self._curve
        seen = iterations <= last
        edge = np.interp(last, iterations, rates) if iterations.size else 0.0
        past = np.append(iterations[seen], float(last)), np.append(rates[seen], edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for (x, y), alpha, width in (((iterations, rates), 110, 1.4), (past, 255, 2.0)):
            path = QPainterPath()
            for number, (iteration, rate) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
                place = self.place_of(iteration, rate)
                if number:
                    path.lineTo(place)
                else:
                    path.moveTo(place)
            painter.setPen(pen(self._palette.accent, width, alpha=alpha))
            painter.drawPath(path)

    def _draw_cursor(self, painter: QPainter, shown: Snapshot) -> None:
        p, area = self._palette, self._area()
        place = self.place_of(shown.cursor, shown.settings.hyper.get("learning_rate", 0.0))
        painter.setPen(pen(p.muted, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(place.x(), area.top()), QPointF(place.x(), area.bottom()))
        painter.setPen(pen(p.panel))
        painter.setBrush(colour(p.accent))
        painter.drawEllipse(place, 4.0, 4.0)
