"""The rivals' paths on the map, each in its colour and dash, up to the clock of the race."""

from math import isfinite

import pyqtgraph as pg

from landscape_app.core.arrays import FloatArray
from landscape_app.session.map_view import MapView
from landscape_app.session.race import Lane
from landscape_app.session.records import Timeline
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.contour_thinning import RIVAL_CELLS, RIVAL_POINTS, Thinning
from landscape_app.views.plotting import pen
from landscape_app.views.plotting_items import DashedCurve
from landscape_app.views.plotting_marks import Mark, Marks
from landscape_app.views.race_look import FADED, map_pen

EDGE = "#101010"


class _Trail:
    """One lane's line with a dark rim, and the thinning that its long path needs."""

    def __init__(self) -> None:
        self.rim, self.line = DashedCurve(), DashedCurve()
        self._thinning: tuple[Timeline, MapView, Thinning] | None = None

    def points(self, timeline: Timeline, view: MapView, at: int) -> FloatArray:
        """Return what to draw (p, 2) of the path up to iteration ``at``."""
        known = self._thinning
        if known is None or not _alike(known[1], view) or not timeline.continues(known[0]):
            known = (timeline, view, Thinning(view, RIVAL_POINTS, RIVAL_CELLS))
        self._thinning = (timeline, view, known[2])
        return known[2].part(timeline.path_on(view.plane), 0, at)


def _alike(one: MapView, other: MapView) -> bool:
    """Whether every path is in the same place on both maps: a slice that follows the cursor is another plane."""
    same = one.x_range == other.x_range and one.y_range == other.y_range
    return one is other or (same and one.plane.same_projection(other.plane))


class RaceLayer:
    """A line and a dot for each rival that is shown; ``isolated`` is the lane that alone is drawn strongly."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._box = box
        self._trails: list[_Trail] = []
        self.heads = Marks()
        self.heads.setZValue(9.5)
        box.addItem(self.heads, ignoreBounds=True)
        self.isolated = -1

    @property
    def lines(self) -> list[DashedCurve]:
        """The lines of the rivals, in the order of the race."""
        return [trail.line for trail in self._trails]

    def draw(self, new: Snapshot) -> None:
        """Draw the rivals at the clock."""
        rivals = new.race.lanes[1:] if new.race is not None else ()
        while len(self._trails) < len(rivals):
            trail = _Trail()
            for z, item in ((0.91, trail.rim), (0.92, trail.line)):
                item.setZValue(z)
                self._box.addItem(item, ignoreBounds=True)
            self._trails.append(trail)
        heads = []
        for number, trail in enumerate(self._trails):
            lane = rivals[number] if number < len(rivals) else None
            shown = lane is not None and lane.visible and lane.timeline is not None
            for item in (trail.rim, trail.line):
                item.setVisible(shown)
            if lane is not None and shown:
                heads += self._draw_lane(trail, lane, new, number + 1)
        self.heads.set_marks(tuple(heads))

    def _draw_lane(self, trail: _Trail, lane: Lane, new: Snapshot, number: int) -> list[Mark]:
        assert lane.timeline is not None
        assert lane.config is not None
        points = trail.points(lane.timeline, new.map_view, lane.at)
        for item in (trail.rim, trail.line):
            item.take_path(pg.functions.arrayToQPath(points[:, 0], points[:, 1], connect="finite"))
        faded = self.isolated >= 0 and self.isolated != number
        trail.rim.set_pen(pen("#000000", 4.2, alpha=FADED // 3 if faded else 110))
        trail.line.set_pen(map_pen(lane.config.look, alpha=FADED if faded else 255))
        x, y = map(float, points[-1])
        if not (isfinite(x) and isfinite(y)):  # far out of sight
            return []
        shade = map_pen(lane.config.look, alpha=FADED if faded else 255).color()
        rgb = f"#{shade.alpha():02x}{shade.red():02x}{shade.green():02x}{shade.blue():02x}"
        return [Mark(x, y, "circle", 10.0, rgb, EDGE if not faded else "#2d101010", 1.4)]
