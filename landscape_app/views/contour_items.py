"""What the map is painted with: a smooth image whose pixels are nodes, contour lines, an arrow."""

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.map_picture import Lines, MapPicture
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import Palette


def node_rect(x: FloatArray, y: FloatArray) -> QRectF:
    """Return the image's rectangle: nodes lie in the middle of pixels, so it is half a cell larger on each side."""
    dx, dy = (x[-1] - x[0]) / (len(x) - 1), (y[-1] - y[0]) / (len(y) - 1)
    return QRectF(x[0] - dx / 2, y[0] - dy / 2, dx * len(x), dy * len(y))


class LossImage(pg.ImageItem):
    """The losses as colours, interpolated between nodes; infinite losses are left out."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self._table = _words(colour_table())

    def set_palette(self, palette: Palette) -> None:
        """Take the colour map; what is shown next has it."""
        self._table = _words(colour_table(palette.colour_map))

    def show_picture(self, picture: MapPicture) -> None:
        """Colour every node by its shade."""
        # Looked up as one number a pixel: fifteen times as fast as four bytes a pixel.
        pixels = self._table.take(picture.shades)
        if picture.holes is not None:
            pixels[picture.holes] = 0
        self.setImage(pixels.view(np.uint8).reshape(*pixels.shape, 4), autoLevels=False)
        self.setRect(node_rect(picture.landscape.x, picture.landscape.y))

    def paint(self, painter: QPainter, *args: QStyleOptionGraphicsItem | QWidget | None) -> None:
        """Paint with interpolation."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        super().paint(painter, *args)


def _words(table: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Return the colours (256, 4) of a table as one number each."""
    return table.view(np.uint32).ravel()


def contour_path(lines: Lines) -> QPainterPath:
    """Return all contour lines as one path, to be drawn with one pen."""
    if not len(lines.corners):
        return QPainterPath()
    x, y = lines.corners.T
    return pg.arrayToQPath(x, y, connect=lines.joined, finiteCheck=False)


def arrow_path(
    tail: QPointF,
    direction: FloatArray,
    length: float,
    pixel: tuple[float, float],
    head: tuple[float, float] = (9.0, 4.5),
) -> QPainterPath:
    """Return an arrow of ``length`` pixels from ``tail`` along ``direction`` (2,), both in data coordinates.

    ``pixel`` is the size of a pixel in data units, so that the ``head``, of this length and half width in pixels,
    keeps its shape on any axes.
    """
    path = QPainterPath()
    if not min(pixel) > 0.0:  # not laid out yet
        return path
    screen = np.array([direction[0] / pixel[0], direction[1] / pixel[1]])
    size = float(np.hypot(*screen))
    if size == 0.0 or not np.isfinite(size):
        return path
    along = screen / size
    across = np.array([-along[1], along[0]])

    def at(forward: float, sideways: float) -> QPointF:
        offset = forward * along + sideways * across
        return QPointF(tail.x() + offset[0] * pixel[0], tail.y() + offset[1] * pixel[1])

    path.moveTo(tail)
    long, half = head
    path.lineTo(at(length - long + 1.0, 0.0))
    corners = [at(length - long, -half), at(length, 0.0), at(length - long, half)]
    path.addPolygon(QPolygonF([*corners, corners[0]]))
    return path


class PathItem(QGraphicsPathItem):
    """A path with a pen of constant width on the screen and no part in automatic ranges."""

    def __init__(self, colour: str, width: float, alpha: int = 255, filled: bool = False) -> None:
        super().__init__()
        self._width, self._alpha, self._filled = width, alpha, filled
        self.set_colour(colour)

    def set_colour(self, colour: str) -> None:
        """Change the pen, and the filling if there is one."""
        shade = QColor(colour)
        shade.setAlpha(self._alpha)
        self.setPen(pg.mkPen(shade, width=self._width, cosmetic=True))
        if self._filled:
            self.setBrush(shade)
