"""One small plot of a history on the common time axis, painted directly: a dozen of them share a frame."""

import math
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.record_rows import Column
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import (
    MINUS,
    colour,
    format_number,
    linear_ticks,
    log_ticks,
    nice_log_range,
    nice_range,
    pen,
    scaled_font,
    stroke,
    tick_text,
)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What a small plot shows: a thinned line ``x``, ``y`` (p,), and all ``values`` (length,) for exact reading."""

    x: FloatArray
    y: FloatArray
    values: FloatArray | Column
    end: int


class HistoryPlot(QWidget):
    """A line over iterations 0 to ``end`` with the cursor; a click or a drag asks to move the cursor.

    Linear plots hold zero, with a soft fill down to it. Logarithmic ones show zeros at their lower edge.
    """

    cursor_requested = Signal(int)

    def __init__(self, name: str, log: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._log = log
        self._palette = DARK
        self._history: History | None = None
        self._cursor = 0
        self._hovered: int | None = None
        self._limits = (-1.0, 1.0)
        self._limits_known = False
        self._ticks: list[tuple[float, str]] = []
        self._area_known: QRectF | None = None
        self._area_size = QSize()
        self._axes: QPixmap | None = None
        self._axes_key: object = None
        self._path: QPainterPath | None = None
        self._fill = pg.Qt.internals.PrimitiveArray(QLineF, 4)
        self._path_area = QRectF()
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all that lies below is painted, too
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed if log else QSizePolicy.Policy.Expanding
        )
        self.setMaximumHeight(2 * self.sizeHint().height())
        self.setCursor(Qt.CursorShape.CrossCursor)
        if log:  # one plot in the tab order is enough: all move the same cursor
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Say whose history it is, in tooltips and to screen readers."""
        self.name = name
        self.setAccessibleName(self.tr("History of {name}").format(name=name))

    @property
    def limits(self) -> tuple[float, float]:
        """The values at the lower and the upper edge (base-10 logarithms in a logarithmic plot)."""
        if not self._limits_known and self._history is not None:
            self._choose_limits(self._history.y)
        return self._limits

    def sizeHint(self) -> QSize:
        """Return a few lines of text high; the logarithmic plot also carries the time axis."""
        line = QFontMetricsF(self.font()).height()
        return QSize(140, round(line * (4.6 if self._log else 3.9)))

    def minimumSizeHint(self) -> QSize:
        """Return the least width at which a swing can be seen."""
        return QSize(90, self.sizeHint().height())

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        self.update()

    def set_history(self, history: History) -> None:
        """Show another history."""
        self._history = history
        self._path = None
        self._limits_known = False  # chosen when painted: most rows may be out of sight
        self.update()

    def set_cursor(self, cursor: int) -> None:
        """Move the cursor line."""
        if cursor != self._cursor:
            self._cursor = cursor
            self.update()

    def _choose_limits(self, y: FloatArray) -> None:
        self._limits_known = True
        if self._log:
            positive = y[y > 0.0]
            ends = (float(positive.min()), float(positive.max())) if positive.size else (0.1, 1.0)
            low, high = nice_log_range(*ends)
            self._limits = (math.log10(low), math.log10(high))
            self._ticks = [(math.log10(t), tick_text(float(f"{t:.9g}"))) for t in log_ticks(low, high, 3)]
            return
        low, high = min(float(y.min()), 0.0), max(float(y.max()), 0.0)
        self._limits = nice_range(low, high, 8) if high > low else (-1.0, 1.0)
        self._ticks = [(t, tick_text(float(f"{t:.9g}"))) for t in linear_ticks(*self._limits, 3)]

    # --- geometry ---

    def _area(self) -> QRectF:
        if self._area_known is not None and self._area_size == self.size():
            return self._area_known
        metrics = QFontMetricsF(scaled_font(self.font(), 0.8))
        left = metrics.horizontalAdvance(f"{MINUS}0.005") + 5
        bottom = metrics.height() + 2 if self._log else metrics.height() / 2
        top = metrics.height() / 2
        self._area_size = self.size()
        self._area_known = QRectF(left, top, max(1.0, self.width() - left - 7), max(1.0, self.height() - top - bottom))
        return self._area_known

    def _to_y(self, values: FloatArray, area: QRectF) -> FloatArray:
        low, high = self.limits
        if self._log:
            values = np.log10(np.maximum(values, 10.0**low))
        return np.asarray(area.bottom() - (values - low) / (high - low) * area.height())

    def _iteration_at(self, position: QPointF) -> int | None:
        if self._history is None:
            return None
        area = self._area()
        share = (position.x() - area.left()) / area.width()
        return min(max(round(share * self._history.end), 0), len(self._history.values) - 1)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axes, line, cursor and what is hovered."""
        area, p = self._area(), self._palette
        with QPainter(self) as painter:
            if self._history is None:
                painter.fillRect(self.rect(), colour(p.panel))
                return
            key = (self.limits, self._history.end, self.size(), self.devicePixelRatioF(), p, self.font())
            if self._axes is None or self._axes_key != key:
                self._axes, self._axes_key = self._painted_axes(area, self._history.end), key
            painter.drawPixmap(0, 0, self._axes)
            if self._path is None or self._path_area != area:
                self._path, self._path_area = self._built_path(self._history, area), area
            if not self._log:
                painter.setPen(pen(p.accent, alpha=55))
                painter.drawLines(*self._fill.drawargs())
            stroke(painter, self._path, p.accent, 1.5)
            self._paint_cursor(painter, area, self._history)
            if self.hasFocus():
                painter.setPen(pen(p.accent))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def _built_path(self, history: History, area: QRectF) -> QPainterPath:
        x = area.left() + history.x / history.end * area.width()
        y = self._to_y(history.y, area)
        if not self._log:
            # A line a pixel column: filling a polygon that crosses itself costs ten times as much.
            columns = np.arange(area.left() + 0.5, float(x[-1]), 1.0 / self.devicePixelRatioF())
            self._fill.resize(len(columns))
            lines = self._fill.ndarray()
            lines[:, 0] = lines[:, 2] = columns
            lines[:, 1] = float(self._to_y(np.zeros(1), area)[0])
            lines[:, 3] = np.interp(columns, x, y)
        path: QPainterPath = pg.functions.arrayToQPath(x, y)
        return path

    def _painted_axes(self, area: QRectF, end: int) -> QPixmap:
        """Return axes, ticks and background: they change in steps alone, as the range does."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(colour(self._palette.panel))
        painter = QPainter(picture)
        painter.setFont(scaled_font(self.font(), 0.8))
        self._paint_values(painter, area)
        if self._log:
            self._paint_times(painter, area, end)
        painter.end()
        return picture

    def _paint_values(self, painter: QPainter, area: QRectF) -> None:
        p, metrics = self._palette, QFontMetricsF(painter.font())
        low, high = self.limits
        for value, text in self._ticks:
            y = area.bottom() - (value - low) / (high - low) * area.height()
            painter.setPen(pen(p.muted if value == 0.0 and not self._log else p.grid))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(colour(p.muted))
            width = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(area.left() - width - 4, y + metrics.capHeight() / 2), text)
        painter.setPen(pen(p.border))
        painter.drawLine(area.topLeft(), area.bottomLeft())

    def _paint_times(self, painter: QPainter, area: QRectF, end: int) -> None:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(colour(self._palette.muted))
        room = 1.6 * metrics.horizontalAdvance(tick_text(end, largest=1e7))
        for tick in linear_ticks(0, end, max(1, int(area.width() / room))):
            text = tick_text(tick, largest=1e7)
            width = metrics.horizontalAdvance(text)
            x = min(area.left() + tick / end * area.width() - width / 2, self.width() - width - 1)
            painter.drawText(QPointF(x, self.height() - metrics.descent()), text)

    def _paint_cursor(self, painter: QPainter, area: QRectF, history: History) -> None:
        p = self._palette
        x = area.left() + self._cursor / history.end * area.width()
        painter.setPen(pen(p.muted, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if self._cursor < len(history.values):
            y = float(self._to_y(history.values[self._cursor : self._cursor + 1], area)[0])
            painter.setPen(pen(p.panel, 1.0))
            painter.setBrush(colour(p.accent))
            painter.drawEllipse(QPointF(x, y), 3.2, 3.2)
        if self._hovered is None or self._hovered >= len(history.values):
            return
        painter.setFont(scaled_font(self.font(), 0.8))
        value = float(history.values[self._hovered])
        text = f"{self._hovered}: {format_number(value, p.digits_or(5), signed=not self._log)}"
        metrics = QFontMetricsF(painter.font())
        x = area.left() + self._hovered / history.end * area.width()
        painter.setPen(pen(p.text, 1.0))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        width = metrics.horizontalAdvance(text) + 6
        box = QRectF(min(x + 4, area.right() - width) if x + 4 + width < self.width() else x - 4 - width, 0, width, 0)
        box.moveLeft(max(0.0, box.left()))
        box.setHeight(metrics.height() + 2)
        painter.fillRect(box, colour(p.panel, 225))
        painter.setPen(colour(p.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # --- mouse and keys ---

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._area_known = None

    def event(self, event: QEvent) -> bool:
        """Give the exact value as tooltip."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().event(event)
        iteration = self._iteration_at(QPointF(event.pos()))
        if iteration is not None and self._history is not None:
            QToolTip.showText(event.globalPos(), self.exact_text(iteration), self)
        return True

    def exact_text(self, iteration: int) -> str:
        """Return the exact value at ``iteration``, and what a click does."""
        value = float(self._history.values[iteration]) if self._history is not None else math.nan
        text = self.tr("{name} at iteration {iteration}: {value}\nClick or drag to move the cursor.")
        return text.format(name=self.name, iteration=iteration, value=repr(value))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the iteration under the mouse."""
        iteration = self._iteration_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and iteration is not None:
            self.cursor_requested.emit(iteration)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the value under the mouse; dragging asks for its iteration."""
        iteration = self._iteration_at(event.position())
        if iteration is None or iteration == self._hovered:
            return
        self._hovered = iteration
        self.update()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.cursor_requested.emit(iteration)

    def leaveEvent(self, _event: QEvent) -> None:
        """Read nothing more."""
        self._hovered = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor by the arrow keys, Home and End."""
        last = 0 if self._history is None else len(self._history.values) - 1
        moves = {
            Qt.Key.Key_Left: self._cursor - 1,
            Qt.Key.Key_Right: self._cursor + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        wanted = moves.get(Qt.Key(event.key()))
        if wanted is None:
            super().keyPressEvent(event)
        else:
            self.cursor_requested.emit(min(max(wanted, 0), last))
