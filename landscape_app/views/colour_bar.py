"""The colour bar: which colour stands for which loss."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.core.landscape import LossScale
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import tick_text

#: Losses from here on are written with a power of ten.
LONGEST = 1e7
#: Pixels left of the labels.
STRIP = 22


class ColourBar(QWidget):
    """A vertical strip of the colour map with round losses beside it, logarithmic."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale: LossScale | None = None
        self._palette = DARK
        self._strip = _strip_of(DARK)
        #: The losses that are labelled, and how they are written.
        self.labels: list[tuple[float, str]] = []
        self._room = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Colour bar"))
        self.setToolTip(self.tr("The loss that each colour stands for, on a logarithmic scale"))

    def sizeHint(self) -> QSize:
        """Leave room for the strip and the widest label; never less than most labels take, so that it stands still."""
        return QSize(max(STRIP + self._room, 20 + self.fontMetrics().horizontalAdvance("0.00002")), 120)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self._strip = _strip_of(palette)
        self.update()

    def show_scale(self, scale: LossScale | None) -> None:
        """Label the strip with ``scale``."""
        if scale != self._scale:
            self._scale = scale
            self._label()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many labels as there is room for."""
        self._label()
        super().resizeEvent(event)

    def _bar(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(4, line + 8, 12, self.height() - 2 * line - 16)

    def _label(self) -> None:
        """Choose the labels, and ask for the room that they need."""
        height, metrics = self._bar().height(), self.fontMetrics()
        most = max(2, int(height / (1.6 * metrics.height())))
        ticks = [] if self._scale is None or height < 20 else self._scale.ticks(most)
        self.labels = [(tick, tick_text(tick, LONGEST)) for tick in ticks]
        room = max((metrics.horizontalAdvance(text) for _, text in self.labels), default=0)
        if room != self._room:
            self._room = room
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint strip, ticks and numbers."""
        with QPainter(self) as painter:
            bar, line = self._bar(), self.fontMetrics().height()
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, self.tr("loss"))
            if self._scale is None or not self.labels:
                return
            painter.drawImage(bar, self._strip)
            for tick, text in self.labels:
                fraction = float(self._scale.fraction(np.array([tick]))[0])
                y = bar.bottom() - fraction * bar.height()
                painter.drawLine(int(bar.right()), int(y), int(bar.right()) + 3, int(y))
                place = QRectF(STRIP, y - line / 2, self.width() - STRIP, line)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _strip_of(palette: Palette) -> QImage:
    """Return the colour map as a column of pixels, the highest loss above."""
    table = np.ascontiguousarray(colour_table(palette.colour_map)[::-1])
    return QImage(table.tobytes(), 1, 256, 4, QImage.Format.Format_RGBA8888).copy()
