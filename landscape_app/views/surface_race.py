"""The rivals' paths on the surface, each at its true loss, in the colour and dash that it has on the map."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.landscape import Plane
from landscape_app.session.race import Race
from landscape_app.session.records import Timeline
from landscape_app.views.race_look import FADED, map_pen
from landscape_app.views.surface_box import Box
from landscape_app.views.surface_lines import SeenLines
from landscape_app.views.surface_path import FIRST_READ, LATER_READ, cut_off, few_of

#: How strongly what the surface hides is seen through it, and how much wider the dark rim is, in pixels.
THROUGH, RIM = 0.35, 1.8
#: Of a rival so many points are drawn, the first ones and of the others: each is stroked three times at every frame.
FIRST_DRAWN, LATER_DRAWN = 250, 350
#: Two points closer than this, in units of the box's half side, are drawn as one: a pixel or so.
INDISTINGUISHABLE = 1.0 / 250.0


@dataclass(frozen=True, slots=True, eq=False)
class LaidRival:
    """A rival's path up to the clock: ``segments`` (2 s, 3), pairs of ends inside the box."""

    look: int
    segments: FloatArray
    faded: bool


class _Trail:
    """A rival's path in the box: points that look different from the one before. Only what is new is looked through."""

    def __init__(self, timeline: Timeline, plane: Plane, box: Box) -> None:
        self._timeline, self._plane, self._box = timeline, plane, box
        self._length = 0
        self._kept: IntArray = np.empty(0, dtype=np.int64)
        self._points: FloatArray = np.empty((0, 3))
        self._last_cell: FloatArray = np.full((1, 3), np.nan)

    def fits(self, timeline: Timeline, plane: Plane, box: Box) -> bool:
        """Whether this is the path of ``timeline``, or its beginning, on ``plane`` in ``box``."""
        return plane.same_projection(self._plane) and box == self._box and timeline.continues(self._timeline)

    def segments(self, timeline: Timeline, at: int) -> FloatArray:
        """Return the path up to iteration ``at``, which is its last point, as pairs of ends (2 s, 3) in the box."""
        self._timeline = timeline
        path, loss = timeline.path_on(self._plane), timeline.loss
        self._extend(path[self._length :], loss[self._length :])
        count = int(np.searchsorted(self._kept, at))
        parts = [self._points[part] for part in few_of(count, FIRST_DRAWN, LATER_DRAWN)] if count else []
        last = self._box.place(path[at : at + 1, 0], path[at : at + 1, 1], loss[at : at + 1])
        points = np.concatenate((*parts, last[np.isfinite(last).all(axis=1)]))
        return cut_off(points) if len(points) else points

    def _extend(self, path: FloatArray, loss: FloatArray) -> None:
        """Look through what is new: coordinates ``path`` (s, 2) and losses (s,)."""
        if not len(path):
            return
        rows = np.concatenate([np.arange(len(path))[part] for part in few_of(len(path), FIRST_READ, LATER_READ)])
        points = self._box.place(path[rows, 0], path[rows, 1], loss[rows])
        finite = np.flatnonzero(np.isfinite(points).all(axis=1))
        cells = np.rint(np.clip(points[finite], -10.0, 10.0) / INDISTINGUISHABLE)
        cells = np.concatenate((self._last_cell, cells))
        new = finite[(cells[1:] != cells[:-1]).any(axis=1)]
        self._kept = np.concatenate((self._kept, rows[new] + self._length))
        self._points = np.concatenate((self._points, points[new]))
        self._last_cell = cells[-1:]
        self._length += len(path)


class LaidRivals:
    """Lays the rivals' paths upon the surface, and remembers what it has laid."""

    def __init__(self) -> None:
        self._trails: dict[int, _Trail] = {}

    def at(self, race: Race | None, plane: Plane, box: Box, isolated: int) -> tuple[LaidRival, ...]:
        """Return the paths of the rivals that are shown; all but lane ``isolated`` are faded, none if that is -1."""
        lanes = () if race is None else race.lanes[1:]
        self._trails = {number: trail for number, trail in self._trails.items() if number <= len(lanes)}
        laid = []
        for number, lane in enumerate(lanes, start=1):
            if lane.visible and lane.timeline is not None and lane.config is not None:
                segments = self._trail_of(number, lane.timeline, plane, box).segments(lane.timeline, lane.at)
                laid.append(LaidRival(lane.config.look, segments, isolated >= 0 and isolated != number))
        return tuple(laid)

    def _trail_of(self, number: int, timeline: Timeline, plane: Plane, box: Box) -> _Trail:
        trail = self._trails.get(number)
        if trail is None or not trail.fits(timeline, plane, box):
            trail = self._trails[number] = _Trail(timeline, plane, box)
        return trail


class SeenRivals:
    """The rivals' paths as they are seen in one picture, ready to be painted in a widget's pixels."""

    def __init__(self, rivals: tuple[LaidRival, ...], lines: SeenLines) -> None:
        self._rivals = [(rival, *lines.parts(rival.segments)) for rival in rivals]

    def paint(self, painter: QPainter) -> None:
        """Paint them; what the surface hides shines through."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for rival, seen, hidden in self._rivals:
            made = map_pen(rival.look, alpha=FADED if rival.faded else 255)
            shade = made.color()
            shade.setAlphaF(shade.alphaF() * THROUGH)
            painter.strokePath(hidden, QPen(shade, made.widthF(), made.style()))
            if not rival.faded:
                painter.strokePath(seen, QPen(QColor(0, 0, 0, 110), made.widthF() + RIM))
            painter.strokePath(seen, made)
