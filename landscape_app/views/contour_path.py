"""The path on the map: what was walked, what lies ahead, start, present point, optimum and truth."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPainter

from landscape_app.core.arrays import FloatArray
from landscape_app.session.marked_points import marked_points
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.contour_thinning import Thinning
from landscape_app.views.palette import Palette
from landscape_app.views.plotting_items import Curve, Dots
from landscape_app.views.plotting_marks import Mark, Marks, Symbol
from landscape_app.views.plotting_strokes import stamped

#: The edges of what is known and of what is walked: one dark, one bright, so that both are seen on any colour.
EDGE, RING = "#101010", "#ffffff"
#: What is marked, and how many pixels wide.
SYMBOLS: dict[str, tuple[Symbol, float]] = {
    "truth": ("diamond", 13.0),
    "optimum": ("star", 17.0),
    "best": ("triangle", 13.0),
}
#: Up to so many iterations each gets its own dot.
DOTS = 300
#: How strongly the path is drawn while another one is looked at.
FADED = 0.2


class PathLine(Curve):
    """A line that is broken where its points are not numbers, more or less seen through."""

    def __init__(self) -> None:
        super().__init__()
        self.points: FloatArray = np.empty((0, 2))
        self.strength = 1.0

    def set_line(self, points: FloatArray) -> None:
        """Draw the line through ``points`` (p, 2)."""
        self.points = points
        self.take_path(pg.functions.arrayToQPath(points[:, 0], points[:, 1], connect="finite"))

    def set_line_of(self, other: "PathLine") -> None:
        """Draw the same line as another one."""
        self.points = other.points
        self.take_path(other.path)

    def set_look(self, name: str, width: float, strength: float = 1.0) -> None:
        """Take a colour, a width in pixels, and 1 for an opaque line or less."""
        super().set_look(name, width)
        self.strength = strength

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the line."""
        stamped(painter, self.path, *self.look, self.strength)


class PathLayer:
    """The items of the path, in the order in which they are painted."""

    def __init__(self) -> None:
        self.halo, self.ahead, self.walked = PathLine(), PathLine(), PathLine()
        self.dots = Dots(5.0)
        self.marks = Marks()
        for z, item in enumerate(self.items):
            item.setZValue(z + 1 if item is not self.marks else 10)
        self._look: Palette | None = None
        self._faded = False
        self._drawn: Snapshot | None = None
        self._thinning: Thinning | None = None

    @property
    def items(self) -> tuple[pg.GraphicsObject, ...]:
        """All items, the lowest first."""
        return (self.halo, self.ahead, self.walked, self.dots, self.marks)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look: the map's colours stay, so does what is drawn on it, apart from the accent."""
        self._look = palette
        share = FADED if self._faded else 1.0
        self.halo.set_look("#000000", 4.0, 0.6 * share)
        self.ahead.set_look("#ffffff", 1.0, 0.6 * share)
        self.walked.set_look(palette.path, 2.0, share)
        self.dots.set_colour(palette.path, round(255 * share))
        if self._drawn is not None:
            self.draw(self._drawn)

    def set_faded(self, faded: bool) -> None:
        """Draw the path faintly, while another one is looked at."""
        if faded != self._faded:
            self._faded = faded
            if self._look is not None:
                self.set_palette(self._look)

    def draw(self, snapshot: Snapshot) -> None:
        """Draw the path up to the cursor strongly, what is recorded beyond it faintly."""
        thinning = self._thinning
        if thinning is None or not self._continues(snapshot):
            thinning = self._thinning = Thinning(snapshot.map_view)
        self._drawn = snapshot
        points = snapshot.timeline.path_on(snapshot.map_view.plane)
        walked = thinning.part(points, 0, snapshot.cursor)
        ahead = thinning.part(points, snapshot.cursor, snapshot.timeline.last)
        self.walked.set_line(walked)
        self.halo.set_line_of(self.walked)
        self.ahead.set_line(ahead)
        few = walked[np.isfinite(walked[:, 0])] if snapshot.cursor <= DOTS else walked[:0]
        self.dots.set_points(few[:, 0], few[:, 1])
        self._draw_marks(snapshot, points)

    def _continues(self, new: Snapshot) -> bool:
        """Whether the path goes on from the one drawn last, on the same part of the same plane."""
        if self._drawn is None or not new.timeline.continues(self._drawn.timeline):
            return False
        view, old = new.map_view, self._drawn.map_view
        same_part = (view.x_range, view.y_range) == (old.x_range, old.y_range)
        return same_part and view.plane.same_projection(old.plane)

    def _draw_marks(self, snapshot: Snapshot, points: FloatArray) -> None:
        assert self._look is not None
        look = self._look
        colours = {"truth": look.truth, "optimum": look.optimum, "best": look.path}
        marks = []
        for point in marked_points(snapshot):
            symbol, size = SYMBOLS[point.kind]
            colour = colours[point.kind]
            if point.beside:  # open: it is not there, but nearest to there
                marks += [Mark(point.x, point.y, symbol, size, "", *edge) for edge in ((EDGE, 3.6), (colour, 1.6))]
            else:
                marks.append(Mark(point.x, point.y, symbol, size, colour, EDGE, 1.2))
        for at, size, filling in ((0, 11.0, "#3c000000"), (snapshot.cursor, 13.0, look.path)):
            x, y = map(float, points[at])
            marks.append(Mark(x, y, "circle", size, filling, RING, 2.0))
        self.marks.set_marks(tuple(marks))
