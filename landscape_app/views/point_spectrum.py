"""The eigenvalues of the Hessian as a row of stems, and as a table."""

import math

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import Spectrum
from landscape_app.session.stability import direction_words
from landscape_app.views.cell_texts import number_text
from landscape_app.views.diverging import DIVERGING
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, format_number, pen, scaled_font
from landscape_app.views.point_scale import SpectrumScale

Index = QModelIndex | QPersistentModelIndex
#: Between two lines of the scale at least, in heights of a line of text.
APART = 1.3


class SpectrumChart(QWidget):
    """A stem for each eigenvalue, the largest first: up where the loss bends upwards, down where it bends downwards.

    What counts as flat is a dot on the line. Where the sizes lie far apart, the scale is logarithmic.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._values: FloatArray = np.empty(0)
        self._flat = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        self.update()

    def show_values(self, values: FloatArray, flat: float) -> None:
        """Show ascending ``values`` (e,); up to the size ``flat`` they count as zero."""
        self._values, self._flat = values[::-1], flat
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the stems."""
        return QSize(300, 132)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw scale and stems with the numbers at both ends."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(scaled_font(self.font(), 0.85))
            if self._values.size:
                self._draw(painter)

    def _draw(self, painter: QPainter) -> None:
        p, metrics = self._palette, painter.fontMetrics()
        line = metrics.height()
        scale = SpectrumScale.of(self._values, self._flat)
        heights = scale.heights(self._values, self._flat)
        top, bottom = line + 4.0, self.height() - (line + 4.0 if heights[-1] <= 0.0 else 4.0)
        # Both signs share one unit, so that stems of the same size are equally long.
        unit = (bottom - top) / ((scale.high - scale.low) or 1.0)
        zero = top + scale.high * unit
        ticks = scale.ticks(max(1, int((bottom - top) / (APART * line))))
        left = 14.0 + max(metrics.horizontalAdvance(text) for _, text in ticks)
        right = self.width() - 10.0
        for at, text in ticks:
            y = zero - at * unit
            painter.setPen(pen(p.muted if at == 0.0 else p.grid))
            painter.drawLine(QPointF(left - 4.0, y), QPointF(right, y))
            painter.setPen(colour(p.muted))
            at_left = left - 8.0 - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(at_left, y + 0.5 * metrics.ascent() - 1.0), text)
        gap = min(28.0, (right - left) / heights.size)
        begin = (left + right - gap * heights.size) / 2.0 + gap / 2.0
        self._draw_stems(painter, zero - heights * unit, zero, begin, gap)
        self._write_ends(painter, begin, begin + (heights.size - 1) * gap, left)

    def _draw_stems(self, painter: QPainter, tops: FloatArray, zero: float, begin: float, gap: float) -> None:
        """Draw a stem from ``zero`` to each of ``tops`` (e,), the first at ``begin``; all in pixels."""
        minus, _, plus = DIVERGING[self._palette.dark]
        wide = min(6.0, max(1.0, 0.6 * gap))
        for i, (value, top) in enumerate(zip(self._values.tolist(), tops.tolist(), strict=True)):
            x = begin + i * gap
            if top == zero:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour(self._palette.muted))
                painter.drawEllipse(QPointF(x, zero), min(3.0, wide), min(3.0, wide))
                continue
            reach = top if abs(top - zero) >= 1.5 else zero + math.copysign(1.5, -value)
            painter.fillRect(
                QRectF(QPointF(x - wide / 2.0, zero), QPointF(x + wide / 2.0, reach)).normalized(),
                colour(plus if value > 0.0 else minus),
            )

    def _write_ends(self, painter: QPainter, first: float, last: float, left: float) -> None:
        """Write the largest eigenvalue over its stem, and the smallest below its own where it doesn't point up."""
        metrics = painter.fontMetrics()
        painter.setPen(colour(self._palette.text))
        ends = [(first, self._values[0], metrics.ascent() + 1.0)]
        if self._values[-1] <= self._flat:
            ends.append((last, self._values[-1], self.height() - metrics.descent() - 1.0))
        for x, value, y in ends:
            text = format_number(float(value), 3)
            wide = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(min(max(x - wide / 2.0, left), self.width() - wide - 2.0), y), text)


class SpectrumModel(QAbstractTableModel):
    """A row for each eigenvalue, the largest first: its value, and the parameters that lead its direction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spectrum: Spectrum | None = None
        self._names: tuple[str, ...] = ()

    def show_spectrum(self, spectrum: Spectrum | None, names: tuple[str, ...]) -> None:
        """Take other eigenvalues."""
        if spectrum is not self._spectrum:
            self.beginResetModel()
            self._spectrum, self._names = spectrum, names
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return the number of eigenvalues known."""
        return 0 if parent.isValid() or self._spectrum is None else int(self._spectrum.values.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return two: value and direction."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a value, with all its digits where one points at it, or its direction in words."""
        shown = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.TextAlignmentRole)
        if self._spectrum is None or role not in shown:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() == 0 else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        place = -1 - index.row()
        if index.column() == 0:
            value = float(self._spectrum.values[place])
            return format_number(value, 6) if role == Qt.ItemDataRole.DisplayRole else number_text(value)
        return direction_words(self._spectrum.vectors[place], self._names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what stands in a column; rows are counted."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return (self.tr("eigenvalue"), self.tr("mostly along"))[section]
