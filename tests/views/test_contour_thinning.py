"""Thinning a long path: what is left of it looks the same, and is found by reading only what is new."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import axis_plane
from landscape_app.core.models import MODELS
from landscape_app.session.map_view import MapView
from landscape_app.views.contour_thinning import CELLS, FAR, Thinning, near

PLANE = axis_plane(MODELS["univariate"](1).layout, ("w", "b"), np.zeros(2))
VIEW = MapView(PLANE, (-1.0, 1.0), (-30.0, 30.0))


def winding(count: int) -> FloatArray:
    """Return a path that winds in ever smaller turns, and rests in one cell at last."""
    t = np.linspace(0.0, 1.0, count)
    return np.column_stack(((1.0 - t) ** 4 * np.cos(900.0 * t), 30.0 * (1.0 - t) ** 4 * np.sin(900.0 * t)))


def whole(points: FloatArray, most: int = 4_000) -> FloatArray:
    return Thinning(VIEW, most).part(points, 0, len(points) - 1)


def places(kept: FloatArray, points: FloatArray) -> list[int]:
    """Return where in ``points`` each of ``kept`` lies."""
    return [int(np.flatnonzero((points == p).all(axis=1))[0]) for p in kept]


@pytest.mark.parametrize("count", [1, 2, 500])
def test_that_a_short_path_is_drawn_whole(count: int) -> None:
    points = winding(count) if count > 1 else np.zeros((1, 2))
    assert np.array_equal(whole(points, 500), points)


@pytest.mark.parametrize(("count", "most"), [(3_000, 2_000), (40_000, 300), (40_000, 4_000)])
def test_that_a_thinned_path_is_a_short_one_between_the_same_ends(count: int, most: int) -> None:
    points = winding(count)
    kept = whole(points, most)
    assert len(kept) <= most + 2
    assert np.array_equal(kept[[0, -1]], points[[0, -1]])
    assert (np.diff(places(kept, points)) >= 0).all()  # none is moved, none comes before its turn


def test_that_no_point_lies_further_than_a_cell_from_the_one_drawn_before_it() -> None:
    t = np.linspace(0.0, 4.0, 50_000)
    points = np.column_stack((0.3 * np.cos(t), 9.0 * np.sin(t)))
    kept = whole(points)
    assert 2_000 < len(kept) < 3_000
    drawn = np.repeat(kept, np.diff([*places(kept, points), len(points)]), axis=0)
    assert (np.abs(points - drawn) <= np.array([2.0, 60.0]) / CELLS).all()


def test_that_a_path_that_came_to_rest_ends_at_its_last_point() -> None:
    points = np.vstack((winding(300), np.linspace((1e-7, 1e-7), (2e-7, 0.0), 300)))
    kept = whole(points, 400)
    assert len(kept) < 400  # those at rest share a cell
    assert np.array_equal(kept[-1], points[-1])


def test_that_the_long_steps_of_the_beginning_are_all_kept() -> None:
    points = winding(40_000)
    assert np.array_equal(whole(points, 300)[:100], points[:100])


def test_that_a_path_from_side_to_side_of_a_ravine_is_still_seen_on_both() -> None:
    side = np.where(np.arange(50_001) % 2, 0.5, -0.5)
    kept = whole(np.column_stack((side, np.linspace(-20.0, 20.0, 50_001))))
    assert len(kept) <= 4_002
    later = kept[2_500:, 0]
    assert (later[:-2] == -later[1:-1]).all()


def test_that_what_lies_ahead_stands_still_while_the_cursor_moves_on() -> None:
    points = np.column_stack((np.linspace(-0.9, 0.9, 40_000), 20.0 * np.sin(np.linspace(0.0, 300.0, 40_000))))
    thinning = Thinning(VIEW, 300)
    before = thinning.part(points, 20_000, 39_999)[1:]
    assert len(before) > 20
    for cursor in range(20_001, 20_010):
        after = thinning.part(points, cursor, 39_999)[1:]
        assert np.array_equal(after, before[-len(after) :])


@given(st.lists(st.integers(1, 900), min_size=1, max_size=12), st.integers(0, 2**32 - 1), st.booleans())
def test_that_a_growing_path_is_thinned_as_at_once(pieces: list[int], seed: int, wild: bool) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(sum(pieces), 2)) * (0.5 if wild else 0.0005)
    points = np.cumsum(steps, axis=0)
    growing = Thinning(VIEW, 200)
    for length in np.cumsum(pieces):
        begin = int(rng.integers(length))
        got = growing.part(points[:length], begin, length - 1)
        assert np.array_equal(got, Thinning(VIEW, 200).part(points[:length], begin, length - 1), equal_nan=True)
        assert len(got) <= 202


def test_that_points_far_out_of_sight_are_not_joined_to_the_path() -> None:
    out = 1.0 + 2.0 * FAR
    points = np.array([[0.0, 0.0], [out + 1.1, 0.0], [0.0, -30.0 * out - 1.0], [out - 0.1, 0.0]])
    assert np.isnan(near(points, VIEW)).all(axis=1).tolist() == [False, True, True, False]
    runaway = np.column_stack((1e3 * (-1.0) ** np.arange(20_000), np.zeros(20_000)))
    assert np.isnan(whole(runaway)).all()
