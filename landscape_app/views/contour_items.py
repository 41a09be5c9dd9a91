"""What the map is painted with: a smooth image whose pixels are nodes, contour lines, an arrow."""

from dataclasses import replace
from itertools import product
from typing import Any, cast

import contourpy
import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Landscape, LossScale
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import Palette

LINES = 16
#: Cells a side of what contour lines are traced in at once.
TILE = 64
#: Nodes a side beyond which they lie closer together on the screen than two pixels.
FINE = 400


def node_rect(x: FloatArray, y: FloatArray) -> QRectF:
    """Return the image's rectangle: nodes lie in the middle of pixels, so it is half a cell larger on each side."""
    dx, dy = (x[-1] - x[0]) / (len(x) - 1), (y[-1] - y[0]) / (len(y) - 1)
    return QRectF(x[0] - dx / 2, y[0] - dy / 2, dx * len(x), dy * len(y))


class LossImage(pg.ImageItem):
    """The losses as colours, interpolated between nodes; infinite losses are left out."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self._table = colour_table()

    def set_palette(self, palette: Palette) -> None:
        """Take the colour map; what is shown next has it."""
        self._table = colour_table(palette.colour_map)

    def show_landscape(self, landscape: Landscape, scale: LossScale) -> None:
        """Colour every node by its loss."""
        fraction = scale.fraction(landscape.loss)
        holes = np.isnan(fraction)
        index = np.where(holes, 0.0, fraction * 255.0).astype(np.uint8)
        pixels = self._table[index]
        if holes.any():
            pixels[holes] = 0
        self.setImage(pixels, autoLevels=False)
        self.setRect(node_rect(landscape.x, landscape.y))

    def paint(self, painter: QPainter, *args: QStyleOptionGraphicsItem | QWidget | None) -> None:
        """Paint with interpolation."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        super().paint(painter, *args)


def for_lines(landscape: Landscape) -> Landscape:
    """Return what contour lines are traced in: of nodes that lie closer than two pixels, every other one."""
    rows, columns = landscape.loss.shape
    if min(rows, columns) <= FINE or rows % 2 == 0 or columns % 2 == 0:
        return landscape
    return replace(landscape, x=landscape.x[::2], y=landscape.y[::2], loss=landscape.loss[::2, ::2])


def contour_path(landscape: Landscape, levels: FloatArray) -> QPainterPath:
    """Return all contour lines at ``levels`` as one path, interpolated in log loss."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z, heights = np.log(landscape.loss), np.log(levels)
    X, Y = np.broadcast_arrays(landscape.x, landscape.y[:, np.newaxis])
    points: list[FloatArray] = []
    joined: list[FloatArray] = []
    # Tracing looks at every cell for every level. Tile by tile it looks at those levels alone that pass through;
    # neighbours share their nodes, so that the lines go on across.
    for rows, columns in product(_tiles(z.shape[0]), _tiles(z.shape[1])):
        part = z[rows, columns]
        holes = ~np.isfinite(part)
        if holes.all():
            continue
        low, high = part[~holes].min(), part[~holes].max()
        passing = heights[(heights >= low) & (heights <= high)]
        if not passing.size:
            continue
        generator = contourpy.SerialContourGenerator(
            X[rows, columns],
            Y[rows, columns],
            part,
            holes,
            corner_mask=True,
            line_type=contourpy.LineType.ChunkCombinedOffset,
            fill_type=contourpy.FillType.OuterOffset,
            quad_as_tri=False,
            z_interp=contourpy.ZInterp.Linear,
        )
        for height in passing:
            # One chunk: all lines of the level in one array, and where each begins.
            (line,), (begins,) = cast("tuple[list[Any], list[Any]]", generator.lines(height))
            if line is not None:
                connect = np.ones(len(line))
                connect[begins[1:] - 1] = 0.0  # the last point of each line has no successor
                points.append(line)
                joined.append(connect)
    if not points:
        return QPainterPath()
    xy = np.concatenate(points)
    connect = np.concatenate(joined)
    return pg.arrayToQPath(xy[:, 0], xy[:, 1], connect=connect.astype(np.int32), finiteCheck=False)


def _tiles(nodes: int) -> list[slice]:
    """Return parts of so many nodes, each with the last node of the one before."""
    return [slice(first, first + TILE + 1) for first in range(0, nodes - 1, TILE)]


def arrow_path(tail: QPointF, direction: FloatArray, length: float, pixel: tuple[float, float]) -> QPainterPath:
    """Return an arrow of ``length`` pixels from ``tail`` along ``direction`` (2,), both in data coordinates.

    ``pixel`` is the size of a pixel in data units, so that the head keeps its shape on any axes.
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
    path.lineTo(at(length - 8.0, 0.0))
    path.addPolygon(QPolygonF([at(length - 9.0, -4.5), at(length, 0.0), at(length - 9.0, 4.5), at(length - 9.0, -4.5)]))
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
