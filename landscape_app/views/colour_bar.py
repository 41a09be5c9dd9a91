"""The colour bar: which colour stands for which loss."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from landscape_app.core.landscape import LossScale
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import tick_text


class ColourBar(QWidget):
    """A vertical strip of the colour map with round losses beside it, logarithmic."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale: LossScale | None = None
        self._palette = DARK
        self._strip = _strip_of(DARK)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Colour bar"))
        self.setToolTip(self.tr("The loss that each colour stands for, on a logarithmic scale"))

    def sizeHint(self) -> QSize:
        """Leave room for the strip and the widest label."""
        return QSize(20 + self.fontMetrics().horizontalAdvance("0.00002"), 120)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self._strip = _strip_of(palette)
        self.update()

    def show_scale(self, scale: LossScale | None) -> None:
        """Label the strip with ``scale``."""
        if scale != self._scale:
            self._scale = scale
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint strip, ticks and numbers."""
        with QPainter(self) as painter:
            line = self.fontMetrics().height()
            bar = QRectF(4, line + 8, 12, self.height() - 2 * line - 16)
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, self.tr("loss"))
            if self._scale is None or bar.height() < 20:
                return
            painter.drawImage(bar, self._strip)
            most = max(2, int(bar.height() / (1.6 * line)))
            for tick in self._scale.ticks(most):
                fraction = float(self._scale.fraction(np.array([tick]))[0])
                y = bar.bottom() - fraction * bar.height()
                painter.drawLine(int(bar.right()), int(y), int(bar.right()) + 3, int(y))
                place = QRectF(bar.right() + 6, y - line / 2, self.width() - bar.right() - 6, line)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tick_text(tick))


def _strip_of(palette: Palette) -> QImage:
    """Return the colour map as a column of pixels, the highest loss above."""
    table = np.ascontiguousarray(colour_table(palette.colour_map)[::-1])
    return QImage(table.tobytes(), 1, 256, 4, QImage.Format.Format_RGBA8888).copy()
