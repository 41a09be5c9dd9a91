"""What all plots share: how numbers are written, where ticks stand, how long series are thinned, how axes look."""

import math
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape.levels import LossScale
from landscape_app.session.records import Timeline
from landscape_app.views.palette import Palette

MINUS = "\N{MINUS SIGN}"


# --- numbers ---------------------------------------------------------------------------------------------------------


def format_number(value: float, digits: int = 5, signed: bool = False) -> str:
    """Return ``value`` with ``digits`` significant digits and a real minus sign; ``signed`` adds the plus, too."""
    if math.isnan(value):
        return "NaN"
    sign = MINUS if value < 0.0 else "+" if signed and value > 0.0 else ""
    if math.isinf(value):
        return f"{sign}∞"
    if value == 0.0:
        return "0"
    mantissa, _, exponent_text = f"{abs(value):.{digits - 1}e}".partition("e")
    exponent = int(exponent_text)
    if -3 <= exponent < 6:
        return f"{sign}{abs(value):.{max(0, digits - 1 - exponent)}f}"
    return f"{sign}{mantissa}e{MINUS if exponent < 0 else ''}{abs(exponent)}"


def tick_text(value: float) -> str:
    """Return the short form of a round number: no zeros at the end, powers of ten beyond 10,000 and below 0.001."""
    text = f"{abs(value):.10g}"
    if value and not 1e-3 <= abs(value) < 1e5:
        mantissa, _, exponent = f"{abs(value):.9e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", MINUS)
    return f"{MINUS if value < 0 else ''}{text}"


# --- ranges and ticks ------------------------------------------------------------------------------------------------


