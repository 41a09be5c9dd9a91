"""The surface as vertices, colours and triangles."""

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.core.landscape import Landscape, axis_plane, loss_scale
from landscape_app.core.models import MODELS
from landscape_app.views.surface_box import HALF_HEIGHT, Box, Heights
from landscape_app.views.surface_mesh import (
    AMBIENT,
    LIGHT,
    MOVING_NODES,
    RESTING_NODES,
    Mesh,
    grid_faces,
    hillshade,
    spread,
    surface_mesh,
)

GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
PLANE = axis_plane(MODELS["univariate"](1).layout, ("w", "b"), np.zeros(2))


def bowl(nodes: int) -> Landscape:
    x, y = np.linspace(-2.0, 4.0, nodes), np.linspace(10.0, 11.0, nodes)
    loss = 1.0 + (x[np.newaxis] - 1.0) ** 2 + 4.0 * (y[:, np.newaxis] - 10.5) ** 2
    return Landscape(PLANE, frozen(x), frozen(y), frozen(loss), final=True)


def with_losses(landscape: Landscape, loss: FloatArray) -> Landscape:
    return Landscape(PLANE, landscape.x, landscape.y, frozen(loss), final=True)


def box_of(landscape: Landscape, logarithmic: bool = True) -> Box:
    return Box(landscape.x_range, landscape.y_range, Heights(loss_scale(landscape.loss), logarithmic))


def mesh_of(landscape: Landscape, nodes: int = RESTING_NODES, logarithmic: bool = True) -> Mesh:
    return surface_mesh(landscape, box_of(landscape, logarithmic), GREYS, nodes)


@pytest.mark.parametrize("logarithmic", [True, False])
def test_that_the_surface_fills_the_box(logarithmic: bool) -> None:
    vertices = mesh_of(bowl(33), logarithmic=logarithmic).vertices
    assert vertices.min(axis=0) == pytest.approx([-1.0, -1.0, -HALF_HEIGHT], abs=1e-6)
    assert vertices.max(axis=0) == pytest.approx([1.0, 1.0, HALF_HEIGHT], abs=1e-6)


def test_that_a_height_is_the_logarithm_or_the_loss_itself() -> None:
    landscape = bowl(33)
    row, column = 3, 20
    loss, low, high = landscape.loss[row, column], landscape.loss.min(), landscape.loss.max()
    expected = {True: np.log(loss / low) / np.log(high / low), False: (loss - low) / (high - low)}
    for logarithmic, fraction in expected.items():
        z = mesh_of(landscape, logarithmic=logarithmic).vertices.reshape(33, 33, 3)[row, column, 2]
        assert z == pytest.approx((2.0 * fraction - 1.0) * HALF_HEIGHT, abs=1e-6)


def test_that_colours_are_the_maps_colours_up_to_the_shade() -> None:
    landscape = bowl(33)
    colours = mesh_of(landscape, logarithmic=False).colours
    fraction = loss_scale(landscape.loss).fraction(landscape.loss).ravel()
    unshaded = GREYS[np.rint(255 * fraction).astype(int), 0].astype(float)
    assert (colours[:, 3] == 255).all()
    assert (colours[:, 0] <= unshaded).all()
    assert (colours[:, 0] >= AMBIENT * unshaded - 1.0).all()
    bright = unshaded > 60
    assert (colours[bright, 0] / unshaded[bright]).std() > 0.02  # there is a shade at all


def test_that_no_more_nodes_are_drawn_than_asked_for_and_all_are_the_landscapes_own() -> None:
    for nodes, most in ((1025, RESTING_NODES), (513, MOVING_NODES), (300, MOVING_NODES), (65, MOVING_NODES)):
        landscape = bowl(nodes)
        mesh = mesh_of(landscape, most)
        side = min(nodes, most)
        assert len(mesh.vertices) == side**2
        drawn = (mesh.vertices.reshape(side, side, 3)[0, :, 0] + 1.0) * 3.0 - 2.0
        assert np.abs(drawn[:, np.newaxis] - landscape.x).min(axis=1).max() < 1e-5
        assert drawn[[0, -1]] == pytest.approx([-2.0, 4.0])


