"""What the map draws of a landscape: the right shade at every node, and lines where the loss is the level."""

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.core.landscape import Landscape, loss_scale
from landscape_app.session.map_picture import LINES, NODES, TILE, Lines, contour_lines, map_picture, map_pictures
from tests.landscapes import landscape_of, log_tilted, tilted


def lines_of(lines: Lines) -> list[FloatArray]:
    """Return each line's corners (p, 2) by itself."""
    ends = np.flatnonzero(lines.joined == 0) + 1
    return [line for line in np.split(lines.corners, ends) if len(line)]


def length(lines: Lines) -> float:
    return float(sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines_of(lines)))


def bowl(columns: int, rows: int) -> Landscape:
    """Return exp(x^2 + y^2), whose contour lines are circles."""
    x, y = np.linspace(-2.0, 2.0, columns), np.linspace(-2.0, 2.0, rows)
    plane = log_tilted().plane
    return Landscape(plane, frozen(x), frozen(y), frozen(np.exp(x**2 + y[:, np.newaxis] ** 2)), final=True)


def test_that_each_node_has_the_shade_of_its_loss() -> None:
    picture = map_picture(tilted())
    x, y = picture.landscape.x, picture.landscape.y[:, np.newaxis]
    share = np.log((1.0 + x + 10.0 * y) / 2.0) / np.log(8.0)  # from 2 at (1, 0) to 16 at (5, 1)
    assert np.array_equal(picture.shades, np.floor(share * 255.0))
    assert (picture.shades[0, 0], picture.shades[-1, -1]) == (0, 255)
    assert picture.holes is None


def test_that_shading_in_parts_leaves_no_node_out() -> None:
    columns = 150
    fine = bowl(columns, 2 * NODES // columns + 7)
    shades = map_picture(fine).shades
    assert np.array_equal(shades, (loss_scale(fine.loss).fraction(fine.loss) * 255.0).astype(np.uint8))


def test_that_only_infinite_losses_are_left_out() -> None:
    holed = landscape_of(lambda x, y: np.where((x == 4.0) & (y == 0.5), np.inf, 1.0 + x + 10.0 * y))
    holes = map_picture(holed).holes
    assert holes is not None
    assert np.argwhere(holes).tolist() == [[1, 3]]


def test_that_each_landscape_gets_its_picture_in_turn() -> None:
    coarse, fine = bowl(9, 9), bowl(2 * TILE + 1, 2 * TILE + 1)
    steps = list(map_pictures(iter((None, coarse, None, fine))))
    pictures = [step for step in steps if step is not None]
    assert [picture.landscape for picture in pictures] == [coarse, fine]
    # The worker can leave off between any two: after each part that is shaded, and each tile that is traced.
    assert steps.count(None) >= 4 + 1 + 1 + 1 + 4
    assert len(lines_of(pictures[1].lines)) >= LINES


def test_that_contour_lines_lie_where_the_loss_is_the_level() -> None:
    levels = np.exp([2.25, 5.75, 9.5])
    lines = lines_of(contour_lines(log_tilted(), levels))
    assert len(lines) == 3
    for line, level in zip(lines, np.log(levels), strict=True):
        np.testing.assert_allclose(line @ (1.0, 7.0), level, rtol=0.0, atol=1e-9)
        # Each line crosses the map from one border to the next: from where it enters to where it leaves.
        assert line[:, 1].min() == pytest.approx(max(0.0, (level - 5.0) / 7.0))
        assert line[:, 1].max() == pytest.approx(min(1.0, (level - 1.0) / 7.0))


def test_that_two_lines_of_one_level_are_not_joined() -> None:
    valley = landscape_of(lambda x, y: np.exp(np.abs(x - 3.0) + 0.0 * y))
    lines = contour_lines(valley, np.exp([0.5, 1.5]))
    assert len(lines_of(lines)) == 4
    assert sorted(set(lines.corners[:, 0].round(9))) == [1.5, 2.5, 3.5, 4.5]


def test_that_lines_go_on_across_the_tiles_they_are_traced_in() -> None:
    circles = contour_lines(bowl(2 * TILE + 30, TILE + 2), np.exp([1.0, 2.25]))
    np.testing.assert_allclose(np.abs(np.hypot(*circles.corners.T) - 1.25), 0.25, atol=1e-3)
    # Both circles are whole: nothing is left out, or drawn twice, where tiles meet.
    assert length(circles) == pytest.approx(2.0 * np.pi * (1.0 + 1.5), rel=1e-3)


@pytest.mark.parametrize(("nodes", "step"), [(129, 1), (399, 1), (401, 2), (513, 2), (512, 1)])
def test_that_fine_lattices_are_traced_in_every_other_node(nodes: int, step: int) -> None:
    landscape = bowl(nodes, nodes)
    circle = contour_lines(landscape, np.exp([1.0]))
    # A line has a corner where it crosses the edge of a cell: those of the lattice that it was traced in.
    places = circle.corners * (nodes - 1) / 4.0 + (nodes - 1) / 2.0
    off = np.abs(places / step - np.round(places / step)).min(axis=1)
    assert off.max() < 1e-6
    assert length(circle) == pytest.approx(2.0 * np.pi, rel=1e-3)


def test_that_levels_beyond_the_landscape_have_no_line() -> None:
    lines = contour_lines(tilted(), np.array([0.1, 17.0]))
    assert lines.corners.shape == (0, 2)
    assert lines.joined.shape == (0,)


def test_that_contour_lines_stop_at_a_hole() -> None:
    holed = landscape_of(lambda x, y: np.where((x == 1.0) & (y == 0.0), np.inf, np.exp(x + 7.0 * y)))
    corners = contour_lines(holed, np.exp([1.5, 2.25, 6.0])).corners
    assert len(corners)
    # Nothing is drawn in the corner that the three nodes around the hole cut off.
    assert ((corners[:, 0] - 1.0) + corners[:, 1] / 0.5 > 1.0 - 1e-9).all()
