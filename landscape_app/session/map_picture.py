"""What the map draws of a landscape: a shade for every node, and contour lines. Made away from the window's thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, cast

import contourpy
import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.landscape import Landscape, LossScale, loss_scale

#: How many contour lines a map has.
LINES = 16
#: The darkest shade and the brightest: places in a table of 256 colours.
SHADES = 255
#: Cells a side of what contour lines are traced in at once.
TILE = 64
#: Nodes a side beyond which they lie closer together on the screen than two pixels.
FINE = 400
#: Nodes that are shaded at once: what the logarithm makes of them stays in the cache.
NODES = 32_768


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lines:
    """Contour lines in one list of corners.

    Attributes
    ----------
    corners
        (p, 2), in plane coordinates, one line after the other.
    joined
        (p,) of 0 and 1: whether a corner is joined to the next one; the last of each line is not.
    """

    corners: FloatArray
    joined: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MapPicture:
    """A landscape, ready to be painted.

    Attributes
    ----------
    landscape
        What is painted.
    scale
        The scale of its losses.
    shades
        (rows, columns), from 0 for the scale's low end to `SHADES` for its high end.
    holes
        (rows, columns), where the loss is infinite and nothing is painted; None where there is no hole.
    lines
        Its contour lines at ``scale.levels(LINES)``.
    """

    landscape: Landscape
    scale: LossScale
    shades: npt.NDArray[np.uint8]
    holes: npt.NDArray[np.bool_] | None
    lines: Lines


def map_picture(landscape: Landscape) -> MapPicture:
    """Return the picture of ``landscape``."""
    for picture in map_pictures(iter((landscape,))):
        if picture is not None:
            return picture
    raise AssertionError("a landscape has a picture")


def map_pictures(landscapes: Iterator[Landscape | None]) -> Iterator[MapPicture | None]:
    """Yield the picture of each landscape, and None after each slice of work, be it the landscapes' or ours."""
    for landscape in landscapes:
        yield None
        if landscape is not None:
            yield from _picture_steps(landscape)


def _picture_steps(landscape: Landscape) -> Iterator[MapPicture | None]:
    scale = loss_scale(landscape.loss)
    shades = np.empty(landscape.loss.shape, np.uint8)
    holes = np.zeros(landscape.loss.shape, np.bool_)
    rows = max(1, NODES // max(1, landscape.loss.shape[1]))
    for first in range(0, len(shades), rows):
        part = slice(first, first + rows)
        fraction = scale.fraction(landscape.loss[part])
        np.isnan(fraction, out=holes[part])
        fraction[holes[part]] = 0.0
        fraction *= SHADES
        shades[part] = fraction  # cut off to whole numbers
        yield None
    found: list[tuple[FloatArray, npt.NDArray[np.int32]]] = []
    for lines in _traced(landscape, scale.levels(LINES)):
        found += lines
        yield None
    yield MapPicture(landscape, scale, shades, holes if holes.any() else None, _as_one(found))


def contour_lines(landscape: Landscape, levels: FloatArray) -> Lines:
    """Return all contour lines at ``levels``, interpolated in log loss."""
    return _as_one([line for lines in _traced(landscape, levels) for line in lines])


def _as_one(lines: list[tuple[FloatArray, npt.NDArray[np.int32]]]) -> Lines:
    if not lines:
        return Lines(sealed(np.empty((0, 2))), np.empty(0, np.int32))
    corners, joined = zip(*lines, strict=True)
    return Lines(sealed(np.concatenate(corners)), np.concatenate(joined))


def _traced(landscape: Landscape, levels: FloatArray) -> Iterator[list[tuple[FloatArray, npt.NDArray[np.int32]]]]:
    """Yield the lines in one tile after the other.

    Tracing looks at every cell for every level. Tile by tile it looks at those levels alone that pass through;
    neighbours share their nodes, so that the lines go on across.
    """
    x, y, loss = _for_lines(landscape)
    with np.errstate(divide="ignore", invalid="ignore"):
        z, heights = np.log(loss), np.log(levels)
    X, Y = np.broadcast_arrays(x, y[:, np.newaxis])
    for rows, columns in product(_tiles(z.shape[0]), _tiles(z.shape[1])):
        yield _traced_in(X[rows, columns], Y[rows, columns], z[rows, columns], heights)


def _traced_in(
    X: FloatArray, Y: FloatArray, z: FloatArray, heights: FloatArray
) -> list[tuple[FloatArray, npt.NDArray[np.int32]]]:
    holes = ~np.isfinite(z)
    if holes.all():
        return []
    low, high = z[~holes].min(), z[~holes].max()
    passing = heights[(heights >= low) & (heights <= high)]
    if not passing.size:
        return []
    generator = contourpy.SerialContourGenerator(
        X,
        Y,
        z,
        holes,
        corner_mask=True,
        line_type=contourpy.LineType.ChunkCombinedOffset,
        fill_type=contourpy.FillType.OuterOffset,
        quad_as_tri=False,
        z_interp=contourpy.ZInterp.Linear,
    )
    found: list[tuple[FloatArray, npt.NDArray[np.int32]]] = []
    for height in passing:
        # One chunk: all lines of the level in one array, and where each begins.
        (line,), (begins,) = cast("tuple[list[Any], list[Any]]", generator.lines(height))
        if line is not None:
            joined = np.ones(len(line), np.int32)
            joined[begins[1:] - 1] = 0  # the last corner of each line has no successor
            found.append((line, joined))
    return found


def _for_lines(landscape: Landscape) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the nodes and losses that lines are traced in: of nodes closer than two pixels, every other one."""
    rows, columns = landscape.loss.shape
    step = 1 if min(rows, columns) <= FINE or rows % 2 == 0 or columns % 2 == 0 else 2
    return landscape.x[::step], landscape.y[::step], landscape.loss[::step, ::step]


def _tiles(nodes: int) -> list[slice]:
    """Return parts of so many nodes, each with the last node of the one before."""
    return [slice(first, first + TILE + 1) for first in range(0, nodes - 1, TILE)]