def test_that_what_is_not_finite_is_a_hole() -> None:
    loss = bowl(17).loss.copy()
    loss[5, 5], loss[10, 3], loss[0, 0] = np.inf, np.nan, -np.inf
    mesh = mesh_of(with_losses(bowl(17), loss))
    assert np.isfinite(mesh.vertices).all()
    gone = {5 * 17 + 5, 10 * 17 + 3, 0}
    assert gone.isdisjoint(mesh.faces.ravel().tolist())
    assert len(mesh.faces) == 2 * 16 * 16 - 6 - 6 - 1


def test_that_a_landscape_without_any_finite_loss_has_no_faces() -> None:
    assert len(mesh_of(with_losses(bowl(9), np.full((9, 9), np.nan))).faces) == 0


def test_that_a_flat_landscape_stands_at_half_height() -> None:
    mesh = mesh_of(with_losses(bowl(9), np.full((9, 9), 3.0)))
    assert mesh.vertices[:, 2] == pytest.approx(np.zeros(81), abs=1e-6)


def test_that_losses_near_zero_and_near_overflow_have_a_place() -> None:
    loss = np.geomspace(1e-300, 1e300, 81).reshape(9, 9)
    loss[0, 0] = 0.0
    mesh = mesh_of(with_losses(bowl(9), loss))
    assert np.isfinite(mesh.vertices).all()
    assert np.abs(mesh.vertices[:, 2]).max() <= HALF_HEIGHT + 1e-6


def test_that_each_cell_has_two_triangles_that_wind_the_same_way() -> None:
    rows, columns = 4, 6
    faces = grid_faces(rows, columns)
    assert len(faces) == 2 * (rows - 1) * (columns - 1)
    places = np.array([(i % columns, i // columns) for i in range(rows * columns)], dtype=float)
    one, other = places[faces[:, 1]] - places[faces[:, 0]], places[faces[:, 2]] - places[faces[:, 0]]
    areas = 0.5 * (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
    assert areas == pytest.approx(np.full(len(faces), 0.5))


def test_that_the_triangles_of_a_shape_are_made_once() -> None:
    assert grid_faces(12, 13) is grid_faces(12, 13)
    assert mesh_of(bowl(21)).faces is mesh_of(bowl(21)).faces


def test_that_both_ends_are_kept_when_nodes_are_left_out() -> None:
    for count, most in ((2, 129), (129, 129), (130, 129), (2049, 257)):
        kept = spread(count, most)
        assert (kept[0], kept[-1], len(kept)) == (0, count - 1, min(count, most))
        assert (np.diff(kept) >= 1).all()


def test_that_slopes_towards_the_light_are_brighter() -> None:
    x = np.linspace(-1.0, 1.0, 5)
    towards, away = np.tile(x, (5, 1)), np.tile(-x, (5, 1))  # the light comes from low x
    assert hillshade(x, x, towards).mean() > hillshade(x, x, 0.0 * away).mean() > hillshade(x, x, away).mean()


def test_that_a_slope_is_as_steep_as_its_own_axis_says() -> None:
    """Nodes lie at other distances along x than along y: the light's angle with z = 2 x − y / 2 is everywhere one."""
    x, y = np.linspace(-1.0, 1.0, 9), np.linspace(-1.0, 1.0, 4)
    z = 2.0 * x - 0.5 * y[:, np.newaxis]
    normal = np.array([-2.0, 0.5, 1.0]) / np.linalg.norm([-2.0, 0.5, 1.0])
    expected = AMBIENT + (1.0 - AMBIENT) * max(0.0, float(normal @ LIGHT))
    assert hillshade(x, y, z) == pytest.approx(np.full((4, 9), expected))
    square = np.linspace(-1.0, 1.0, 9)
    assert hillshade(x, 3.0 * square, 2.0 * x - 1.5 * square[:, np.newaxis]) == pytest.approx(np.full((9, 9), expected))
