"""The path on the map: what was walked, what lies ahead, start, present point, optimum and truth."""

import numpy as np
import pyqtgraph as pg

from landscape_app.core.arrays import FloatArray
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import Palette

#: Up to so many iterations each gets its own dot.
DOTS = 300
#: Longer paths are thinned to about so many points for drawing.
MOST_POINTS = 4_000


def thinned(points: FloatArray, most: int = MOST_POINTS) -> FloatArray:
    """Return at most about ``most`` of ``points`` (p, 2), the last one included, none of them moved.

    Points that lie close to the one kept before add nothing to the picture; the first steps, which are the
    longest, are all kept.
    """
    if len(points) <= most:
        return points
    extent = np.ptp(points, axis=0)
    extent[extent == 0.0] = 1.0
    cells = np.floor((points - points.min(axis=0)) / extent * 1500.0)
    moved = np.append(True, np.any(cells[1:] != cells[:-1], axis=1))
    moved[-1] = True
    kept = points[moved]
    if len(kept) > most:
        kept = np.vstack((kept[: most // 2], kept[most // 2 :: -(-len(kept) // most)], kept[-1:]))
    return kept


class PathLayer:
    """The items of the path, in the order in which they are painted."""

    def __init__(self) -> None:
        self.halo = pg.PlotCurveItem(skipFiniteCheck=True)
        self.ahead = pg.PlotCurveItem(skipFiniteCheck=True)
        self.walked = pg.PlotCurveItem(skipFiniteCheck=True)
        self.dots = pg.ScatterPlotItem(size=5, pxMode=True)
        self.marks = pg.ScatterPlotItem(pxMode=True)
        for z, item in enumerate(self.items):
            item.setZValue(z + 1 if item is not self.marks else 10)
        self._look: Palette | None = None
        self._drawn: Snapshot | None = None

    @property
    def items(self) -> tuple[pg.GraphicsObject, ...]:
        """All items, the lowest first."""
        return (self.halo, self.ahead, self.walked, self.dots, self.marks)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look: the map's colours stay, so does what is drawn on it, apart from the accent."""
        self._look = palette
        self.halo.setPen(pg.mkPen((0, 0, 0, 120), width=4))
        self.ahead.setPen(pg.mkPen((255, 255, 255, 150), width=1))
        self.walked.setPen(pg.mkPen(palette.path, width=2))
        self.dots.setPen(None)
        self.dots.setBrush(pg.mkBrush(palette.path))
        if self._drawn is not None:
            self.draw(self._drawn)

    def draw(self, snapshot: Snapshot) -> None:
        """Draw the path up to the cursor strongly, what is recorded beyond it faintly."""
        self._drawn = snapshot
        plane = snapshot.map_view.plane
        points = plane.project(snapshot.timeline.theta)
        walked = thinned(points[: snapshot.cursor + 1])
        ahead = thinned(points[snapshot.cursor :])
        self.halo.setData(walked[:, 0], walked[:, 1])
        self.walked.setData(walked[:, 0], walked[:, 1])
        self.ahead.setData(ahead[:, 0], ahead[:, 1])
        few = walked if snapshot.cursor <= DOTS else walked[:0]
        self.dots.setData(few[:, 0], few[:, 1])
        self._draw_marks(snapshot, points)

    def _draw_marks(self, snapshot: Snapshot, points: FloatArray) -> None:
        assert self._look is not None
        plane, problem, look = snapshot.map_view.plane, snapshot.problem, self._look
        dark = pg.mkPen("#101010", width=1.2)
        spots = []
        if problem.truth is not None:
            spots.append(
                {"pos": plane.project(problem.truth), "symbol": "d", "size": 13, "brush": look.truth, "pen": dark}
            )
        if problem.optimum is not None:
            spots.append(
                {
                    "pos": plane.project(problem.optimum.theta),
                    "symbol": "star",
                    "size": 17,
                    "brush": look.optimum,
                    "pen": dark,
                }
            )
        ring = pg.mkPen("#ffffff", width=2)
        spots.append({"pos": points[0], "symbol": "o", "size": 11, "brush": (0, 0, 0, 60), "pen": ring})
        spots.append({"pos": points[snapshot.cursor], "symbol": "o", "size": 13, "brush": look.path, "pen": ring})
        self.marks.setData(spots)
