"""The map's image, lines and arrow, each in its place and the right way round."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.core.landscape import Landscape, loss_scale
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.contour_items import TILE, LossImage, arrow_path, contour_path, for_lines, node_rect
from tests.landscapes import X, Y, landscape_of, log_tilted, tilted

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
    image, landscape = LossImage(), tilted()
    scale = loss_scale(landscape.loss)
    image.show_landscape(landscape, scale)
    pixels = np.asarray(image.image)
    for x, column in zip(X, range(5), strict=True):
        for y, row in zip(Y, range(3), strict=True):
            place = image.mapFromParent(QPointF(x, y))  # in columns and rows of the picture
            assert (place.x(), place.y()) == pytest.approx((column + 0.5, row + 0.5))
            share = np.log((1.0 + x + 10.0 * y) / 2.0) / np.log(8.0)  # from 2 at (1, 0) to 16 at (5, 1)
            assert np.array_equal(pixels[row, column], colour_table()[int(share * 255.0)])


@pytest.mark.usefixtures("qapp")
def test_that_only_infinite_losses_are_left_out() -> None:
    image = LossImage()
    landscape = landscape_of(lambda x, y: np.where((x == 4.0) & (y == 0.5), np.inf, 1.0 + x + 10.0 * y))
    image.show_landscape(landscape, loss_scale(landscape.loss))
    transparent = np.asarray(image.image)[..., 3] == 0
    assert np.argwhere(transparent).tolist() == [[1, 3]]


def test_that_contour_lines_lie_where_the_loss_is_the_level() -> None:
    levels = np.exp([2.25, 5.75, 9.5])
    points = points_of(contour_path(log_tilted(), levels))
    height = points @ (1.0, 7.0)
    assert np.abs(height[:, np.newaxis] - np.log(levels)).min(axis=1).max() < 1e-9
    for level in np.log(levels):
        # Each line crosses the map from one border to the next: from where it enters to where it leaves.
        line = points[np.abs(height - level) < 1e-9]
        assert line[:, 1].min() == pytest.approx(max(0.0, (level - 5.0) / 7.0))
        assert line[:, 1].max() == pytest.approx(min(1.0, (level - 1.0) / 7.0))


def test_that_two_lines_of_one_level_are_not_joined() -> None:
    valley = landscape_of(lambda x, y: np.exp(np.abs(x - 3.0) + 0.0 * y))
    path = contour_path(valley, np.exp([0.5, 1.5]))
    assert pieces_of(path) == 4
    assert sorted(set(points_of(path)[:, 0].round(9))) == [1.5, 2.5, 3.5, 4.5]


def test_that_lines_go_on_across_the_tiles_they_are_traced_in() -> None:
    x = np.linspace(-2.0, 2.0, 2 * TILE + 30)
    y = np.linspace(-2.0, 2.0, TILE + 2)
    plane = log_tilted().plane
    bowl = Landscape(plane, frozen(x), frozen(y), frozen(np.exp(x**2 + y[:, np.newaxis] ** 2)), final=True)
    path = contour_path(bowl, np.exp([1.0, 2.25]))
    np.testing.assert_allclose(np.abs(np.hypot(*points_of(path).T) - 1.25), 0.25, atol=1e-3)
    # Both circles are whole: nothing is left out, or drawn twice, where tiles meet.
    assert path.length() == pytest.approx(2.0 * np.pi * (1.0 + 1.5), rel=1e-3)


@pytest.mark.parametrize(("nodes", "traced"), [(129, 129), (401, 201), (513, 257), (512, 512)])
def test_that_fine_lattices_are_traced_in_every_other_node(nodes: int, traced: int) -> None:
    x = frozen(np.linspace(0.0, 1.0, nodes))
    fine = Landscape(log_tilted().plane, x, x, frozen(np.exp(x + x[:, np.newaxis])), final=True)
    lines = for_lines(fine)
    assert lines.loss.shape == (traced, traced)
    assert (lines.x[0], lines.x[-1], lines.y[-1]) == (0.0, 1.0, 1.0)
    assert lines.loss[-1, -1] == fine.loss[-1, -1]


def test_that_levels_beyond_the_landscape_have_no_line() -> None:
    assert contour_path(tilted(), np.array([0.1, 17.0])).isEmpty()


def test_that_contour_lines_stop_at_a_hole() -> None:
    holed = landscape_of(lambda x, y: np.where((x == 1.0) & (y == 0.0), np.inf, np.exp(x + 7.0 * y)))
    points = points_of(contour_path(holed, np.exp([1.5, 2.25, 6.0])))
    assert len(points)
    # Nothing is drawn in the corner that the three nodes around the hole cut off.
    assert ((points[:, 0] - 1.0) + points[:, 1] / 0.5 > 1.0 - 1e-9).all()


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
