"""Triangles turned into pixels, against a slow and plain way of doing the same, and against OpenGL."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from landscape_app.core.arrays import FloatArray
from landscape_app.views.surface_camera import Camera
from landscape_app.views.surface_mesh import Mesh, grid_faces, hillshade
from landscape_app.views.surface_opengl import OpenGLRenderer
from landscape_app.views.surface_picture import Picture
from landscape_app.views.surface_raster import PaintedRenderer

SIZE = (24, 16)
BACKGROUND = QColor(10, 20, 30)


def painted(mesh: Mesh | None, matrix: FloatArray | None = None, size: tuple[int, int] = SIZE) -> Picture:
    return PaintedRenderer().render(mesh, np.eye(4) if matrix is None else matrix, size, BACKGROUND)


def mesh_of(corners: FloatArray, colours: FloatArray) -> Mesh:
    """Return triangles with corners (t, 3, 3), x and y in pixels, z a depth, and colours (t, 3, 3)."""
    places = corners.reshape(-1, 3).copy()
    places[:, 0] = 2.0 * places[:, 0] / SIZE[0] - 1.0
    places[:, 1] = 1.0 - 2.0 * places[:, 1] / SIZE[1]
    places[:, 2] = 2.0 * places[:, 2] - 1.0
    bytes_of = np.full((len(places), 4), 255, dtype=np.uint8)
    bytes_of[:, :3] = colours.reshape(-1, 3)
    faces = np.arange(len(places), dtype=np.uint32).reshape(-1, 3)
    return Mesh(places.astype(np.float32), bytes_of, faces)


def plainly(corners: FloatArray, colours: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return colours, depth, and how far each pixel's middle is from an edge or from being undecided."""
    picture = np.full((SIZE[1], SIZE[0], 3), (10.0, 20.0, 30.0))
    depth, margin = np.ones(SIZE[::-1]), np.full(SIZE[::-1], np.inf)
    for corner, colour in zip(corners, colours, strict=True):
        (x0, y0), (x1, y1), (x2, y2) = corner[:, :2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 0.5:
            margin[:] = 0.0  # a sliver: whose pixels it has is a matter of rounding
            continue
        for row in range(SIZE[1]):
            for column in range(SIZE[0]):
                x, y = column + 0.5, row + 0.5
                one = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
                other = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
                weights = np.array([1.0 - one - other, one, other])
                margin[row, column] = min(margin[row, column], abs(weights.min()))
                if weights.min() > 0.0:
                    far = float(weights @ corner[:, 2])
                    margin[row, column] = min(margin[row, column], abs(far - depth[row, column]))
                    if far < depth[row, column]:
                        depth[row, column], picture[row, column] = far, weights @ colour
    return picture, depth, margin


def test_that_without_a_mesh_there_is_the_background_alone() -> None:
    empty = Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 4), np.uint8), np.zeros((0, 3), np.uint32))
    for mesh in (None, empty):
        picture = painted(mesh)
        assert picture.size == SIZE
        assert np.all(picture.colours == [10, 20, 30, 255])
        assert np.all(picture.depth == 1.0)


PIXELS = st.floats(-8.0, 32.0, width=32)
CORNER = st.tuples(PIXELS, PIXELS)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(CORNER, CORNER, CORNER, st.integers(1, 9)), min_size=1, max_size=4), st.integers(0, 2**32 - 1)
)
def test_that_every_pixel_shows_the_nearest_triangle(triangles: list[Any], seed: int) -> None:
    # Each is seen from straight ahead: steep ones are pushed back, so that which of them wins may differ.
    places = np.array([[(*corner, depth / 10.0) for corner in corners] for *corners, depth in triangles])
    colours = np.random.default_rng(seed).integers(0, 256, places.shape).astype(np.float64)
    picture = painted(mesh_of(places, colours))
    expected, depth, margin = plainly(places, colours)
    clear = margin > 0.02
    assert np.abs(picture.colours[..., :3] - expected)[clear].max(initial=0.0) <= 3.0
    assert np.abs(picture.depth - depth)[clear].max(initial=0.0) < 1e-5


