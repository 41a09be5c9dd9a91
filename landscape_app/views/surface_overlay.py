"""What is painted over the 3D picture in pixels: ticks, numbers and names, and the markers."""

import math
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from landscape_app.views.palette import Palette
from landscape_app.views.surface_axes import Lettering

#: Outline of light markers: they stand on bright and dark parts of the map.
OUTLINE = "#14161a"

Kind = Literal["start", "current", "optimum", "truth"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A point of the box that is worth a symbol."""

    kind: Kind
    place: tuple[float, float, float]


class Fonts:
    """The fonts of numbers and names, derived from a widget's own, and how much room their texts take."""

    def __init__(self, font: QFont) -> None:
        self.number, self.name = QFont(font), QFont(font)
        if font.pointSizeF() > 0.0:  # else the size was given in pixels, and stays
            self.number.setPointSizeF(0.92 * font.pointSizeF())
            self.name.setPointSizeF(1.08 * font.pointSizeF())
        self.name.setBold(True)

    def measure(self, text: str, is_name: bool) -> tuple[float, float]:
        """Return the width and height in pixels that ``text`` takes."""
        metrics = QFontMetricsF(self.name if is_name else self.number)
        return metrics.horizontalAdvance(text), metrics.ascent() + 0.5 * metrics.descent()


def paint_lettering(painter: QPainter, lettering: Lettering, fonts: Fonts, palette: Palette) -> None:
    """Paint ticks, numbers and names."""
    painter.setPen(QPen(QColor(palette.muted), 1.0))
    for (x0, y0), (x1, y1) in lettering.ticks.tolist():
        painter.drawLine(QPointF(x0, y0), QPointF(x1, y1))
    for is_name, font, colour in ((False, fonts.number, palette.muted), (True, fonts.name, palette.text)):
        painter.setFont(font)
        painter.setPen(QColor(colour))
        for text in lettering.texts:
            if text.is_name == is_name:
                frame = QRectF(text.x - text.width, text.y - text.height, 2.0 * text.width, 2.0 * text.height)
                painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text.text)


def paint_marker(painter: QPainter, kind: Kind, at: QPointF, palette: Palette) -> None:
    """Paint one symbol: a ring for the start, a dot for the current point, a star, a diamond for the truth."""
    if kind == "start":
        painter.setPen(QPen(QColor(palette.path), 2.0))
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(at, 3.5, 3.5)
    elif kind == "current":
        painter.setPen(QPen(QColor("#ffffff"), 2.0))
        painter.setBrush(QColor(palette.path))
        painter.drawEllipse(at, 6.0, 6.0)
        painter.setPen(QPen(QColor(OUTLINE), 0.8))  # the white ring would be lost on a white panel
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, 7.2, 7.2)
    else:
        painter.setPen(QPen(QColor(OUTLINE), 1.0))
        painter.setBrush(QColor(palette.optimum if kind == "optimum" else palette.truth))
        radii, points = ((8.0, 3.4), 10) if kind == "optimum" else ((6.5, 6.5), 4)
        corners = [(radii[i % 2], 2.0 * math.pi * i / points) for i in range(points)]
        painter.drawPolygon(
            QPolygonF([QPointF(at.x() + r * math.sin(turn), at.y() - r * math.cos(turn)) for r, turn in corners])
        )
