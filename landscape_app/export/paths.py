"""Make long paths short: what can't be seen at a figure's resolution is not drawn."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from landscape_app.core.arrays import FloatArray


def visible_line(
    points: FloatArray, ranges: Sequence[tuple[float, float]], pixels: int, beyond: float = 0.0
) -> FloatArray:
    """Return the part of a path that can be seen in a box, in its own units, as a line with gaps of NaN.

    Parameters
    ----------
    points
        The path (p, d).
    ranges
        The box, one range for each of the d axes. A path that ran away to 1e300 is cut at its border.
    pixels
        Points closer than one part in ``pixels`` to the one before are left out; the last one stays.
    beyond
        How far outside of the box the path is cut, in units of its width: where something else clips the
        line at the border, its ends and joints should not be seen.
    """
    low = np.array([r[0] for r in ranges])
    width = np.array([r[1] for r in ranges]) - low
    with np.errstate(over="ignore", invalid="ignore"):
        unit = (points - low) / width
    unit = unit[np.isfinite(unit).all(axis=1)]
    thin = _thinned(unit, 1.0 / pixels)
    if len(thin) < 2:
        inside = thin[((thin >= -beyond) & (thin <= 1.0 + beyond)).all(axis=1)]
    else:
        inside = _clipped(thin[:-1], thin[1:], beyond)
    line: FloatArray = inside * width + low
    return line


def _thinned(unit: FloatArray, spacing: float) -> FloatArray:
    """Drop every point that falls into the same cell of a fine grid as the one before it."""
    if len(unit) < 3:
        return unit
    cells = np.floor(np.clip(unit, -1e6, 1e6) / spacing)
    moved = (cells[1:] != cells[:-1]).any(axis=1)
    outside = (np.abs(unit[1:]) > 1e6).any(axis=1)  # beyond the grid's reach: kept
    keep = np.concatenate(([True], moved | outside))
    keep[-1] = True
    return unit[keep]


def _clipped(begin: FloatArray, end: FloatArray, beyond: float) -> FloatArray:
    """Cut the segments from ``begin`` to ``end`` (s, d) at the box, all at once, and string them together.

    Source: Liang and Barsky 1984.
    """
    # From the nearer end: a crossing reckoned from a point at 1e300 would be wrong by 1e284.
    swap = np.abs(begin).max(axis=1) > np.abs(end).max(axis=1)
    near = np.where(swap[:, np.newaxis], end, begin)
    step = np.where(swap[:, np.newaxis], begin, end) - near
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at_low, at_high = (-beyond - near) / step, (1.0 + beyond - near) / step
        enter, leave = np.minimum(at_low, at_high), np.maximum(at_low, at_high)
    within = (near >= -beyond) & (near <= 1.0 + beyond)
    still = step == 0.0  # never crosses: inside for ever or outside for ever
    enter[still] = np.where(within[still], -np.inf, np.inf)
    leave[still] = np.where(within[still], np.inf, -np.inf)
    first = np.clip(enter.max(axis=1), 0.0, None)
    last = np.clip(leave.min(axis=1), None, 1.0)
    seen = first <= last
    a = near[seen] + first[seen, np.newaxis] * step[seen]
    b = near[seen] + last[seen, np.newaxis] * step[seen]
    turned = swap[seen, np.newaxis]
    return _strung(np.where(turned, b, a), np.where(turned, a, b))


def _strung(begin: FloatArray, end: FloatArray) -> FloatArray:
    """Return one line through all segments, with NaN where one does not begin where the last ended."""
    if not len(begin):
        return begin
    joined = np.isclose(begin[1:], end[:-1], rtol=0.0, atol=1e-9).all(axis=1)
    pieces = np.full((len(begin), 3, begin.shape[1]), np.nan)
    pieces[:, 0], pieces[:, 1] = begin, end
    keep = np.ones((len(begin), 3), dtype=bool)
    keep[1:, 0] = ~joined
    keep[:-1, 2] = ~joined
    keep[-1, 2] = False
    line: FloatArray = pieces[keep]
    return line


def thinned_series(values: FloatArray, columns: int = 1200) -> tuple[FloatArray, FloatArray]:
    """Return iterations and values of a curve with no more than some four points a column.

    Each column keeps its first, lowest, highest and last value, so that no spike is lost.
    """
    count = len(values)
    if count <= 4 * columns:
        return np.arange(count, dtype=np.float64), values
    edges = np.linspace(0, count, columns + 1).astype(np.int64)
    kept: set[int] = {0, count - 1}
    for begin, end in pairwise(edges.tolist()):
        part = values[begin:end]
        kept |= {begin, end - 1, begin + int(part.argmin()), begin + int(part.argmax())}
    chosen = np.array(sorted(kept))
    return chosen.astype(np.float64), values[chosen]
