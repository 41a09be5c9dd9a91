"""Directions that are no parameters: what holds for every kind, and for random ones and those through three points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape.directions import Directions, completed, unit, with_fixed_sign
from landscape_app.core.landscape.directions_random import filters, random_directions
from landscape_app.core.landscape.directions_three_points import three_point_directions
from landscape_app.core.models import MODELS, Model

SHAPES = [("univariate", 1, 1), ("multivariate", 1, 1), ("multivariate", 6, 1)]
SHAPES += [(name, n, k) for name in ("two-layer-linear", "two-layer-sigmoid") for n, k in ((1, 1), (1, 9), (5, 3))]


def a_model(name: str, n: int, k: int, seed: int = 1) -> tuple[Model, FloatArray]:
    model = MODELS[name](n, k)
    return model, np.random.default_rng(seed).normal(size=model.layout.size)


def assert_orthonormal(d: Directions) -> None:
    assert np.linalg.norm(d.u) == pytest.approx(1.0, abs=1e-14)
    assert np.linalg.norm(d.v) == pytest.approx(1.0, abs=1e-14)
    assert abs(d.u @ d.v) <= 1e-15 * np.sqrt(d.u.size)


def assert_coordinates_are_least_squares(d: Directions, theta: FloatArray) -> None:
    expected = np.linalg.lstsq(np.column_stack((d.u, d.v)), theta - d.base, rcond=None)[0]
    assert d.frame().through(d.base).project(theta) == pytest.approx(expected, rel=1e-11, abs=1e-12)
    assert d.frame().through(theta).project(theta) == pytest.approx(expected, rel=1e-11, abs=1e-12)


# --- random ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "n", "k"), SHAPES)
def test_that_the_filters_are_a_partition(name: str, n: int, k: int) -> None:
    model, _ = a_model(name, n, k)
    assert sorted(np.concatenate(filters(model.layout))) == list(range(model.layout.size))


def test_that_a_filter_is_a_units_row_with_its_bias() -> None:
    layout = MODELS["two-layer-sigmoid"](2, 2).layout
    names = [[layout.scalar_names[i] for i in places] for places in filters(layout)]
    assert names == [["W1[0,0]", "W1[0,1]", "b1[0]"], ["W1[1,0]", "W1[1,1]", "b1[1]"], ["w2[0]", "w2[1]", "b2"]]


@settings(max_examples=100)
@given(shape=st.sampled_from(SHAPES[2:]), seed=st.integers(0, 2**63), scale=st.sampled_from([1e-200, 1e-3, 1.0, 1e200]))
def test_that_random_directions_are_as_long_as_theta_and_orthogonal_in_every_filter(
    shape: tuple[str, int, int], seed: int, scale: float
) -> None:
    model, theta = a_model(*shape)
    d = random_directions(model.layout, scale * theta, seed)
    for places in filters(model.layout):
        size = np.linalg.norm(theta[places])
        u, v = d.u[places] / scale, d.v[places] / scale
        assert np.linalg.norm(u) == pytest.approx(size, rel=1e-13)
        assert np.linalg.norm(v) == pytest.approx(size, rel=1e-13)
        assert abs(u @ v) <= 1e-13 * size**2
    assert np.count_nonzero(d.u) == np.count_nonzero(d.v) == model.layout.size  # no bias was left behind
    assert d.kind == "random"
    assert not d.remark


def test_that_a_filter_of_zeros_gets_length_one() -> None:
    model, theta = a_model("two-layer-sigmoid", 3, 2)
    first, second, output = filters(model.layout)
    theta[second] = 0.0
    d = random_directions(model.layout, theta, 4)
    assert np.linalg.norm(d.u[second]) == pytest.approx(1.0)
    assert np.linalg.norm(d.v[second]) == pytest.approx(1.0)
    assert np.linalg.norm(d.u[first]) == pytest.approx(np.linalg.norm(theta[first]))
    assert np.linalg.norm(d.v[output]) == pytest.approx(np.linalg.norm(theta[output]))


@pytest.mark.parametrize(("name", "n", "k"), SHAPES[:2])
def test_that_two_parameters_in_all_are_their_own_axes(name: str, n: int, k: int) -> None:
    model, theta = a_model(name, n, k)
    d = random_directions(model.layout, theta, 3)
    assert d.u.tolist() == [1.0, 0.0]
    assert d.v.tolist() == [0.0, 1.0]
    assert (d.x_name, d.y_name) == model.layout.scalar_names
    assert "two parameters" in d.remark


def test_that_random_directions_depend_on_the_seed_alone() -> None:
    model, theta = a_model("two-layer-linear", 4, 3)
    once, again, other = (random_directions(model.layout, theta, seed) for seed in (7, 7, 8))
    assert (once.u == again.u).all()
    assert (once.v == again.v).all()
    assert abs(unit(once.u) @ unit(other.u)) < 0.99
    half = random_directions(model.layout, theta / 2, 7)  # the same draws, scaled to another theta
    assert half.u == pytest.approx(once.u / 2)


def test_that_random_directions_of_a_diverged_theta_are_numbers() -> None:
    model, theta = a_model("two-layer-linear", 4, 3)
    theta[0] = np.inf
    d = random_directions(model.layout, theta, 7)
    assert np.isfinite(d.u).all()
    assert np.isfinite(d.v).all()
    assert d.remark


# --- through three points --------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(size=st.integers(2, 40), seed=st.integers(0, 2**32), scale=st.sampled_from([1e-160, 1e-6, 1.0, 1e9, 1e300]))
def test_that_the_plane_goes_through_all_three_points(size: int, seed: int, scale: float) -> None:
    start, now, best = scale * np.random.default_rng(seed).normal(size=(3, size))
    d = three_point_directions(start, now, best)
    assert_orthonormal(d)
    assert not d.remark
    assert (d.x_name, d.y_name) == ("towards the current point", "across, towards the best point")
    plane = d.frame().through(start)
    x, y = plane.project(now) / scale
    assert plane.project(start) / scale == pytest.approx([0.0, 0.0], abs=1e-12)
    assert x > 0
    assert y == pytest.approx(0.0, abs=1e-12)
    assert plane.project(best)[1] / scale > 0
    for point in (start, now, best):
        assert plane.at(*plane.project(point)) / scale == pytest.approx(point / scale, abs=1e-12)


def test_that_a_nearly_straight_line_still_gives_orthogonal_directions() -> None:
    start, now, aside = np.random.default_rng(2).normal(size=(3, 50))
    best = start + 0.5 * (now - start) + 1e-9 * aside
    d = three_point_directions(start, now, best)
    assert_orthonormal(d)
    assert not d.remark
    assert d.frame().through(start).at(*d.frame().through(start).project(best)) == pytest.approx(best, abs=1e-14)


def test_that_points_further_apart_than_a_double_holds_make_a_plane() -> None:
    start, now, best = 1.2e308 * np.array([[-1.0, 0.0, 0.5, -0.8], [1.0, 0.3, -0.4, 0.8], [0.9, -1.0, 0.0, 0.0]])
    d = three_point_directions(start, now, best)
    assert_orthonormal(d)
    assert not d.remark
    way = now / 4 - start / 4
    assert d.u == pytest.approx(unit(way), abs=1e-15)
    assert d.v @ (best / 4 - start / 4) > 0.0


@pytest.mark.parametrize(
    ("which", "remark"), [("now", "current point is the start"), ("best", "best point is the start")]
)
def test_that_points_a_rounding_apart_are_the_same(which: str, remark: str) -> None:
    start, other = np.random.default_rng(3).normal(size=(2, 7))
    points = {"now": other, "best": other, which: np.nextafter(start, 0.0)}
    assert remark in three_point_directions(start, **points).remark


A, B, C = np.random.default_rng(3).normal(size=(3, 7))


@pytest.mark.parametrize(
    ("start", "now", "best", "names", "remark"),
    [
        (A, B, B, ("towards the current point", "at right angles"), "best point is the current one"),
        (A, B, A, ("towards the current point", "at right angles"), "best point is the start"),
        (A, A, B, ("towards the best point", "at right angles"), "current point is the start"),
        (A, B, A + 0.3 * (B - A), ("towards the current point", "at right angles"), "on one line"),
        (A, B, A - 5 * (B - A), ("towards the current point", "at right angles"), "on one line"),
        (A, A, A, ("direction 1", "direction 2"), "are the same"),
        (A, B * np.inf, A, ("direction 1", "direction 2"), "not finite"),
        (A, B, A * np.nan, ("direction 1", "direction 2"), "not finite"),
    ],
)
def test_that_points_that_make_no_plane_get_one_and_a_remark(
    start: FloatArray, now: FloatArray, best: FloatArray, names: tuple[str, str], remark: str
) -> None:
    d, again = three_point_directions(start, now, best), three_point_directions(start, now, best)
    assert_orthonormal(d)
    assert (d.v == again.v).all()
    assert (d.x_name, d.y_name) == names
    assert remark in d.remark
    assert d.remark.endswith(".")


# --- common ----------------------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.lists(st.sampled_from([0.0, 1e-9, 1.0, -1.0, 0.3]), min_size=2, max_size=6).filter(any))
def test_that_a_completion_is_orthogonal_and_has_length_one(entries: list[float]) -> None:
    u = unit(np.array(entries))
    v = completed(u)
    assert np.linalg.norm(v) == pytest.approx(1.0, abs=1e-15)
    assert abs(u @ v) <= 1e-15


def test_that_rounding_does_not_turn_a_direction_around() -> None:
    tie = np.array([1.0, -1.0]) / np.sqrt(2)
    nudged = tie * np.array([1 - 1e-14, 1 + 1e-14])
    assert with_fixed_sign(tie)[0] > 0
    assert with_fixed_sign(nudged)[0] > 0
    assert with_fixed_sign(-nudged)[0] > 0


def test_that_coordinates_are_the_least_squares_projection() -> None:
    model, theta = a_model("two-layer-sigmoid", 3, 4)
    elsewhere = np.random.default_rng(9).normal(size=(3, theta.size))
    for d in (random_directions(model.layout, theta, 1), three_point_directions(*elsewhere)):
        assert_coordinates_are_least_squares(d, elsewhere[1])
        assert d.frame().through(d.base).project(d.base + 2 * d.u - 3 * d.v) == pytest.approx([2.0, -3.0])


def test_that_directions_are_read_only_and_nothing_given_is_changed() -> None:
    model, theta = a_model("two-layer-sigmoid", 3, 4)
    points = np.random.default_rng(9).normal(size=(3, theta.size))
    kept, points_kept = theta.copy(), points.copy()
    for d in (random_directions(model.layout, theta, 1), three_point_directions(*points)):
        assert not any(array.flags.writeable for array in (d.base, d.u, d.v))
        plane = d.frame().through(theta)
        assert plane.u is d.u  # slices through other points are known to have the same coordinates
        assert (plane.x_name, plane.y_name) == (d.x_name, d.y_name)
    assert (theta == kept).all()
    assert theta.flags.writeable
    assert (points == points_kept).all()