def test_that_a_lone_triangle_is_shaded_from_corner_to_corner() -> None:
    corners = np.array([[[2.0, 1.0, 0.2], [22.0, 4.0, 0.4], [6.0, 15.0, 0.5]]])
    colours = np.array([[[255.0, 0.0, 0.0], [0.0, 255.0, 0.0], [0.0, 0.0, 255.0]]])
    picture = painted(mesh_of(corners, colours))
    expected, depth, margin = plainly(corners, colours)
    clear = margin > 0.01
    assert np.abs(picture.colours[..., :3] - expected)[clear].max() <= 1.0
    pushed = picture.depth[clear] - depth[clear]
    assert pushed.min() >= -1e-6  # a line that lies on it is in front of it
    assert pushed.max() < 0.1


def test_that_neighbours_leave_no_gap_and_no_pixel_twice() -> None:
    rng = np.random.default_rng(5)
    x, y = np.meshgrid(np.linspace(-1.0, 1.0, 9), np.linspace(-1.0, 1.0, 7))
    inner = (np.abs(x) < 0.99) & (np.abs(y) < 0.99)
    x, y = x + 0.05 * inner * rng.normal(size=x.shape), y + 0.05 * inner * rng.normal(size=x.shape)
    vertices = np.stack((x, y, np.zeros_like(x)), axis=-1).reshape(-1, 3).astype(np.float32)
    colours = np.full((len(vertices), 4), 200, dtype=np.uint8)
    picture = painted(Mesh(vertices, colours, grid_faces(7, 9)))
    assert np.all(picture.colours[..., :3] == 200)


def test_that_what_is_out_of_sight_or_behind_the_eye_is_left_out() -> None:
    corners = np.array(
        [
            [[-50.0, 2.0, 0.5], [-40.0, 2.0, 0.5], [-45.0, 9.0, 0.5]],
            [[2.0, 1e7, 0.5], [9.0, 1e7, 0.5], [5.0, 2e7, 0.5]],
        ]
    )
    assert np.all(painted(mesh_of(corners, np.full(corners.shape, 255.0))).depth == 1.0)
    matrix = np.eye(4)
    matrix[3] = [0.0, 0.0, 1.0, 0.0]  # the eye in the middle of it all
    inside = np.array([[[2.0, 1.0, 0.2], [22.0, 4.0, 0.8], [6.0, 15.0, 0.9]]])
    assert np.all(painted(mesh_of(inside, np.full(inside.shape, 255.0)), matrix).depth == 1.0)


def bowl(nodes: int) -> Mesh:
    along = np.linspace(-1.0, 1.0, nodes)
    z = np.log(0.02 + 3.0 * (along - 0.2) ** 2 + (along[:, np.newaxis] + 0.8 * along) ** 2)
    z = 1.24 * (z - z.min()) / np.ptp(z) - 0.62
    x, y = np.meshgrid(along, along)
    colours = np.full((nodes, nodes, 4), 255, dtype=np.uint8)
    shade = hillshade(along, along, z)
    for channel, colour in enumerate((z, x, -y)):
        colours[..., channel] = 255 * shade * (0.5 + 0.5 * colour)
    vertices = np.stack((x, y, z), axis=-1).astype(np.float32)
    return Mesh(vertices.reshape(-1, 3), colours.reshape(-1, 4), grid_faces(nodes, nodes))


@pytest.mark.gl
@pytest.mark.parametrize(
    "camera", [Camera(), Camera(zoom=6.0), Camera(30.0, 0.0), Camera(170.0, 90.0)], ids=["usual", "near", "flat", "top"]
)
@pytest.mark.usefixtures("qapp")
def test_that_opengl_and_the_processor_draw_the_same(camera: Camera) -> None:
    size, mesh = (600, 420), bowl(65)
    renderer = OpenGLRenderer()
    pictures = [each.render(mesh, camera.matrix(*size), size, BACKGROUND) for each in (renderer, PaintedRenderer())]
    renderer.release()
    difference = np.abs(pictures[0].colours.astype(int) - pictures[1].colours).max(axis=2)
    assert (pictures[1].depth < 1.0).mean() > 0.05
    # A graphics card smooths the outline, and a pixel on it may fall to either side.
    assert (difference > 3).mean() < 0.01
    assert (np.abs(pictures[0].depth - pictures[1].depth) > 2e-3).mean() < 0.02
