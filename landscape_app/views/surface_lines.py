"""Lines and dots in front of the surface and behind it: which parts of them are seen, and painting these."""

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from landscape_app.core.arrays import FloatArray
from landscape_app.views.plotting_strokes import stamped
from landscape_app.views.surface_path import Path
from landscape_app.views.surface_picture import Picture

#: Lines are looked at in pieces of so many of the picture's pixels.
PIECE = 2.0
#: Pieces of one line at most: one that was zoomed far out of the picture is long.
MOST_PIECES = 4_000
#: Pixels: width of the path and of the frame, size of a dot.
PATH_WIDTH, FRAME_WIDTH, DOT = 2.4, 1.0, 5.5
#: What the path may lie behind the surface, in the picture's depth, and is still seen: a stroke from one point
#: of a slope to the next dips under it, by a hundredth of the box or two.
DIP = 0.005
#: How strongly the path is seen through the surface, and the frame at all.
THROUGH, FRAME = 0.38, 0.55


def projected(points: FloatArray, matrix: FloatArray, size: tuple[float, float]) -> FloatArray:
    """Return x, y in pixels, y downwards, and depth (k, 3) of ``points`` (k, 3), ``size`` being the picture's."""
    clip = points @ matrix[:, :3].T + matrix[:, 3]
    ndc = clip[:, :3] / clip[:, 3:]
    places: FloatArray = (0.5 + 0.5 * ndc * [1.0, -1.0, 1.0]) * [size[0], size[1], 1.0]
    return places


def is_in_front(places: FloatArray, picture: Picture) -> npt.NDArray[np.bool_]:
    """Return which of ``places`` (k, 3), in the picture's pixels and depth, the surface does not hide."""
    width, height = picture.size
    column, row = np.floor(places[:, 0]).astype(np.intp), np.floor(places[:, 1]).astype(np.intp)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    column, row = np.where(inside, column, 0), np.where(inside, row, 0)
    return inside & (places[:, 2] <= picture.depth[row, column])


def seen_parts(places: FloatArray, picture: Picture) -> FloatArray:
    """Return the parts that are seen of lines between pairs of ``places`` (2 s, 3), as pairs of ends (2 p, 2)."""
    return parted(places, picture)[0]


def parted(places: FloatArray, picture: Picture) -> tuple[FloatArray, FloatArray]:
    """Return the parts that are seen, and those that are not, of lines between pairs of ``places`` (2 s, 3).

    Both are pairs of ends (2 p, 2).
    """
    start, along = places[0::2], places[1::2] - places[0::2]
    if not len(start):
        return np.empty((0, 2)), np.empty((0, 2))
    length = np.hypot(along[:, 0], along[:, 1])
    pieces = np.clip(np.ceil(length / PIECE), 1, MOST_PIECES).astype(np.intp)
    line = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(line)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    middles = start[line] + ((number + 0.5) / pieces[line])[:, np.newaxis] * along[line]
    seen = is_in_front(middles, picture)
    found = []
    for wanted in (seen, ~seen):
        first, last = wanted.copy(), wanted.copy()
        neighbours = (line[1:] == line[:-1]) & wanted[1:] & wanted[:-1]
        first[1:] &= ~neighbours
        last[:-1] &= ~neighbours
        ends = np.empty((2 * int(first.sum()), 2))
        for parity, at, step in ((0, first, 0), (1, last, 1)):
            which = line[at]
            ends[parity::2] = start[which, :2] + ((number[at] + step) / pieces[which])[:, np.newaxis] * along[which, :2]
        found.append(ends)
    return found[0], found[1]


def line_path(ends: FloatArray) -> QPainterPath:
    """Return what to stroke for pairs of ``ends`` (2 p, 2); those that follow one another are joined."""
    joined = np.ones(len(ends), dtype=np.int32)
    joined[1:-1:2] = (ends[1:-1:2] == ends[2::2]).all(axis=1)
    joined[-1:] = 0
    path: QPainterPath = pg.functions.arrayToQPath(ends[:, 0], ends[:, 1], connect=joined, finiteCheck=False)
    return path


class SeenLines:
    """A frame and a path as they are seen in one picture, ready to be painted in a widget's pixels."""

    def __init__(self, matrix: FloatArray, picture: Picture, width: float, height: float) -> None:
        self._matrix, self._picture = matrix, picture
        self._scale = np.array([width, height]) / picture.size
        self._frame = QPainterPath()
        self._hidden, self._seen = QPainterPath(), QPainterPath()
        self._dots = QPolygonF()

    def set_frame(self, lines: FloatArray) -> None:
        """Take the frame's lines as pairs of ends (2 s, 3) in the box."""
        self._frame = line_path(seen_parts(self._places(lines), self._picture) * self._scale)

    def set_path(self, path: Path | None) -> None:
        """Take this path, or none."""
        nothing = np.empty((0, 3))
        self._seen, self._hidden = self.parts(nothing if path is None else path.segments)
        dots = self._places(nothing if path is None else path.dots)
        dots[:, 2] -= DIP
        in_front = dots[is_in_front(dots, self._picture), :2] * self._scale
        self._dots = QPolygonF([QPointF(x, y) for x, y in in_front.tolist()])

    def parts(self, segments: FloatArray) -> tuple[QPainterPath, QPainterPath]:
        """Return what is seen, and what the surface hides, of pairs of ends (2 s, 3) in the box."""
        places = self._places(segments)
        places[:, 2] -= DIP
        seen, hidden = parted(places, self._picture)
        return line_path(seen * self._scale), line_path(hidden * self._scale)

    def on_screen(self, points: FloatArray) -> FloatArray:
        """Return where ``points`` (k, 3) of the box are in the widget's pixels (k, 2)."""
        places: FloatArray = self._places(points)[:, :2] * self._scale
        return places

    def paint(self, painter: QPainter, path_colour: QColor, frame_colour: QColor, strength: float = 1.0) -> None:
        """Paint the frame, the path as it shines through the surface, and what of it is in front.

        ``strength`` is less than 1 for a path that is faded.
        """
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.strokePath(self._frame, _pen(frame_colour, FRAME_WIDTH, FRAME))
        stamped(painter, self._hidden, path_colour.name(), PATH_WIDTH, THROUGH * strength)
        stamped(painter, self._seen, path_colour.name(), PATH_WIDTH, strength)
        painter.setPen(_pen(path_colour, DOT, strength))
        painter.drawPoints(self._dots)

    def _places(self, points: FloatArray) -> FloatArray:
        return projected(points, self._matrix, self._picture.size)


def _pen(colour: QColor, width: float, strength: float = 1.0) -> QPen:
    colour = QColor(colour)
    colour.setAlphaF(strength)
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
