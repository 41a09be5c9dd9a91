"""The map's image, lines and arrow, each in its place and the right way round."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.session.map_picture import Lines, map_picture
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.contour_items import LossImage, arrow_path, contour_path, node_rect
from landscape_app.views.palette import DARK
from tests.landscapes import X, Y, landscape_of, tilted

ANISOTROPIC = (0.02, 3.0)


def points_of(path: QPainterPath) -> FloatArray:
    """Return the corners (p, 2) of a path."""
    elements = [path.elementAt(i) for i in range(path.elementCount())]
    return np.array([(e.x, e.y) for e in elements]).reshape(-1, 2)


def pieces_of(path: QPainterPath) -> int:
    """Return how many lines a path has."""
    return sum(path.elementAt(i).isMoveTo() for i in range(path.elementCount()))


def test_that_the_image_reaches_half_a_cell_beyond_the_outer_nodes() -> None:
    rect = node_rect(X, Y)
    assert (rect.left(), rect.right()) == pytest.approx((0.5, 5.5))
    assert (rect.top(), rect.bottom()) == pytest.approx((-0.25, 1.25))


@pytest.mark.usefixtures("qapp")
def test_that_each_node_lies_in_the_middle_of_its_own_pixel() -> None:
    image = LossImage()
    image.show_picture(map_picture(tilted()))
    pixels = np.asarray(image.image)
    for x, column in zip(X, range(5), strict=True):
        for y, row in zip(Y, range(3), strict=True):
            place = image.mapFromParent(QPointF(x, y))  # in columns and rows of the picture
            assert (place.x(), place.y()) == pytest.approx((column + 0.5, row + 0.5))
            share = np.log((1.0 + x + 10.0 * y) / 2.0) / np.log(8.0)  # from 2 at (1, 0) to 16 at (5, 1)
            assert np.array_equal(pixels[row, column], colour_table()[int(share * 255.0)])


@pytest.mark.usefixtures("qapp")
def test_that_the_image_has_the_colours_that_were_chosen() -> None:
    image = LossImage()
    image.set_palette(replace(DARK, colour_map="magma"))
    image.show_picture(map_picture(tilted()))
    pixels = np.asarray(image.image)
    assert pixels[0, 0].tolist() == colour_table("magma")[0].tolist() != colour_table()[0].tolist()
    assert pixels[-1, -1].tolist() == colour_table("magma")[255].tolist()


@pytest.mark.usefixtures("qapp")
def test_that_only_infinite_losses_are_left_out() -> None:
    image = LossImage()
    landscape = landscape_of(lambda x, y: np.where((x == 4.0) & (y == 0.5), np.inf, 1.0 + x + 10.0 * y))
    image.show_picture(map_picture(landscape))
    transparent = np.asarray(image.image)[..., 3] == 0
    assert np.argwhere(transparent).tolist() == [[1, 3]]


def test_that_lines_are_drawn_from_corner_to_corner_and_no_further() -> None:
    corners = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 2.0), (5.0, 5.0), (6.0, 5.0)])
    path = contour_path(Lines(frozen(corners), np.array([1, 1, 0, 1, 0], dtype=np.int32)))
    assert points_of(path).tolist() == corners.tolist()
    assert pieces_of(path) == 2
    assert path.length() == pytest.approx(4.0)


def test_that_no_lines_make_an_empty_path() -> None:
    assert contour_path(Lines(frozen(np.empty((0, 2))), np.empty(0, dtype=np.int32))).isEmpty()


@pytest.mark.parametrize("direction", [(3.0, 0.0), (0.0, -2.0), (0.01, 4.0), (-0.5, -9.0)])
def test_that_an_arrow_keeps_length_and_shape_on_any_axes(direction: tuple[float, float]) -> None:
    tail, length = np.array([1.5, -20.0]), 40.0
    path = arrow_path(QPointF(*tail), np.array(direction), length, ANISOTROPIC)
    screen = (points_of(path) - tail) / ANISOTROPIC  # in pixels from the tail
    along = np.array(direction) / ANISOTROPIC
    along /= np.hypot(*along)
    across = np.array([-along[1], along[0]])
    forward, sideways = screen @ along, screen @ across
    assert (forward[0], sideways[0]) == pytest.approx((0.0, 0.0), abs=1e-9)
    tip = int(np.argmax(forward))
    assert (forward[tip], sideways[tip]) == pytest.approx((length, 0.0), abs=1e-9)
    # The head is an isosceles triangle, astride the shaft and short beside it.
    left, right = int(np.argmax(sideways)), int(np.argmin(sideways))
    assert sideways[left] == pytest.approx(-sideways[right])
    assert 3.0 < sideways[left] < 6.0
    assert forward[left] == pytest.approx(forward[right])
    assert 0.0 < length - forward[left] < 15.0


@pytest.mark.parametrize(
    ("direction", "pixel"),
    [((0.0, 0.0), (1.0, 1.0)), ((np.inf, 1.0), (1.0, 1.0)), ((1.0, 1.0), (0.0, 1.0))],
    ids=["no direction", "infinite", "not laid out"],
)
def test_that_an_arrow_without_a_direction_is_not_drawn(
    direction: tuple[float, float], pixel: tuple[float, float]
) -> None:
    assert arrow_path(QPointF(0.0, 0.0), np.array(direction), 40.0, pixel).isEmpty()
