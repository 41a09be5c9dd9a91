"""The descent's path in the box: at its true loss, thinned where nobody could tell, cut off at the walls."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray
from landscape_app.views.surface_box import CORNER, Box

#: Of a long run all the first rows are looked at, where it moves most, and so many of the others.
FIRST_READ, LATER_READ = 4_000, 8_000
#: Of what is left after thinning so many points are drawn: software that draws lines takes 3 µs for each.
FIRST_DRAWN, LATER_DRAWN = 800, 1_200
#: Two points closer than this, in units of the box's half side, are drawn as one: half a pixel or so.
INDISTINGUISHABLE = 1.0 / 500.0
#: Up to so many points each iteration gets a dot.
MOST_DOTS = 150


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """``segments`` (2 s, 3): pairs of ends, all inside the box; ``dots`` (d, 3): iterations inside the box."""

    segments: FloatArray
    dots: FloatArray


def path_in_box(path: FloatArray, loss: FloatArray, box: Box) -> Path:
    """Return what to draw of plane coordinates ``path`` (s, 2) and losses ``loss`` (s,), the last the current one."""
    read = few_of(len(path), FIRST_READ, LATER_READ)
    xy = np.concatenate([path[part] for part in read])
    points = box.place(xy[:, 0], xy[:, 1], np.concatenate([loss[part] for part in read]))
    points = thinned(points[np.isfinite(points).all(axis=1)])
    points = np.concatenate([points[part] for part in few_of(len(points), FIRST_DRAWN, LATER_DRAWN)])
    inside = points[within(points)]
    return Path(cut_off(points), inside if len(path) <= MOST_DOTS else inside[:0])


def few_of(count: int, first: int, later: int) -> tuple[slice, slice]:
    """Return slices of ``count`` points: all of the ``first``, and about ``later`` of the others with the last.

    The step is odd: a path that jumps from one side of a ravine to the other is still seen to do so.
    """
    rest = max(0, count - first)
    step = -(-rest // later) | 1
    return slice(0, min(first, count)), slice(min(first, count) + (rest - 1) % step, None, step)


def thinned(points: FloatArray) -> FloatArray:
    """Return ``points`` (k, 3) without those that look the same as the one before; the last one stays."""
    if len(points) < 3:
        return points
    cells = np.rint(np.clip(points, -10.0, 10.0) / INDISTINGUISHABLE)
    keep = np.ones(len(points), dtype=bool)
    keep[1:-1] = (cells[1:-1] != cells[:-2]).any(axis=1)
    return points[keep]


def within(points: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which of ``points`` (k, 3) lie inside the box, its walls included."""
    return np.all(np.abs(points) <= CORNER + 1e-9, axis=1)


def cut_off(points: FloatArray) -> FloatArray:
    """Return the parts inside the box of the line through ``points`` (k, 3), as pairs of ends (2 s, 3).

    Source: Liang and Barsky 1984, for all segments at once.
    """
    start, along = points[:-1], np.diff(points, axis=0)
    wall = CORNER + 1e-9
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (-wall - start) / along, (wall - start) / along
    level = along == 0.0
    between = np.abs(start) <= wall  # a segment along a wall is inside for ever, or never
    enters = np.where(level, np.where(between, -np.inf, np.inf), np.minimum(one, other)).max(axis=1)
    leaves = np.where(level, np.where(between, np.inf, -np.inf), np.maximum(one, other)).min(axis=1)
    first, last = np.maximum(enters, 0.0), np.minimum(leaves, 1.0)
    seen = first < last
    ends = np.stack((first[seen], last[seen]), axis=1)[:, :, np.newaxis]  # (s, 2, 1)
    return (start[seen, np.newaxis] + ends * along[seen, np.newaxis]).reshape(-1, 3)
