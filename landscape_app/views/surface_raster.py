"""The surface painted by the processor: triangles turned into pixels by numpy, the nearest one wins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from landscape_app.core.arrays import FloatArray
from landscape_app.views.surface_mesh import Mesh
from landscape_app.views.surface_picture import Picture, empty_picture

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

#: The farthest that a triangle is pushed back, in units of its own depth, by its slope: see ``Picture``.
PUSHED_BACK = 2.0
#: What every triangle is pushed back by in addition: OpenGL's two units of a depth of 24 bits.
LEAST_PUSH = 2.0 / 2**24


class PaintedRenderer:
    """Paints without OpenGL, the same picture up to the smoothness of the outline.

    A span is the part of a triangle in one row of pixels: spans are found for all triangles at once, then pixels
    for all spans at once.
    """

    def render(self, mesh: Mesh | None, matrix: FloatArray, size: tuple[int, int], background: QColor) -> Picture:
        """Return the picture of ``mesh``; see ``Renderer``."""
        picture = empty_picture(size, background)
        triangles = None if mesh is None else _triangles(mesh, matrix, size)
        if triangles is not None:
            _fill(picture, _spans(triangles, size))
        return picture

    def release(self) -> None:
        """Hold nothing, so give nothing back."""


@dataclass(frozen=True, slots=True, eq=False)
class _Triangles:
    """Corners from top to bottom at ``x``, ``y`` (t, 3), in pixels whose middles are whole numbers.

    ``values`` (t, 3, 4) are depth, red, green and blue there, ``across`` (t, 4) and ``down`` (t, 4) how much they
    change from pixel to pixel.
    """

    x: Floats
    y: Floats
    values: Floats
    across: Floats
    down: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """``lengths`` (s,) pixels from number ``first`` (s,) on, with ``values`` (s, 4) there and ``across`` (s, 4)."""

    first: Ints
    lengths: Ints
    values: Floats
    across: Floats


def _triangles(mesh: Mesh, matrix: FloatArray, size: tuple[int, int]) -> _Triangles | None:
    """Return the triangles of which something may be seen."""
    width, height = size
    clip = mesh.vertices @ matrix[:, :3].T + matrix[:, 3]  # (v, 4), in float64
    behind = clip[:, 3] <= 1e-6
    weight = 1.0 / np.where(behind, 1.0, clip[:, 3])
    seen_x = ((0.5 + 0.5 * clip[:, 0] * weight) * width - 0.5).astype(np.float32)
    seen_y = ((0.5 - 0.5 * clip[:, 1] * weight) * height - 0.5).astype(np.float32)
    values = np.column_stack((0.5 + 0.5 * clip[:, 2] * weight, mesh.colours[:, :3])).astype(np.float32)

    faces = mesh.faces
    seen = _may_be_seen(seen_x.take(faces), width) & _may_be_seen(seen_y.take(faces), height)
    if behind.any():
        seen &= ~behind.take(faces).any(axis=1)
    faces = faces.take(np.flatnonzero(seen), axis=0)
    if not len(faces):
        return None
    faces = np.take_along_axis(faces, np.argsort(seen_y.take(faces), axis=1), axis=1)
    x, y, values = seen_x.take(faces), seen_y.take(faces), values.take(faces, axis=0)
    one_x, one_y, other_x, other_y = x[:, 1] - x[:, 0], y[:, 1] - y[:, 0], x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    area = one_x * other_y - other_x * one_y
    scale = np.where(np.abs(area) > 1e-9, 1.0 / np.where(area == 0.0, 1.0, area), 0.0)[:, np.newaxis]
    one, other = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    across = (one * other_y[:, np.newaxis] - other * one_y[:, np.newaxis]) * scale
    down = (other * one_x[:, np.newaxis] - one * other_x[:, np.newaxis]) * scale
    steepness = np.maximum(np.abs(across[:, 0]), np.abs(down[:, 0]))
    reach = _largest(values[..., 0]) - _least(values[..., 0])
    values[..., 0] += np.minimum(PUSHED_BACK * steepness, reach)[:, np.newaxis] + LEAST_PUSH
    return _Triangles(x, y, values, across, down)


def _may_be_seen(places: Floats, pixels: int) -> npt.NDArray[np.bool_]:
    """Return which triangles have a pixel's middle between their ends, along one axis."""
    low, high = _least(places), _largest(places)
    return (high >= 0.0) & (low <= pixels - 1.0) & (np.ceil(low) < np.ceil(high))


