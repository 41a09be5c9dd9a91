"""The plane through three points of a run: where it started, where it is, and the best point that was found."""

import numpy as np

from landscape_app.core.arrays import FloatArray, length
from landscape_app.core.landscape.directions import Directions, across, completed, first_axes, unit

_NOW, _BEST, _ACROSS = "towards the current point", "towards the best point", "at right angles"
_ACROSS_TO_BEST = f"across, {_BEST}"
#: Part of a distance that counts as none.
_NOTHING = 1e-12


def three_point_directions(start: FloatArray, now: FloatArray, best: FloatArray) -> Directions:
    """Return unit directions from ``start`` towards ``now``, and at right angles to it towards ``best``.

    All points have shape (size,); ``start`` is the base, so that it lies at (0, 0), the current point on the first
    axis, and the best one in the plane. Where points coincide, or lie on one line, a direction that is always the
    same takes the missing one's place, and a remark says so.
    """
    if not (np.isfinite(start).all() and np.isfinite(now).all() and np.isfinite(best).all()):
        u, v = first_axes(start.size)
        return Directions(start, u, v, "direction 1", "direction 2", "three-points", remark=_DIVERGED)
    # Halves, since the difference of two doubles may be beyond a double.
    to_now, to_best = now / 2 - start / 2, best / 2 - start / 2
    rounding = 8.0 * np.finfo(np.float64).eps * max(length(start), length(now), length(best))
    if length(to_now) <= rounding and length(to_best) <= rounding:
        u, v = first_axes(start.size)
        return Directions(start, u, v, "direction 1", "direction 2", "three-points", remark=_ONE_POINT)
    if length(to_now) <= rounding:
        u = unit(to_best)
        return Directions(start, u, completed(u), _BEST, _ACROSS, "three-points", remark=_AT_START)
    u = unit(to_now)
    rest = across(to_best / (length(to_best) or 1.0), u)
    if length(to_best) <= rounding:
        return Directions(start, u, completed(u), _NOW, _ACROSS, "three-points", remark=_BEST_IS_START)
    if length(rest) <= max(_NOTHING, rounding / length(to_best)):
        remark = _BEST_IS_NOW if length(to_best - to_now) <= rounding else _ON_A_LINE
        return Directions(start, u, completed(u), _NOW, _ACROSS, "three-points", remark=remark)
    return Directions(start, u, unit(across(unit(rest), u)), _NOW, _ACROSS_TO_BEST, "three-points")


_SECOND = "so that the second direction is any one at right angles to the first"
_AT_START = f"The current point is the start, {_SECOND}."
_BEST_IS_START = f"The best point is the start, {_SECOND}."
_BEST_IS_NOW = f"The best point is the current one, {_SECOND}."
_ON_A_LINE = f"The start, the current and the best point lie on one line, {_SECOND}."
_ONE_POINT = "The start, the current and the best point are the same, so that these are the first two parameters."
_DIVERGED = "One of the three points is not finite, so that these are the first two parameters."
