"""The eigenvalues of the Hessian as a row of stems, and as a table."""

import math

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import Spectrum
from landscape_app.session.stability import direction_words
from landscape_app.views.cell_texts import number_text
from landscape_app.views.diverging import DIVERGING
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, format_number, pen, scaled_font

Index = QModelIndex | QPersistentModelIndex
#: Decades below the largest eigenvalue that the stems show at most.
DECADES = 12.0


class SpectrumChart(QWidget):
    """A stem for each eigenvalue, the largest first: up where the loss bends upwards, down where it bends downwards.

    The heights are logarithms, counted from what counts as flat: that is a dot on the line.
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

    def heights(self) -> FloatArray:
        """Return the stems' heights (e,) from −1 to 1."""
        largest = float(np.abs(self._values).max(initial=0.0))
        if largest == 0.0:
            return np.zeros(self._values.shape)
        floor = max(self._flat, largest * 10.0**-DECADES)
        sizes = np.log10(np.maximum(np.abs(self._values) / floor, 1.0)) / max(math.log10(largest / floor), 1e-9)
        shown = np.where(np.abs(self._values) > self._flat, np.maximum(sizes, 0.04), 0.0)
        return np.asarray(np.sign(self._values) * shown)

    def sizeHint(self) -> QSize:
        """Return the room for the stems."""
        return QSize(300, 96)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the stems with the numbers at both ends."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled_font(self.font(), 0.85))
        p, heights, line = self._palette, self.heights(), painter.fontMetrics().height()
        below = 0.35 if (heights < 0.0).any() else 0.0
        top, bottom = line + 4.0, self.height() - line - 4.0
        zero = bottom - below * (bottom - top)
        left, right = 10.0, self.width() - 10.0
        painter.setPen(pen(p.muted))
        painter.drawLine(QPointF(left - 4, zero), QPointF(right + 4, zero))
        count = len(heights)
        if count:
            gap = min(28.0, (right - left) / count)
            begin = (left + right - gap * count) / 2.0 + gap / 2.0
            minus, _, plus = DIVERGING[p.dark]
            wide = min(6.0, max(1.0, 0.6 * gap))
            for i, height in enumerate(heights.tolist()):
                x = begin + i * gap
                if height == 0.0:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(colour(p.muted))
                    painter.drawEllipse(QPointF(x, zero), min(3.0, wide), min(3.0, wide))
                    continue
                painter.setPen(pen(plus if height > 0.0 else minus, wide))
                reach = (zero - top) if height > 0.0 else (bottom - zero)
                painter.drawLine(QPointF(x, zero), QPointF(x, zero - height * reach))
            self._write_ends(painter, begin, begin + (count - 1) * gap)
        painter.end()

    def _write_ends(self, painter: QPainter, first: float, last: float) -> None:
        """Write the largest eigenvalue over its stem, and the smallest below its own."""
        metrics = painter.fontMetrics()
        painter.setPen(colour(self._palette.text))
        for x, value, y in (
            (first, self._values[0], metrics.ascent() + 1.0),
            (last, self._values[-1], self.height() - metrics.descent() - 1.0),
        ):
            text = format_number(float(value), 3)
            wide = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(min(max(x - wide / 2.0, 2.0), self.width() - wide - 2.0), y), text)


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
        """Return a value with all its digits, or its direction in words."""
        if self._spectrum is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.TextAlignmentRole):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() == 0 else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        place = -1 - index.row()
        if index.column() == 0:
            return number_text(float(self._spectrum.values[place]))
        return direction_words(self._spectrum.vectors[place], self._names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what stands in a column; rows are counted."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return (self.tr("eigenvalue"), self.tr("mostly along"))[section]
