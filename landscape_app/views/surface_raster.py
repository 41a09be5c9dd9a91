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
    faces = faces[_may_be_seen(seen_x[faces], width) & _may_be_seen(seen_y[faces], height)]
    if behind.any():
        faces = faces[~behind[faces].any(axis=1)]
    if not len(faces):
        return None
    faces = np.take_along_axis(faces, np.argsort(seen_y[faces], axis=1), axis=1)
    x, y, values = seen_x[faces], seen_y[faces], values[faces]
    one_x, one_y, other_x, other_y = x[:, 1] - x[:, 0], y[:, 1] - y[:, 0], x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    area = one_x * other_y - other_x * one_y
    scale = np.where(np.abs(area) > 1e-9, 1.0 / np.where(area == 0.0, 1.0, area), 0.0)[:, np.newaxis]
    one, other = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    across = (one * other_y[:, np.newaxis] - other * one_y[:, np.newaxis]) * scale
    down = (other * one_x[:, np.newaxis] - one * other_x[:, np.newaxis]) * scale
    steepness = np.maximum(np.abs(across[:, 0]), np.abs(down[:, 0]))
    values[..., 0] += np.minimum(PUSHED_BACK * steepness, np.ptp(values[..., 0], axis=1))[:, np.newaxis] + LEAST_PUSH
    return _Triangles(x, y, values, across, down)


def _may_be_seen(places: Floats, pixels: int) -> npt.NDArray[np.bool_]:
    """Return which triangles have a pixel's middle between their ends, along one axis."""
    low, high = places.min(axis=1), places.max(axis=1)
    return (high >= 0.0) & (low <= pixels - 1.0) & (np.ceil(low) < np.ceil(high))


def _spans(triangles: _Triangles, size: tuple[int, int]) -> _Spans:
    """Cut the triangles into rows. A pixel belongs to a triangle if its middle does: no pixel is left out."""
    width, height = size
    x, y = triangles.x, triangles.y
    top = np.clip(np.ceil(y[:, 0]), 0, height).astype(np.int32)
    rows = np.clip(np.ceil(y[:, 2]), 0, height).astype(np.int32) - top
    which = np.repeat(np.arange(len(rows), dtype=np.int32), rows)
    row = _counted(rows) + np.repeat(top, rows)

    long = _slope(x[:, 0], y[:, 0], x[:, 2], y[:, 2])
    upper, lower = _slope(x[:, 0], y[:, 0], x[:, 1], y[:, 1]), _slope(x[:, 1], y[:, 1], x[:, 2], y[:, 2])
    at = row.astype(np.float32)
    above = at < y[which, 1]
    one = x[which, 0] + (at - y[which, 0]) * long[which]
    corner = np.where(above, 0, 1)
    other = x[which, corner] + (at - y[which, corner]) * np.where(above, upper[which], lower[which])
    left = np.clip(np.ceil(np.minimum(one, other)), 0, width).astype(np.int32)
    lengths = np.clip(np.ceil(np.maximum(one, other)), 0, width).astype(np.int32) - left
    filled = lengths > 0
    which, row, left, lengths = which[filled], row[filled], left[filled], lengths[filled]

    # Of a triangle seen from its edge the values change without bounds: both ends keep to those of its corners.
    low, high = triangles.values.min(axis=1)[which], triangles.values.max(axis=1)[which]
    across = triangles.across[which]
    start = triangles.values[which, 0] + across * (left.astype(np.float32) - x[which, 0])[:, np.newaxis]
    start += triangles.down[which] * (row.astype(np.float32) - y[which, 0])[:, np.newaxis]
    steps = np.maximum(lengths - 1, 1).astype(np.float32)[:, np.newaxis]
    stop = np.clip(start + across * steps, low, high)
    start = np.clip(start, low, high)
    return _Spans(row * width + left, lengths, start, (stop - start) / steps)


def _fill(picture: Picture, spans: _Spans) -> None:
    """Turn spans into pixels."""
    depth = picture.depth.reshape(-1)
    colours = picture.colours.reshape(-1, 4)
    along = _counted(spans.lengths)
    pixel = np.repeat(spans.first, spans.lengths) + along
    steps = along.astype(np.float32)
    far = np.repeat(spans.values[:, 0], spans.lengths) + steps * np.repeat(spans.across[:, 0], spans.lengths)
    np.minimum.at(depth, pixel, far)
    nearest = np.flatnonzero(far == depth[pixel])
    which = np.repeat(np.arange(len(spans.first), dtype=np.int32), spans.lengths)[nearest]
    shade = spans.values[which, 1:] + spans.across[which, 1:] * steps[nearest, np.newaxis]
    colours[pixel[nearest], :3] = (shade + 0.5).astype(np.uint8)


def _counted(counts: Ints) -> Ints:
    """Return 0, 1, ... up to each of ``counts``, one after the other."""
    starts = np.cumsum(counts, dtype=np.int32) - counts
    return np.arange(int(counts.sum()), dtype=np.int32) - np.repeat(starts, counts).astype(np.int32)


def _slope(x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> Floats:
    """Return how far an edge goes to the right with each row; 0 for a level one, which crosses none."""
    rise = y1 - y0
    slope: Floats = np.where(rise > 0.0, (x1 - x0) / np.where(rise > 0.0, rise, np.float32(1.0)), np.float32(0.0))
    return slope
