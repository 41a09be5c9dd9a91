"""The path on the map: what is walked, what lies ahead, and which point is marked as what."""

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import axis_plane
from landscape_app.session.records import StepBatch, StepRecord, Timeline
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.contour_path import DOTS, PathLayer, PathLine
from landscape_app.views.palette import DARK
from landscape_app.views.plotting_items import Dots
from tests.views.moments import further, held, made_data, moment, three_points

pytestmark = pytest.mark.usefixtures("qapp")


def drawn(snapshot: Snapshot) -> PathLayer:
    layer = PathLayer()
    layer.set_palette(DARK)
    layer.draw(snapshot)
    return layer


def line(item: PathLine | Dots) -> FloatArray:
    """Return the points that a line or dots are drawn at, (p, 2)."""
    return item.points


def marks(layer: PathLayer) -> dict[tuple[str, float], tuple[float, float]]:
    """Return where the marks lie, by symbol and size."""
    return {(mark.symbol, mark.size): (mark.x, mark.y) for mark in layer.marks.marks}


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


def wandering(seed: int) -> Snapshot:
    """Return a moment of a path that is long enough to be thinned."""
    snapshot = moment()
    assert snapshot.timeline.tail is not None
    state = snapshot.timeline.tail.state
    walk = np.cumsum(np.random.default_rng(seed).normal(size=(9_000, 2)) * 0.005, axis=0)
    records = [StepRecord(i, theta, theta, 1.0, 1.0, 0, 0, state) for i, theta in enumerate(walk)]
    view = replace(snapshot.map_view, x_range=(-1.0, 1.0), y_range=(-20.0, 20.0))
    return replace(snapshot, timeline=Timeline.starting_with(StepBatch.of(records)), cursor=8_500, map_view=view)


@pytest.mark.parametrize("change", ["another path", "another part", "other axes"])
def test_that_a_long_path_is_thinned_for_what_is_shown_now(change: str) -> None:
    before = wandering(1)
    view = before.map_view
    turned = axis_plane(before.problem.model.layout, ("b", "w"), before.theta)
    after = {
        "another path": replace(before, timeline=wandering(2).timeline),
        "another part": replace(before, map_view=replace(view, x_range=(-0.01, 0.02), y_range=(-9.0, 9.0))),
        "other axes": replace(before, map_view=replace(view, plane=turned)),
    }[change]
    layer, fresh = drawn(before), drawn(after)
    layer.draw(after)
    assert len(line(fresh.walked)) < 8_000
    assert np.array_equal(line(layer.walked), line(fresh.walked), equal_nan=True)
    assert np.array_equal(line(layer.ahead), line(fresh.ahead), equal_nan=True)


def test_that_the_tail_ahead_can_be_seen() -> None:
    layer = drawn(moment())
    assert layer.ahead.strength > 0.25
    assert all(item.isVisible() for item in layer.items)


def test_that_the_marks_are_start_and_cursor_and_not_the_end() -> None:
    snapshot = moment(iterations=30, cursor=14)
    assert snapshot.problem.optimum is not None
    assert snapshot.problem.truth is not None
    theta = snapshot.timeline.theta
    assert marks(drawn(snapshot)) == {
        ("circle", 11.0): tuple(theta[0]),
        ("circle", 13.0): tuple(theta[14]),
        ("star", 17.0): tuple(snapshot.problem.optimum.theta),
        ("diamond", 13.0): tuple(snapshot.problem.truth),
    }


def test_that_a_network_has_neither_optimum_nor_truth() -> None:
    layer = drawn(moment("two-layer-sigmoid"))
    assert [mark.symbol for mark in layer.marks.marks] == ["circle", "circle"]


def test_that_the_path_is_drawn_on_the_axes_of_the_map() -> None:
    snapshot = moment(iterations=8, cursor=8)
    plane = axis_plane(snapshot.problem.model.layout, ("b", "w"), snapshot.theta)
    turned = replace(snapshot, map_view=replace(snapshot.map_view, plane=plane))
    assert np.array_equal(line(drawn(turned).walked), snapshot.timeline.theta[:][:, ::-1])


def test_that_a_long_path_has_no_dots() -> None:
    snapshot = moment(iterations=DOTS + 1, cursor=DOTS)
    assert len(line(drawn(snapshot).dots)) == DOTS + 1
    assert drawn(replace(snapshot, cursor=DOTS + 1)).dots.points.size == 0


def test_that_a_path_that_goes_on_is_drawn_like_one_drawn_at_once() -> None:
    snapshot = moment(iterations=20, cursor=20)
    layer = drawn(snapshot)
    longer = further(snapshot, 15)
    layer.draw(longer)
    assert np.array_equal(line(layer.walked), longer.timeline.theta)
    back = replace(longer, timeline=longer.timeline.truncated(8), cursor=7)
    layer.draw(back)
    assert np.array_equal(line(layer.walked), longer.timeline.theta[:8])
    other = further(replace(back, timeline=snapshot.timeline.truncated(21), cursor=20), 3)
    layer.draw(other)
    assert np.array_equal(line(layer.walked), other.timeline.theta)


def test_that_what_lies_beside_the_slice_is_marked_open() -> None:
    snapshot = held(moment("multivariate", made_data(3), cursor=25), 4)
    problem, plane = snapshot.problem, snapshot.map_view.plane
    assert problem.optimum is not None
    stars = [mark for mark in drawn(snapshot).marks.marks if mark.symbol == "star"]
    assert all(mark.filling == "" for mark in stars)
    assert (stars[0].x, stars[0].y) == pytest.approx(tuple(plane.project(problem.optimum.theta)))
    there = replace(snapshot, map_view=replace(snapshot.map_view, plane=plane.frame.through(problem.optimum.theta)))
    assert [mark.filling for mark in drawn(there).marks.marks if mark.symbol == "star"] == [DARK.optimum]


def test_that_the_best_record_is_marked_on_the_plane_through_it() -> None:
    snapshot = three_points(moment("two-layer-sigmoid", cursor=20))
    best = int(np.argmin(snapshot.timeline.loss))
    triangles = [mark for mark in drawn(snapshot).marks.marks if mark.symbol == "triangle"]
    assert len(triangles) == 1
    place = snapshot.map_view.plane.project(snapshot.timeline.theta[best])
    assert (triangles[0].x, triangles[0].y) == pytest.approx(tuple(place))