def _spans(triangles: _Triangles, size: tuple[int, int]) -> _Spans:
    """Cut the triangles into rows. A pixel belongs to a triangle if its middle does: no pixel is left out."""
    width, height = size
    x, y = triangles.x, triangles.y
    top = np.clip(np.ceil(y[:, 0]), 0, height).astype(np.int32)
    rows = np.clip(np.ceil(y[:, 2]), 0, height).astype(np.int32) - top
    which = np.repeat(np.arange(len(rows)), rows)
    row = _counted(rows) + np.repeat(top, rows)

    x0, y0, x1, y1, x2, y2 = (np.ascontiguousarray(ends) for c in range(3) for ends in (x[:, c], y[:, c]))
    at = row.astype(np.float32)
    below_top, below_middle = at - y0.take(which), at - y1.take(which)
    one = x0.take(which) + below_top * _slope(x0, y0, x2, y2).take(which)
    upper = x0.take(which) + below_top * _slope(x0, y0, x1, y1).take(which)
    lower = x1.take(which) + below_middle * _slope(x1, y1, x2, y2).take(which)
    other = np.where(below_middle < 0.0, upper, lower)
    left = np.clip(np.ceil(np.minimum(one, other)), 0, width).astype(np.int32)
    lengths = np.clip(np.ceil(np.maximum(one, other)), 0, width).astype(np.int32) - left
    filled = np.flatnonzero(lengths > 0)
    which, row, left, lengths, below_top = which[filled], row[filled], left[filled], lengths[filled], below_top[filled]

    # Of a triangle seen from its edge the values change without bounds: both ends keep to those of its corners.
    low, high = _least(triangles.values).take(which, axis=0), _largest(triangles.values).take(which, axis=0)
    across = triangles.across.take(which, axis=0)
    start = triangles.values[:, 0].take(which, axis=0)
    start += across * (left.astype(np.float32) - x0.take(which))[:, np.newaxis]
    start += triangles.down.take(which, axis=0) * below_top[:, np.newaxis]
    steps = np.maximum(lengths - 1, 1).astype(np.float32)[:, np.newaxis]
    stop = np.minimum(np.maximum(start + across * steps, low), high)
    start = np.minimum(np.maximum(start, low), high)
    return _Spans(row * width + left, lengths, start, (stop - start) / steps)


def _fill(picture: Picture, spans: _Spans) -> None:
    """Turn spans into pixels."""
    depth = picture.depth.reshape(-1)
    colours = picture.colours.view(np.uint32).reshape(-1)
    along = _counted(spans.lengths)
    pixel = (np.repeat(spans.first, spans.lengths) + along).astype(np.intp)
    steps = along.astype(np.float32)
    which = np.repeat(np.arange(len(spans.first)), spans.lengths)
    far = spans.values[:, 0].take(which) + steps * spans.across[:, 0].take(which)
    np.minimum.at(depth, pixel, far)
    nearest = np.flatnonzero(far == depth.take(pixel))
    which = which.take(nearest)
    shade = spans.values.take(which, axis=0) + spans.across.take(which, axis=0) * steps.take(nearest)[:, np.newaxis]
    # Four bytes at once: that is faster than three of four.
    pixels = np.full(shade.shape, 255, dtype=np.uint8)
    pixels[:, :3] = shade[:, 1:] + 0.5
    colours[pixel.take(nearest)] = pixels.view(np.uint32)[:, 0]


def _least(corners: Floats) -> Floats:
    """Return the least of three corners (t, 3, ...): ten times as fast as ``min``."""
    least: Floats = np.minimum(np.minimum(corners[:, 0], corners[:, 1]), corners[:, 2])
    return least


def _largest(corners: Floats) -> Floats:
    """Return the largest of three corners (t, 3, ...)."""
    largest: Floats = np.maximum(np.maximum(corners[:, 0], corners[:, 1]), corners[:, 2])
    return largest


def _counted(counts: Ints) -> Ints:
    """Return 0, 1, ... up to each of ``counts``, one after the other."""
    starts = np.cumsum(counts, dtype=np.int32) - counts
    return np.arange(int(counts.sum()), dtype=np.int32) - np.repeat(starts, counts).astype(np.int32)


def _slope(x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> Floats:
    """Return how far an edge goes to the right with each row; 0 for a level one, which crosses none."""
    rise = y1 - y0
    slope: Floats = np.where(rise > 0.0, (x1 - x0) / np.where(rise > 0.0, rise, np.float32(1.0)), np.float32(0.0))
    return slope
