"""A long path drawn at the cost of a short one: thinned by what can be told apart on the map, reading only news."""

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.session.map_view import MapView

#: Longer parts of a path are thinned to at most so many points, and two.
MOST_POINTS = 4_000
#: Points further out of sight than so many times the map's width are not joined to the path.
FAR = 4.0
#: Two points in the same of so many cells across the map look like one.
CELLS = 3_000
#: What one rival of many may cost: each is stroked twice, with dashes, at every frame.
RIVAL_POINTS, RIVAL_CELLS = 600, 1_000


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


class Thinning:
    """Which points of a growing path look different from the one before, on a map that stands still.

    Of those the first ``most`` // 2 are all drawn, since the first steps are the longest, of the others one in 3,
    9, 27 ...: an odd number, so that a path that jumps from one side of a ravine to the other is still seen to do
    so, and one that rarely changes, so that the picture stands still while the path grows.
    """

    def __init__(self, view: MapView, most: int = MOST_POINTS, cells: int = CELLS) -> None:
        self._view, self._most, self._cells = view, most, cells
        self._length = self._count = 0
        self._kept: IntArray = np.empty(most, dtype=np.int64)
        self._last_cell: IntArray = np.full((1, 2), -1, dtype=np.int64)

    def part(self, points: FloatArray, begin: int, end: int) -> FloatArray:
        """Return what to draw of ``points`` (length, 2) from ``begin`` to ``end``, both included; none is moved.

        The points begin with those given the last time. Those far out of sight are not-a-number.
        """
        if end - begin < self._most:
            return near(points[begin : end + 1], self._view)
        self._extend(points)
        first, last = np.searchsorted(self._kept[: self._count], (begin + 1, end))
        head = self._most // 2
        every = 1
        while (self._count - head) > every * (self._most - head):
            every *= 3
        after = max(int(first), head)
        after += -(after - head) % every
        index = np.concatenate(([begin], self._kept[first : min(head, last)], self._kept[after:last:every], [end]))
        return near(points[index], self._view)

    def _extend(self, points: FloatArray) -> None:
        """Look through what is new."""
        new = points[self._length :]
        if not len(new):
            return
        low = np.array([self._view.x_range[0], self._view.y_range[0]])
        high = np.array([self._view.x_range[1], self._view.y_range[1]])
        share = np.clip((new - low) / (high - low), -FAR, FAR + 1.0)
        cells = np.concatenate((self._last_cell, np.floor((share + FAR) * self._cells).astype(np.int64)))
        moved = (cells[1:, 0] != cells[:-1, 0]) | (cells[1:, 1] != cells[:-1, 1])
        found = np.flatnonzero(moved) + self._length
        if self._count + len(found) > len(self._kept):
            grown = np.empty(2 * (self._count + len(found)), dtype=np.int64)
            grown[: self._count] = self._kept[: self._count]
            self._kept = grown
        self._kept[self._count : self._count + len(found)] = found
        self._count += len(found)
        self._length = len(points)
        self._last_cell = cells[-1:]
