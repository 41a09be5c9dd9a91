"""The path on the map: what was walked, what lies ahead, start, present point, optimum and truth."""

import numpy as np
import pyqtgraph as pg

from landscape_app.core.arrays import FloatArray
from landscape_app.session.map_view import MapView
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import Palette

#: Up to so many iterations each gets its own dot.
DOTS = 300
#: Longer paths are thinned to about so many points for drawing.
MOST_POINTS = 4_000
#: Points further out of sight than so many times the map's width are not joined to the path.
FAR = 4.0


def thinned(points: FloatArray, most: int = MOST_POINTS) -> FloatArray:
    """Return at most about ``most`` of ``points`` (p, 2), the last one included, none of them moved.

    Points that lie close to the one kept before add nothing to the picture; the first steps, which are the
    longest, are all kept.
    """
    if len(points) <= most:
        return points
    seen = points[np.isfinite(points[:, 0])]
    if len(seen) == 0:
        return points[:1]
    extent = np.ptp(seen, axis=0)
    extent[extent == 0.0] = 1.0
    cells = np.nan_to_num(np.floor((points - seen.min(axis=0)) / extent * 1500.0), nan=-1.0)
    moved = np.append(True, np.any(cells[1:] != cells[:-1], axis=1))
    moved[-1] = True
    kept = points[moved]
    if len(kept) > most:
        kept = np.vstack((kept[: most // 2], kept[most // 2 :: -(-len(kept) // most)], kept[-1:]))
    return kept


def near(points: FloatArray, view: MapView) -> FloatArray:
    """Return ``points`` (p, 2) with not-a-number in place of those that are far out of sight.

    A path that runs away swings across the map at every step; the strokes between points that can't be seen
    would cover it.
    """
    far = np.zeros(len(points), dtype=bool)
    for axis, (low, high) in enumerate((view.x_range, view.y_range)):
        centre, reach = 0.5 * (low + high), (FAR + 0.5) * (high - low)
        far |= ~(np.abs(points[:, axis] - centre) <= reach)
    if not far.any():
        return points
    kept = points.copy()
    kept[far] = np.nan
    return kept


class PathLayer:
    """The items of the path, in the order in which they are painted."""

    def __init__(self) -> None:
        self.halo = pg.PlotCurveItem(connect="finite")
        self.ahead = pg.PlotCurveItem(connect="finite")
        self.walked = pg.PlotCurveItem(connect="finite")
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
        points = snapshot.timeline.path_on(plane)
        walked = thinned(near(points[: snapshot.cursor + 1], snapshot.map_view))
        ahead = thinned(near(points[snapshot.cursor :], snapshot.map_view))
        self.halo.setData(walked[:, 0], walked[:, 1])
        self.walked.setData(walked[:, 0], walked[:, 1])
        self.ahead.setData(ahead[:, 0], ahead[:, 1])
        few = walked[np.isfinite(walked[:, 0])] if snapshot.cursor <= DOTS else walked[:0]
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
