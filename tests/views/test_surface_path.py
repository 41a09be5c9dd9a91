"""The path in the box: what of it is drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import LossScale
from landscape_app.views.surface_box import CORNER, HALF_HEIGHT, Box, Heights
from landscape_app.views.surface_path import (
    FIRST_DRAWN,
    LATER_DRAWN,
    MOST_DOTS,
    cut_off,
    few_of,
    path_in_box,
    thinned,
    within,
)

BOX = Box((0.0, 10.0), (-5.0, 5.0), Heights(LossScale(1.0, 100.0), logarithmic=True))


def test_that_the_path_runs_through_every_iteration_at_its_true_loss() -> None:
    x, y, loss = np.array([1.0, 5.0, 9.0]), np.array([-4.0, 0.0, 3.0]), np.array([100.0, 10.0, 1.0])
    path = path_in_box(np.column_stack((x, y)), loss, BOX)
    expected = np.array([[-0.8, -0.8, HALF_HEIGHT], [0.0, 0.0, 0.0], [0.8, 0.6, -HALF_HEIGHT]])
    assert path.dots == pytest.approx(expected)
    assert path.segments == pytest.approx(expected[[0, 1, 1, 2]])


def test_that_a_loss_under_the_floor_stands_on_it_and_one_above_the_lid_is_cut_off() -> None:
    x, y = np.array([2.0, 4.0, 6.0]), np.zeros(3)
    path = path_in_box(np.column_stack((x, y)), np.array([1e4, 1.0, 1e-30]), BOX)
    assert len(path.dots) == 2
    assert path.segments[0] == pytest.approx([-0.4, 0.0, HALF_HEIGHT])  # half way down, where it enters the box
    assert path.segments[-1] == pytest.approx([0.2, 0.0, -HALF_HEIGHT])


def test_that_a_path_outside_of_the_ranges_is_not_drawn() -> None:
    path = path_in_box(np.column_stack((np.array([20.0, 30.0]), np.zeros(2))), np.array([10.0, 10.0]), BOX)
    assert len(path.segments) == len(path.dots) == 0


def test_that_a_segment_through_the_box_is_drawn_though_both_ends_are_outside() -> None:
    ends = np.array([[-3.0, 0.0, 0.0], [5.0, 0.0, 0.0]])
    assert cut_off(ends) == pytest.approx(np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))


def test_that_a_start_alone_has_a_dot_and_no_line() -> None:
    path = path_in_box(np.column_stack((np.array([5.0]), np.array([0.0]))), np.array([10.0]), BOX)
    assert (len(path.segments), len(path.dots)) == (0, 1)


@given(arrays(np.float64, (7, 3), elements=st.floats(-3.0, 3.0, width=32)))
def test_that_every_drawn_end_lies_in_the_box_and_on_the_path(points: FloatArray) -> None:
    ends = cut_off(points)
    assert (np.abs(ends) <= CORNER + 1e-6).all()
    for one, other in ends.reshape(-1, 2, 3):
        middle = 0.5 * (one + other)
        start, along = points[:-1], np.diff(points, axis=0)
        length = np.maximum((along**2).sum(axis=1, keepdims=True), 1e-300)
        t = np.clip(((middle - start) * along).sum(axis=1, keepdims=True) / length, 0.0, 1.0)
        assert np.abs(start + t * along - middle).max(axis=1).min() < 1e-6


@given(arrays(np.float64, (5, 3), elements=st.floats(-3.0, 3.0, width=32)))
def test_that_a_path_inside_is_drawn_whole(points: FloatArray) -> None:
    inside = points / 3.0 * CORNER
    assert within(inside).all()
    drawn = np.abs(np.diff(cut_off(inside).reshape(-1, 2, 3), axis=1)).sum()
    assert drawn == pytest.approx(np.abs(np.diff(inside, axis=0)).sum(), abs=1e-6)


def test_that_of_a_very_long_run_few_points_are_drawn_the_first_steps_and_the_last_among_them() -> None:
    rng = np.random.default_rng(0)
    count = 100_000
    x, y, loss = rng.uniform(1.0, 9.0, count), rng.uniform(-4.0, 4.0, count), rng.uniform(2.0, 90.0, count)
    path = path_in_box(np.column_stack((x, y)), loss, BOX)
    assert len(path.segments) <= 2 * (FIRST_DRAWN + LATER_DRAWN)
    assert len(path.dots) == 0
    places = BOX.place(x, y, loss)
    assert path.segments[0] == pytest.approx(places[0])
    assert path.segments[-1] == pytest.approx(places[-1])
    assert path.segments[2:200:2] == pytest.approx(places[1:100])


def test_that_a_zigzag_stays_one_when_it_is_thinned() -> None:
    count = 50_000
    x, y = 5.0 + 3.0 * np.resize([1.0, -1.0], count), np.linspace(-4.0, 4.0, count)
    segments = path_in_box(np.column_stack((x, y)), np.full(count, 10.0), BOX).segments.reshape(-1, 2, 3)
    assert (np.abs(np.diff(segments[:, :, 0], axis=1)) > 1.0).all()


def test_that_a_run_that_has_arrived_costs_nothing_more() -> None:
    x = np.append(np.linspace(1.0, 5.0, 50), np.full(20_000, 5.0) + 1e-6 * np.sin(np.arange(20_000)))
    path = path_in_box(np.column_stack((x, 0.0 * x)), np.full(len(x), 10.0), BOX)
    assert len(path.segments) < 2 * 60


def test_that_each_iteration_has_a_dot_while_there_are_few() -> None:
    for count, dots in ((MOST_DOTS, MOST_DOTS), (MOST_DOTS + 1, 0)):
        x = np.linspace(1.0, 9.0, count)
        assert len(path_in_box(np.column_stack((x, 0.0 * x)), np.full(count, 10.0), BOX).dots) == dots


def test_that_few_of_many_hold_the_first_and_the_last() -> None:
    for count in (1, 2, 5, 6, 7, 100, 101, 999):
        indices = np.concatenate([np.arange(count)[part] for part in few_of(count, 5, 20)])
        assert indices[: min(5, count)].tolist() == list(range(min(5, count)))
        assert indices[-1] == count - 1
        assert (np.diff(indices) > 0).all()
        assert len(indices) <= 26


def test_that_neighbours_that_look_the_same_are_drawn_once() -> None:
    points = np.array([[0.0, 0.0, 0.0], [1e-5, 0.0, 0.0], [0.5, 0.0, 0.0], [0.5, 1e-5, 0.0], [0.5, 2e-5, 0.0]])
    assert thinned(points).tolist() == points[[0, 2, 4]].tolist()
