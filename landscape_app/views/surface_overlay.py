"""What is painted over the 3D picture in pixels: ticks, numbers and names, and the markers."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from landscape_app.views.palette import Palette
from landscape_app.views.surface_axes import Lettering

#: Outline of light markers: they stand on bright and dark parts of the map.
OUTLINE = "#14161a"
#: Side of a symbol's picture, in pixels.
SYMBOL = 20.0

Kind = Literal["start", "current", "optimum", "truth"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A point of the box that is worth a symbol; ``foot`` is the surface's point below or above it, if it is off it."""

    kind: Kind
    place: tuple[float, float, float]
    foot: tuple[float, float, float] | None = None


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


def paint_gap(painter: QPainter, at: QPointF, foot: QPointF) -> None:
    """Paint the gap between a point and the surface: a dashed line with a small ring where it meets the surface."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((OUTLINE, 3.0), ("#ffffff", 1.4)):
        pen = QPen(QColor(colour), width)
        painter.setPen(pen)
        painter.drawEllipse(foot, 3.5, 3.5)
        pen.setDashPattern([4.0 / width, 3.0 / width])
        painter.setPen(pen)
        painter.drawLine(at, foot)


def paint_marker(painter: QPainter, kind: Kind, at: QPointF, palette: Palette) -> None:
    """Paint one symbol: a ring for the start, a dot for the current point, a star, a diamond for the truth."""
    image = _symbol(kind, palette, painter.device().devicePixelRatioF())
    painter.drawImage(QPointF(at.x() - 0.5 * SYMBOL, at.y() - 0.5 * SYMBOL), image)


@lru_cache(maxsize=16)
def _symbol(kind: Kind, palette: Palette, ratio: float) -> QImage:
    """Draw the symbol by itself: OpenGL would give it smooth edges only where it has samples to spare."""
    pixels = math.ceil(SYMBOL * ratio)
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(0.5 * SYMBOL, 0.5 * SYMBOL)
    middle = QPointF(0.0, 0.0)
    if kind == "start":
        painter.setPen(QPen(QColor(OUTLINE), 3.2))
        painter.setBrush(QColor(0, 0, 0, 60))
        painter.drawEllipse(middle, 4.5, 4.5)
        painter.setPen(QPen(QColor("#ffffff"), 1.8))
        painter.drawEllipse(middle, 4.5, 4.5)
    elif kind == "current":
        painter.setPen(QPen(QColor(OUTLINE), 0.8))  # the white ring would be lost on a white panel
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(middle, 7.2, 7.2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.path))
        painter.drawEllipse(middle, 5.2, 5.2)
    else:
        painter.setPen(QPen(QColor(OUTLINE), 1.0))
        painter.setBrush(QColor(palette.optimum if kind == "optimum" else palette.truth))
        radii, points = ((8.0, 3.4), 10) if kind == "optimum" else ((6.5, 6.5), 4)
        corners = [(radii[i % 2], 2.0 * math.pi * i / points) for i in range(points)]
        painter.drawPolygon(QPolygonF([QPointF(r * math.sin(turn), -r * math.cos(turn)) for r, turn in corners]))
    painter.end()
    return image