def nice_step(span: float, most: int) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that cuts ``span`` > 0 into at most ``most`` parts."""
    raw = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    return next((factor * power for factor in (1.0, 2.0, 5.0) if raw <= factor * power * (1 + 1e-9)), 10.0 * power)


def nice_range(low: float, high: float, parts: int = 4) -> tuple[float, float]:
    """Widen a range outwards to round numbers, so that it changes in steps; one value alone gets room around it."""
    if not high > low:
        room = 0.5 * abs(low) or 1.0
        low, high = low - room, high + room
    step = nice_step(high - low, parts)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def nice_log_range(low: float, high: float) -> tuple[float, float]:
    """Widen a positive range outwards to 1, 2 or 5 times a power of ten."""
    decade = 10.0 ** math.floor(math.log10(low))
    below = max((f * decade for f in (1.0, 2.0, 5.0) if f * decade <= low), default=decade)
    decade = 10.0 ** math.floor(math.log10(high))
    above = next((f * decade for f in (1.0, 2.0, 5.0) if f * decade >= high), 10.0 * decade)
    return below, above if above > below else 2.0 * above


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers inside the range, at most about ``most`` of them."""
    if not high > low:
        return []
    step = nice_step(high - low, max(1, most))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def time_end(last: int) -> int:
    """Return where the common time axis ends: at least 10, and in steps, so that it does not move at each frame."""
    if last <= 10:
        return 10
    unit = max(1, int(10 ** (len(str(last)) - 1)) // 5)
    return -(-last // unit) * unit


# --- long series -----------------------------------------------------------------------------------------------------


class Envelope:
    """Smallest and largest of each bucket of a growing series, so that a long one costs no more than a short one.

    Buckets hold 1, 2, 4, ... rows, so that there are at most ``most``; what was seen is not read again.
    """

    def __init__(self, most: int = 512) -> None:
        self.most = most
        self.clear()

    def clear(self) -> None:
        """Forget all rows."""
        self.length = 0
        self.every = 1
        self.low = self.high = np.empty(0)

    def extend(self, rows: FloatArray) -> None:
        """Take ``rows`` (length,) or (length, c), which begin with those seen so far."""
        while len(rows) > self.most * self.every:
            self._halve()
        begin = self.length // self.every  # the last bucket may have been incomplete
        new = rows[begin * self.every :]
        if len(new) == 0:
            return
        starts = np.arange(0, len(new), self.every)
        low, high = np.minimum.reduceat(new, starts), np.maximum.reduceat(new, starts)
        self.low = np.concatenate((self.low[:begin], low)) if begin else low
        self.high = np.concatenate((self.high[:begin], high)) if begin else high
        self.length = len(rows)

    def _halve(self) -> None:
        self.every *= 2
        if len(self.low):
            pairs = np.arange(0, len(self.low), 2)
            self.low, self.high = np.minimum.reduceat(self.low, pairs), np.maximum.reduceat(self.high, pairs)

    def points(self) -> tuple[FloatArray, FloatArray]:
        """Return x (p,) and y (p,) or (p, c) of a line that looks like the whole series."""
        if self.every == 1:
            return np.arange(self.length, dtype=np.float64), self.low
        begins = np.arange(len(self.low)) * self.every
        ends = np.minimum(begins + self.every, self.length) - 1
        y = np.empty((2 * len(begins), *self.low.shape[1:]))
        # High first: most losses fall, so that the line runs on without a zigzag.
        y[0::2], y[1::2] = self.high, self.low
        return np.column_stack((begins, ends)).ravel().astype(np.float64), y


def same_beginning(old: Timeline, new: Timeline) -> bool:
    """Whether ``new`` begins with all that ``old`` holds, so that only what follows has to be read.

    Rows once written are never changed, so that the same memory means the same rows; when a history grew out
    of its memory the records are compared.
    """
    if new.length < old.length:
        return False
    if new.loss.base is old.loss.base:
        return True
    last = old.last
    return (
        old.grad.shape[1] == new.grad.shape[1]
        and np.array_equal(old.grad[last], new.grad[last])
        and np.array_equal(old.theta[last], new.theta[last])
        and np.array_equal(old.loss, new.loss[: old.length])
        and np.array_equal(old.batch_loss, new.batch_loss[: old.length])
    )


# --- looks -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def colour(name: str, alpha: int = 255) -> QColor:
    """Return a palette's colour, more or less transparent; it is shared, so nobody may change it."""
    result = QColor(name)
    result.setAlpha(alpha)
    return result


def truth_colour(palette: Palette) -> str:
    """Return the ground truth's colour on a panel; the map's pale yellow is unreadable on white."""
    return palette.truth if palette.dark else palette.warning


@lru_cache(maxsize=256)
def pen(name: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine, alpha: int = 255) -> QPen:
    """Return a pen whose width does not depend on the zoom; it is shared, so nobody may change it."""
    result = QPen(colour(name, alpha), width, style)
    result.setCosmetic(True)
    return result


def scaled_font(font: QFont, factor: float, bold: bool = False) -> QFont:
    """Return ``font`` at another size, with digits of equal width; it is shared, so nobody may change it."""
    return _scaled_font(font.toString(), factor, bold)


@lru_cache(maxsize=256)
def _scaled_font(description: str, factor: float, bold: bool) -> QFont:
    font, result = QFont(), QFont()
    font.fromString(description)
    result.fromString(description)
    if font.pointSizeF() > 0:
        result.setPointSizeF(max(7.0, font.pointSizeF() * factor))
    else:
        result.setPixelSize(max(9, round(font.pixelSize() * factor)))
    result.setBold(bold)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def stroke(painter: QPainter, path: QPainterPath, name: str, width: float) -> None:
    """Draw a line of ``width`` as hairlines side by side: a wider pen takes up to thirty times as long."""
    ratio = painter.device().devicePixelRatioF()
    passes = max(1, math.ceil(width * ratio))
    spread = max(0.0, width * ratio - 1.0)
    before = painter.transform()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for i in range(passes):
        shift = 0.0 if passes == 1 else spread * (i / (passes - 1) - 0.5)
        painter.setTransform(before * QTransform.fromTranslate(0.0, shift / ratio))
        painter.strokePath(path, pen(name))
    painter.setTransform(before)


class Curve(pg.GraphicsObject):
    """A line through many points, drawn fast."""

    def __init__(self) -> None:
        super().__init__()
        self._path = QPainterPath()
        self._bounds = QRectF()
        self._look = ("#000000", 1.0)

    def set_points(self, x: FloatArray, y: FloatArray) -> None:
        """Draw the line through finite points."""
        self.prepareGeometryChange()
        self._path = pg.functions.arrayToQPath(x, y)
        # Room at the edges, since a flat line would be culled.
        bounds = self._path.boundingRect()
        wide, high = 0.01 * bounds.width() + 1e-6, 0.01 * bounds.height() + 0.01 * abs(bounds.top()) + 1e-6
        self._bounds = bounds.adjusted(-wide, -high, wide, high)
        self.update()

    def set_look(self, name: str, width: float) -> None:
        """Take a colour and a width in pixels."""
        if self._look != (name, width):
            self._look = (name, width)
            self.update()

    def boundingRect(self) -> QRectF:
        """Return where the line is."""
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the line."""
        stroke(painter, self._path, *self._look)


class NumberAxis(pg.AxisItem):
    """An axis with few round ticks; with ``log`` it shows powers of the plotted base-10 logarithms."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=-4)
        self.log = False

    def set_log(self, log: bool) -> None:
        """Say whether what is plotted are logarithms."""
        if log != self.log:
            self.log = log
            self.picture = None
            self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the ticks, all of one level."""
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        upright = self.orientation in ("left", "right")
        room = 1.9 * metrics.height() if upright else 1.5 * metrics.horizontalAdvance(f"{MINUS}0.00")
        most = max(2, int(size / room))
        if not self.log:
            return [(1.0, linear_ticks(minVal, maxVal, most))]
        ticks = LossScale(10.0**minVal * (1 - 1e-9), 10.0**maxVal * (1 + 1e-9)).ticks(most)
        return [(1.0, [math.log10(tick) for tick in ticks])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Return the ticks' texts."""
        return [tick_text(float(f"{10.0**v:.3g}") if self.log else float(f"{v:.10g}")) for v in values]

    def set_palette(self, palette: Palette, font: QFont) -> None:
        """Take the colours and the size of the text."""
        self.setPen(pen(palette.border))
        self.setTextPen(palette.muted)
        self.setTickPen(pen(palette.grid))
        self.label.setFont(font)
        self.setStyle(tickFont=font, tickTextOffset=4, hideOverlappingLabels=False)
        if self.orientation in ("left", "right"):
            self.setWidth(QFontMetricsF(font).horizontalAdvance("−0.005") + 8)
        else:
            self.setHeight(QFontMetricsF(font).height() * (2.1 if self.labelText else 1.1) + 6)


class CursorLine(pg.InfiniteLine):
    """The timeline's cursor: a dashed vertical line, the same in all plots."""

    def __init__(self) -> None:
        super().__init__(0, angle=90)
        self.setZValue(20)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self.setPen(pen(palette.muted, 1.0, Qt.PenStyle.DashLine))


class QuietPlot(pg.GraphicsView):
    """A plot that never chooses its range, has no menu, and says where the mouse is, in the plot's coordinates.

    Without a PlotItem and its automatic ranges a frame costs a third.
    """

    hovered = Signal(float, float)
    left = Signal()
    pressed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 70)
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(2, 4, 8, 0)
        layout.setSpacing(0)
        self.setCentralItem(layout)
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.x_axis, self.y_axis = NumberAxis("bottom"), NumberAxis("left")
        layout.addItem(self.y_axis, 0, 0)
        layout.addItem(self.box, 0, 1)
        layout.addItem(self.x_axis, 1, 1)
        for axis in (self.x_axis, self.y_axis):
            axis.linkToView(self.box)
        self._limits: tuple[float, float, float, float] | None = None

    def add(self, item: pg.GraphicsObject, z: float = 0.0) -> None:
        """Put an item into the plot."""
        item.setZValue(z)
        self.box.addItem(item, ignoreBounds=True)

    def set_limits(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show this range; costs nothing if it is shown already."""
        limits = (*x, *y)
        if limits != self._limits:
            self._limits = limits
            self.box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self.setBackground(palette.panel)
        font = scaled_font(self.font(), 0.85)
        self.x_axis.set_palette(palette, font)
        self.y_axis.set_palette(palette, font)

    def to_pixels(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return where points of the plot lie on the widget."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        area: QRectF = self.box.sceneBoundingRect()
        return area.left() + (x - x0) / (x1 - x0) * area.width(), area.bottom() - (y - y0) / (y1 - y0) * area.height()

    def from_pixels(self, position: QPointF) -> tuple[float, float]:
        """Return the point of the plot at a place on the widget."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        area: QRectF = self.box.sceneBoundingRect()
        return (
            x0 + (position.x() - area.left()) / max(1.0, area.width()) * (x1 - x0),
            y0 + (area.bottom() - position.y()) / max(1.0, area.height()) * (y1 - y0),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say where it was pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(*self.from_pixels(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where the mouse is, and whether it drags."""
        point = self.from_pixels(event.position())
        self.hovered.emit(*point)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.pressed.emit(*point)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Nothing ends with the button."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second click of a double click as a click."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what the plot lies in."""
        event.ignore()

    def leaveEvent(self, event: object) -> None:
        """Say that the mouse is gone."""
        super().leaveEvent(event)
        self.left.emit()


class Legend(QWidget):
    """A line of samples and names, painted; a plot's own legend would hide data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[tuple[str, QPen], ...] = ()
        self._text = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: list[tuple[str, QPen]], palette: Palette) -> None:
        """Show these names with samples of their pens; a pen of no line stands for dots."""
        if self._entries != tuple(entries) or self._text != QColor(palette.muted):
            self._entries, self._text = tuple(entries), QColor(palette.muted)
            self.setAccessibleName(self.tr("Legend: {names}").format(names=", ".join(name for name, _ in entries)))
            self.update()

    def sizeHint(self) -> QSize:
        """Return the height of one line."""
        return QSize(80, int(QFontMetricsF(self.font()).height()) + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint samples and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled_font(self.font(), 0.9))
        metrics = painter.fontMetrics()
        x, middle = 4.0, self.height() / 2
        for name, sample in self._entries:
            if sample.style() == Qt.PenStyle.NoPen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(sample.color())
                painter.drawEllipse(QPointF(x + 4, middle), 3.0, 3.0)
                x += 12
            else:
                painter.setPen(sample)
                painter.drawLine(QPointF(x, middle), QPointF(x + 18, middle))
                x += 23
            painter.setPen(self._text)
            painter.drawText(QPointF(x, middle + metrics.capHeight() / 2), name)
            x += metrics.horizontalAdvance(name) + 12
        painter.end()
