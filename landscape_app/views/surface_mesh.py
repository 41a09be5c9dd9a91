"""The surface as vertices, colours and triangles: pure numpy, with no loop over vertices."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.landscape import Landscape
from landscape_app.views.surface_box import Box

#: Nodes a side that are drawn while something moves, and at rest.
MOVING_NODES, RESTING_NODES = 129, 257
#: The same without OpenGL.
PAINTED_MOVING_NODES, PAINTED_RESTING_NODES = 65, 129

#: Where the light comes from: high up, from the left of a camera that has not been moved.
LIGHT = np.array([-0.35, -0.45, 0.82]) / np.linalg.norm([-0.35, -0.45, 0.82])
#: Part of its colour that a slope keeps however far it is turned away from the light.
AMBIENT = 0.6

Colours = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles ``faces`` (f, 3) between ``vertices`` (v, 3), which have ``colours`` (v, 4): red to alpha."""

    vertices: npt.NDArray[np.float32]
    colours: Colours
    faces: npt.NDArray[np.uint32]


def surface_mesh(landscape: Landscape, box: Box, colour_table: Colours, nodes: int) -> Mesh:
    """Return the surface of at most ``nodes`` x ``nodes`` of the landscape's own nodes.

    ``colour_table`` (c, 3 or more) holds the colours from the scale's lowest loss to its highest. Where the
    loss is not finite there is a hole.
    """
    rows, columns = spread(len(landscape.y), nodes), spread(len(landscape.x), nodes)
    loss = landscape.loss
    if loss.shape != (len(rows), len(columns)):
        loss = loss[np.ix_(rows, columns)]
    x, y, z = box.along_x(landscape.x[columns]), box.along_y(landscape.y[rows]), box.up(loss)
    finite = np.isfinite(loss)
    has_holes = not finite.all()

    vertices = np.empty((*loss.shape, 3), dtype=np.float32)
    vertices[..., 0], vertices[..., 1] = x, y[:, np.newaxis]
    vertices[..., 2] = np.where(finite, z, 0.0) if has_holes else z

    fraction = box.heights.scale.fraction(loss)
    if has_holes:
        fraction = np.nan_to_num(fraction)
    index = (fraction * (len(colour_table) - 1) + 0.5).astype(np.intp)
    brightness = hillshade(x, y, z).astype(np.float32)
    colours = np.full((*loss.shape, 4), 255, dtype=np.uint8)
    for part in range(3):  # one by one and in single precision: half the time
        colours[..., part] = colour_table[:, part].astype(np.float32).take(index) * brightness + np.float32(0.5)

    faces = grid_faces(*loss.shape)
    if has_holes:
        faces = faces[finite.ravel()[faces].all(axis=1)]
    return Mesh(vertices.reshape(-1, 3), colours.reshape(-1, 4), faces)


def spread(count: int, most: int) -> IntArray:
    """Return at most ``most`` of the positions 0 ... ``count`` - 1, as even as they can be, both ends included."""
    return np.rint(np.linspace(0, count - 1, min(count, most))).astype(np.int64)


def hillshade(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Return the brightness, ``AMBIENT`` to 1, of the surface ``z`` (len(y), len(x)); 1 beside holes."""
    with np.errstate(invalid="ignore"):
        slope_y, slope_x = np.gradient(z, y, x)
        lit = LIGHT[2] - LIGHT[0] * slope_x - LIGHT[1] * slope_y
        lit /= np.sqrt(1.0 + slope_x**2 + slope_y**2)
    brightness: FloatArray = np.nan_to_num(AMBIENT + (1.0 - AMBIENT) * np.clip(lit, 0.0, 1.0), nan=1.0)
    return brightness


@lru_cache(maxsize=8)
def grid_faces(rows: int, columns: int) -> npt.NDArray[np.uint32]:
    """Return the triangles (f, 3), two for each cell of a grid of so many nodes; read-only, as it is kept."""
    corner = (np.arange(rows - 1)[:, np.newaxis] * columns + np.arange(columns - 1)).ravel()
    right, above, opposite = corner + 1, corner + columns, corner + columns + 1
    faces = np.stack((corner, right, above, right, opposite, above), axis=1).reshape(-1, 3).astype(np.uint32)
    faces.flags.writeable = False
    return faces
