"""What can be seen of a path is drawn where it is; what can't is left out."""

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.export.paths import thinned_series, visible_line

BOX = ((0.0, 10.0), (-1.0, 1.0))


def path(*points: tuple[float, float]) -> FloatArray:
    return np.array(points, dtype=np.float64)


def test_that_a_path_inside_the_box_is_kept_as_it_is() -> None:
    inside = path((1, 0), (5, 0.5), (9, -0.5))
    np.testing.assert_allclose(visible_line(inside, BOX, 1000), inside, rtol=1e-12)


def test_that_a_path_is_cut_where_it_leaves_and_enters() -> None:
    line = visible_line(path((5, 0), (15, 0), (15, 0.5), (5, 0.5)), BOX, 1000)
    np.testing.assert_allclose(line[:2], [[5, 0], [10, 0]], atol=1e-12)
    assert np.isnan(line[2]).all()
    np.testing.assert_allclose(line[3:], [[10, 0.5], [5, 0.5]], atol=1e-12)


def test_that_a_path_that_runs_away_keeps_its_direction() -> None:
    line = visible_line(path((5, 0), (5e300, 1e299)), BOX, 1000)
    np.testing.assert_allclose(line, path((5, 0), (10, 0.1)), rtol=1e-6)


def test_that_a_path_outside_of_the_box_is_empty() -> None:
    assert visible_line(path((20, 0), (30, 5)), BOX, 1000).size == 0
    assert visible_line(path((20, 0)), BOX, 1000).size == 0


def test_that_a_single_point_stays() -> None:
    np.testing.assert_array_equal(visible_line(path((5, 0)), BOX, 1000), [[5, 0]])


def test_that_points_closer_than_a_pixel_are_left_out_and_the_last_one_stays() -> None:
    crowd = np.column_stack((np.linspace(1.0, 1.001, 5000), np.zeros(5000)))
    line = visible_line(crowd, BOX, 1000)
    assert len(line) <= 3
    np.testing.assert_allclose(line[-1], crowd[-1])


@pytest.mark.parametrize("spike", [-7.0, 7.0])
def test_that_a_thinned_curve_keeps_its_ends_and_its_spikes(spike: float) -> None:
    values = np.zeros(100_000)
    values[0], values[61_803], values[-1] = 1.0, spike, 2.0
    iterations, kept = thinned_series(values)
    assert len(kept) < 5000
    assert (kept[0], kept[-1]) == (1.0, 2.0)
    assert kept[np.flatnonzero(iterations == 61_803)].tolist() == [spike]
    np.testing.assert_array_equal(values[iterations.astype(int)], kept)
