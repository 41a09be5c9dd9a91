"""The plot that the data and the loss are drawn in, its legend, and a line of text that costs no layout."""

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QSizePolicy, QToolTip, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import scaled_font
from landscape_app.views.plotting_items import NumberAxis

#: Pixels of a legend's samples, and between its entries: where there is room, and where there is little.
WIDE, NARROW = (18.0, 12.0), (11.0, 7.0)


class QuietPlot(pg.GraphicsView):
    """A plot that never chooses its range, has no menu, and says where the mouse is, in the plot's coordinates.

    Without a PlotItem and its automatic ranges a frame costs a third.
    """

    hovered = Signal(float, float)
    left = Signal()
    pressed = Signal(float, float)
    #: The button went down, unlike ``pressed`` not again while it drags; it went up; it was clicked twice.
    grabbed = Signal(float, float)
    released = Signal()
    double_clicked = Signal(float, float)
    key_moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: Returns the tooltip for a point of the plot, made only when it is asked for.
        self.tooltip: Callable[[float, float], str] = lambda _x, _y: ""
        self.setMouseTracking(True)
        # pyqtgraph's choice, the smallest region, leaves traces of items that move while the range changes.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setMinimumSize(120, 70)
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(2, 8, 14, 0)  # half a label stands out at each end
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
            self.grabbed.emit(*self.from_pixels(event.position()))
            self.pressed.emit(*self.from_pixels(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where the mouse is, and whether it drags."""
        point = self.from_pixels(event.position())
        self.hovered.emit(*point)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.pressed.emit(*point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Say that the button is up."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second click of a double click as a click, too."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(*self.from_pixels(event.position()))
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Say how far the arrow keys, Home and End ask to go."""
        far = 2**30
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -far, Qt.Key.Key_End: far}
        if event.key() in moves:
            self.key_moved.emit(moves[Qt.Key(event.key())])
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tooltip."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return bool(super().viewportEvent(event))
        QToolTip.showText(event.globalPos(), self.tooltip(*self.from_pixels(QPointF(event.pos()))), self)
        return True

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
        self._note = ""
        self._text = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: list[tuple[str, QPen]], palette: Palette, note: str = "") -> None:
        """Show these names with samples of their pens, and a note on all; a pen of no line stands for dots."""
        shown = (tuple(entries), note, QColor(palette.muted))
        if shown != (self._entries, self._note, self._text):
            self._entries, self._note, self._text = shown
            names = ", ".join(self._words())
            self.setAccessibleName(self.tr("Legend: {names}").format(names=names))
            self.update()

    def _words(self) -> list[str]:
        return [*(name for name, _ in self._entries), *([self._note] if self._note else [])]

    def sizeHint(self) -> QSize:
        """Return the height of one line."""
        return QSize(80, int(QFontMetricsF(self.font()).height()) + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint samples and names."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(scaled_font(self.font(), 0.9))
            metrics = painter.fontMetrics()
            x, middle = 4.0, self.height() / 2
            line, gap = self._spacing(metrics)
            for name, sample in self._entries:
                if sample.style() == Qt.PenStyle.NoPen:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(sample.color())
                    painter.drawEllipse(QPointF(x + 4, middle), 3.0, 3.0)
                    x += 12
                else:
                    painter.setPen(sample)
                    painter.drawLine(QPointF(x, middle), QPointF(x + line, middle))
                    x += line + 5
                painter.setPen(self._text)
                painter.drawText(QPointF(x, middle + metrics.capHeight() / 2), name)
                x += metrics.horizontalAdvance(name) + gap
            painter.setPen(self._text)
            painter.drawText(QPointF(x, middle + metrics.capHeight() / 2), self._note)

    def _spacing(self, metrics: QFontMetrics) -> tuple[float, float]:
        """Return how long samples are, and how far entries lie apart: less where there is little room."""
        words = self._words()
        names = sum(map(metrics.horizontalAdvance, words))
        dots = sum(sample.style() == Qt.PenStyle.NoPen for _, sample in self._entries)
        lines = len(self._entries) - dots
        wide = 4 + names + 12 * dots + (WIDE[0] + 5) * lines + WIDE[1] * (len(words) - 1)
        return WIDE if wide <= self.width() else NARROW


class TextLine(QWidget):
    """One line of text, painted and shortened where it does not fit: a label would lay out its panel each time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._colour = QColor(DARK.muted)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def set_colour(self, name: str) -> None:
        """Take a colour."""
        self._colour = QColor(name)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of one line."""
        return QSize(80, round(QFontMetricsF(self.font()).height()) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text."""
        with QPainter(self) as painter:
            painter.setFont(scaled_font(self.font(), 0.9))
            painter.setPen(self._colour)
            area = self.rect().adjusted(4, 0, -4, 0)
            text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class TwoLines(TextLine):
    """A text that goes on in a second line where one is too short; asks for the room only when it needs it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[str, ...] = ("",)

    def set_text(self, text: str) -> None:
        """Show another text."""
        super().set_text(text)
        self._fit()

    def sizeHint(self) -> QSize:
        """Return the height of as many lines as there are."""
        one = super().sizeHint()
        return QSize(one.width(), one.height() + (len(self._parts) - 1) * self._step())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text into the new width."""
        super().resizeEvent(event)
        self._fit()

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(scaled_font(self.font(), 0.9))

    def _step(self) -> int:
        return self._metrics().height()

    def _fit(self) -> None:
        before, self._parts = self._parts, cut_in_two(self._text, self._metrics(), self.width() - 8)
        if len(before) != len(self._parts):
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lines."""
        with QPainter(self) as painter:
            painter.setFont(scaled_font(self.font(), 0.9))
            painter.setPen(self._colour)
            metrics, step = painter.fontMetrics(), self._step()
            area = self.rect().adjusted(4, 0, -4, -(len(self._parts) - 1) * step)
            for part in self._parts:
                text = metrics.elidedText(part, Qt.TextElideMode.ElideRight, area.width())
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
                area.translate(0, step)


def cut_in_two(text: str, metrics: QFontMetrics, width: int) -> tuple[str, ...]:
    """Return ``text`` in one line, or in two where it is too wide: cut between its parts, or else between words."""
    if metrics.horizontalAdvance(text) <= width:
        return (text,)
    for separator in (" · ", " "):
        pieces = text.split(separator)
        for count in range(len(pieces) - 1, 0, -1):
            first, second = separator.join(pieces[:count]), separator.join(pieces[count:])
            if metrics.horizontalAdvance(first) <= width:
                if separator == " " or metrics.horizontalAdvance(second) <= width:
                    return first.removesuffix(" ·"), second.removeprefix("· ")
                break
    return (text,)
