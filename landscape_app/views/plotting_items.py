"""What is put into plots: fast lines, fast dots, round axes, the cursor line."""

import math
from html import escape
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from landscape_app.core.arrays import FloatArray
from landscape_app.views.palette import Palette
from landscape_app.views.plotting import MINUS, linear_ticks, log_ticks, pen, stroke, tick_text


class Curve(pg.GraphicsObject):
    """A line through many points, drawn fast."""

    def __init__(self) -> None:
        super().__init__()
        self.path = QPainterPath()
        self._bounds = QRectF()
        #: Colour, and width in pixels.
        self.look = ("#000000", 1.0)

    def set_points(self, x: FloatArray, y: FloatArray) -> None:
        """Draw the line through finite points."""
        self.take_path(pg.functions.arrayToQPath(x, y))

    def take_path(self, path: QPainterPath) -> None:
        """Draw this line."""
        self.prepareGeometryChange()
        self.path = path
        # Room at the edges, since a flat line would be culled.
        bounds = path.controlPointRect()
        wide, high = 0.01 * bounds.width() + 1e-6, 0.01 * bounds.height() + 0.01 * abs(bounds.top()) + 1e-6
        self._bounds = bounds.adjusted(-wide, -high, wide, high)
        self.update()

    def set_look(self, name: str, width: float) -> None:
        """Take a colour and a width in pixels."""
        if self.look != (name, width):
            self.look = (name, width)
            self.update()

    def boundingRect(self) -> QRectF:
        """Return where the line is."""
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the line."""
        stroke(painter, self.path, *self.look)


class DashedCurve(Curve):
    """A line in a pen of its own, for dashes: these can't be put together from hairlines."""

    def __init__(self) -> None:
        super().__init__()
        self._pen = pen("#888888")

    def set_pen(self, new_pen: QPen) -> None:
        """Take a pen."""
        self._pen = new_pen
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the line."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.strokePath(self.path, self._pen)


class Dots(pg.GraphicsObject):
    """Many equal dots. They are copies of one picture: a tenth of the time of a ScatterPlotItem that changes."""

    def __init__(self, size: float = 6.0) -> None:
        super().__init__()
        self._size = size
        self._colour = QColor("#888888")
        self._x = self._y = np.empty(0)
        self._bounds = QRectF()
        self._fragments = pg.Qt.internals.PrimitiveArray(QPainter.PixmapFragment, 10)
        self._picture: QPixmap | None = None

    def set_points(self, x: FloatArray, y: FloatArray) -> None:
        """Put the dots at finite points."""
        self.prepareGeometryChange()
        self._x, self._y = x, y
        self._bounds = QRectF()
        if len(x):
            low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
            room = 0.05 * (high - low) + 1e-3 * np.abs(high) + 1e-9
            self._bounds = QRectF(*(low - room), *(high - low + 2 * room))
        self.update()

    @property
    def points(self) -> FloatArray:
        """Where the dots are (p, 2)."""
        return np.column_stack((self._x, self._y))

    def set_colour(self, name: str, alpha: int = 255) -> None:
        """Take a colour."""
        self._colour = QColor(name)
        self._colour.setAlpha(alpha)
        self._picture = None
        self.update()

    def boundingRect(self) -> QRectF:
        """Return where the dots are."""
        return self._bounds

    def _dot(self, ratio: float) -> QPixmap:
        if self._picture is None or self._picture.width() != math.ceil((self._size + 2) * ratio):
            side = math.ceil((self._size + 2) * ratio)
            self._picture = QPixmap(side, side)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour)
            rim = (side - self._size * ratio) / 2
            painter.drawEllipse(QRectF(rim, rim, self._size * ratio, self._size * ratio))
            painter.end()
        return self._picture

    def paint(self, painter: QPainter, *_: object) -> None:
        """Copy the dot to all places."""
        if not len(self._x):
            return
        ratio = painter.device().devicePixelRatioF()
        dot, to_device = self._dot(ratio), painter.transform()
        self._fragments.resize(len(self._x))
        rows = self._fragments.ndarray()  # x, y, source x, y, width, height, scale x, y, rotation, opacity
        rows[:, 0] = self._x * to_device.m11() + to_device.dx()
        rows[:, 1] = self._y * to_device.m22() + to_device.dy()
        rows[:, 2:] = (0, 0, dot.width(), dot.height(), 1 / ratio, 1 / ratio, 0, 1)
        painter.resetTransform()
        draw: Any = painter.drawPixmapFragments  # its stub does not know the form that takes a whole array
        draw(*self._fragments.drawargs(), dot)


class NumberAxis(pg.AxisItem):
    """An axis with few round ticks; with ``log`` it shows powers of the plotted base-10 logarithms.

    A name that is longer than the axis ends in an ellipsis.
    """

    def __init__(self, orientation: str) -> None:
        self._fitted = ""
        super().__init__(orientation, maxTickLength=-4)
        self.log = False

    def labelString(self) -> str:
        """Return the name as rich text: names come from files, and may hold anything."""
        style = ";".join(f"{name}: {value}" for name, value in self.labelStyle.items())
        self._fitted = self._fitting_name()
        return f'<span style="{style}">{escape(self._fitted)}</span>'

    def setLabel(self, *args: Any, **kwargs: Any) -> None:
        """Name the axis; without the last line another name would begin where the old one did."""
        super().setLabel(*args, **kwargs)
        self._make_room()
        self.resizeEvent()

    def _make_room(self) -> None:
        """Leave room for the widest tick, and for the name beside it."""
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        if self.orientation in ("left", "right"):
            name = metrics.height() if self.labelText else 0.0
            self.setWidth(metrics.horizontalAdvance("−0.005") + 8 + name)
        else:
            self.setHeight(metrics.height() * (2.1 if self.labelText else 1.1) + 6)

    def _fitting_name(self) -> str:
        length = self.size().height() if self.orientation in ("left", "right") else self.size().width()
        if length <= 0.0:  # not laid out yet
            return self.labelText
        font = QFont(self.label.font())
        size = str(self.labelStyle.get("font-size", ""))
        if size.endswith("pt"):
            font.setPointSizeF(float(size.removesuffix("pt")))
        font.setBold("font-weight" in self.labelStyle)
        return QFontMetricsF(font).elidedText(self.labelText, Qt.TextElideMode.ElideRight, length)

    def resizeEvent(self, ev: Any = None) -> None:
        """Fit the name into the new length, and put it into the middle."""
        if self.label is not None and self._fitted != self._fitting_name():
            self.label.setHtml(self.labelString())
        super().resizeEvent(ev)

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
        return [(1.0, [math.log10(tick) for tick in log_ticks(10.0**minVal, 10.0**maxVal, most)])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Return the ticks' texts."""
        largest = 1e5 if self.orientation in ("left", "right") else 1e7
        return [tick_text(float(f"{10.0**v:.3g}") if self.log else float(f"{v:.10g}"), largest) for v in values]

    def set_palette(self, palette: Palette, font: QFont) -> None:
        """Take the colours and the size of the text."""
        self.setPen(pen(palette.border))
        self.setTextPen(palette.muted)
        self.setTickPen(pen(palette.grid))
        self.label.setFont(font)
        self.setStyle(tickFont=font, tickTextOffset=4, hideOverlappingLabels=False)
        self._make_room()


class CursorLine(pg.InfiniteLine):
    """The timeline's cursor: a dashed vertical line, the same in all plots."""

    def __init__(self, angle: int = 90) -> None:
        super().__init__(0, angle=angle)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self.setPen(pen(palette.muted, 1.0, Qt.PenStyle.DashLine))
