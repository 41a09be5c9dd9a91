"""The path on the map: what is walked, what lies ahead, and which point is marked as what."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import axis_plane
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.contour_path import DOTS, PathLayer, thinned
from landscape_app.views.palette import DARK
from tests.views.moments import moment

pytestmark = pytest.mark.usefixtures("qapp")


def drawn(snapshot: Snapshot) -> PathLayer:
    layer = PathLayer()
    layer.set_palette(DARK)
    layer.draw(snapshot)
    return layer


def line(item: Any) -> FloatArray:
    """Return what a curve or scatter item draws, (p, 2)."""
    return np.column_stack(item.getData())


def marks(layer: PathLayer) -> dict[tuple[str, float], tuple[float, float]]:
    """Return where the marks lie, by symbol and size."""
    return {(s.symbol(), s.size()): (s.pos().x(), s.pos().y()) for s in layer.marks.points()}


def winding(count: int) -> FloatArray:
    """A path that winds in ever smaller turns, and rests in one cell at last."""
    t = np.linspace(0.0, 1.0, count)
    return np.column_stack(((1.0 - t) ** 4 * np.cos(900.0 * t), 30.0 * (1.0 - t) ** 4 * np.sin(900.0 * t)))


def test_that_the_path_is_walked_up_to_the_cursor_and_faint_from_there() -> None:
    snapshot = moment(iterations=30, cursor=14)
    layer, theta = drawn(snapshot), snapshot.timeline.theta
    assert np.array_equal(line(layer.walked), theta[:15])
    assert np.array_equal(line(layer.halo), theta[:15])
    assert np.array_equal(line(layer.ahead), theta[14:])
    assert np.array_equal(line(layer.dots), theta[:15])


def test_that_nothing_lies_ahead_of_the_last_iteration_nor_behind_the_first() -> None:
    snapshot = moment(iterations=30, cursor=30)
    assert np.array_equal(line(drawn(snapshot).ahead), snapshot.timeline.theta[30:])
    first = drawn(replace(snapshot, cursor=0))
    assert np.array_equal(line(first.walked), snapshot.timeline.theta[:1])
    assert np.array_equal(line(first.ahead), snapshot.timeline.theta)


def test_that_the_tail_ahead_can_be_seen() -> None:
    layer = drawn(moment())
    assert layer.ahead.opts["pen"].color().alpha() > 60
    assert all(item.isVisible() for item in layer.items)


def test_that_the_marks_are_start_and_cursor_and_not_the_end() -> None:
    snapshot = moment(iterations=30, cursor=14)
    assert snapshot.problem.optimum is not None
    assert snapshot.problem.truth is not None
    theta = snapshot.timeline.theta
    assert marks(drawn(snapshot)) == {
        ("o", 11.0): tuple(theta[0]),
        ("o", 13.0): tuple(theta[14]),
        ("star", 17.0): tuple(snapshot.problem.optimum.theta),
        ("d", 13.0): tuple(snapshot.problem.truth),
    }


def test_that_a_network_has_neither_optimum_nor_truth() -> None:
    layer = drawn(moment("two-layer-sigmoid"))
    assert [spot.symbol() for spot in layer.marks.points()] == ["o", "o"]


def test_that_the_path_is_drawn_on_the_axes_of_the_map() -> None:
    snapshot = moment(iterations=8, cursor=8)
    plane = axis_plane(snapshot.problem.model.layout, ("b", "w"), snapshot.theta)
    turned = replace(snapshot, map_view=replace(snapshot.map_view, plane=plane))
    assert np.array_equal(line(drawn(turned).walked), snapshot.timeline.theta[:][:, ::-1])


def test_that_a_long_path_has_no_dots() -> None:
    snapshot = moment(iterations=DOTS + 1, cursor=DOTS)
    assert len(line(drawn(snapshot).dots)) == DOTS + 1
    assert drawn(replace(snapshot, cursor=DOTS + 1)).dots.getData()[0].size == 0


@pytest.mark.parametrize("count", [1, 2, 500])
def test_that_a_short_path_is_drawn_whole(count: int) -> None:
    points = winding(count) if count > 1 else np.zeros((1, 2))
    assert thinned(points, most=500) is points


@pytest.mark.parametrize(("count", "most"), [(3_000, 2_000), (40_000, 300), (40_000, 4_000)])
def test_that_a_thinned_path_is_a_short_one_between_the_same_ends(count: int, most: int) -> None:
    points = winding(count)
    kept = thinned(points, most)
    assert len(kept) <= 1.5 * most + 1
    assert np.array_equal(kept[0], points[0])
    assert np.array_equal(kept[-1], points[-1])
    # None is moved, none comes before its turn.
    index = [int(np.flatnonzero((points == p).all(axis=1))[0]) for p in kept]
    assert (np.diff(index) >= 0).all()


def test_that_a_path_that_came_to_rest_ends_at_its_last_point() -> None:
    points = np.vstack((winding(300), np.linspace((1e-7, 1e-7), (2e-7, 0.0), 300)))
    kept = thinned(points, most=400)
    assert len(kept) < 400  # those at rest share a cell
    assert np.array_equal(kept[-1], points[-1])


def test_that_the_long_steps_of_the_beginning_are_all_kept() -> None:
    points = winding(40_000)
    assert np.array_equal(thinned(points, 300)[:100], points[:100])


def test_that_a_path_along_one_axis_can_be_thinned() -> None:
    points = np.column_stack((np.linspace(0.0, 1.0, 9_000), np.full(9_000, 2.0)))
    kept = thinned(points)
    assert len(kept) <= 4_000
    assert np.array_equal(kept[-1], points[-1])
