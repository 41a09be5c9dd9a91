"""Landscapes against direct sums; scales, levels and least squares against closed forms."""

import math
from collections.abc import Iterator
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import ConfigError
from landscape_app.core.landscape import Plane, axis_plane, evaluate_grid, loss_scale
from landscape_app.core.landscape.accuracy import DIRECT
from landscape_app.core.landscape.choice import middle
from landscape_app.core.landscape.direct import DirectSums
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.least_squares import least_squares
from landscape_app.core.models import MODELS, TwoLayerSigmoid
from tests.landscapes import X, Y, landscape_of, tilted


def some_data(n: int = 3, m: int = 40, seed: int = 0) -> Dataset:
    rng = np.random.default_rng(seed)
    return Dataset(rng.normal(size=(n, m)), rng.normal(size=(1, m)), tuple(f"x{i}" for i in range(n)), "y")


@pytest.mark.parametrize("name", list(MODELS))
def test_that_every_node_is_the_loss_at_its_parameters(name: str) -> None:
    data = some_data(1 if name == "univariate" else 3)
    model = MODELS[name](data.n, 4)
    theta = np.random.default_rng(5).normal(size=model.layout.size)
    names = model.layout.scalar_names
    plane = axis_plane(model.layout, (names[0], names[-1]), theta)
    landscape = evaluate_grid(model, data, plane, (-2.0, 3.0), (-1.0, 1.5), 9)
    assert landscape.x[[0, -1]].tolist() == [-2.0, 3.0]
    assert landscape.y[[0, -1]].tolist() == [-1.0, 1.5]
    for i, y in enumerate(landscape.y):
        for j, x in enumerate(landscape.x):
            point = theta.copy()
            point[0], point[-1] = x, y
            assert landscape.loss[i, j] == pytest.approx(model.loss(point, data.X, data.y), rel=1e-12)


def saddle(m: int) -> tuple[TwoLayerSigmoid, Dataset, Plane]:
    """Return a network whose map takes long enough to appear in steps: no method knows a short cut for it."""
    data = some_data(2, m=m)
    model = TwoLayerSigmoid(data.n, 2)
    theta = np.random.default_rng(1).normal(size=model.layout.size)
    return model, data, axis_plane(model.layout, ("W1[0,0]", "b1[0]"), theta)


@pytest.mark.parametrize(("grid", "sizes"), [(129, [17, 33, 65, 129]), (65, [17, 33, 65]), (10, [10]), (2, [2])])
def test_that_coarse_lattices_come_first_and_agree_with_the_last(grid: int, sizes: list[int]) -> None:
    model, data, plane = saddle(300)
    x = np.linspace(-1.0, 1.0, grid)
    pictures = [p for p in DirectSums(model, data, plane).pictures(x, x) if p is not None]
    assert [len(p.loss) for p in pictures] == sizes
    assert [p.final for p in pictures] == [False] * (len(sizes) - 1) + [True]
    assert {p.accuracy for p in pictures} == {DIRECT}
    for picture in pictures:
        stride = (grid - 1) // (len(picture.loss) - 1)
        assert np.array_equal(picture.x, x[::stride])
        assert np.array_equal(picture.y, x[::stride])
        assert np.array_equal(picture.loss, pictures[-1].loss[::stride, ::stride])


@pytest.mark.parametrize(("grid", "sizes"), [(128, [32, 64, 128]), (100, [25, 50, 100]), (50, [25, 50])])
def test_that_coarse_lattices_of_any_number_of_nodes_reach_from_end_to_end(grid: int, sizes: list[int]) -> None:
    model, data, plane = saddle(1500 if grid == 50 else 300)
    x, y = np.linspace(-1.0, 1.5, grid), np.linspace(0.0, 2.0, grid)
    pictures = [p for p in DirectSums(model, data, plane).pictures(x, y) if p is not None]
    assert [len(p.loss) for p in pictures] == sizes
    for picture in pictures:
        assert (picture.x[0], picture.x[-1], picture.y[0], picture.y[-1]) == (-1.0, 1.5, 0.0, 2.0)
        np.testing.assert_allclose(np.diff(picture.x), (picture.x[1] - picture.x[0]), rtol=1e-9)
        at = (len(picture.y) // 2, len(picture.x) - 1)
        theta = plane.at(picture.x[at[1]], picture.y[at[0]])
        assert picture.loss[at] == pytest.approx(model.loss(theta, data.X, data.y), rel=1e-12)


def test_that_the_work_is_cut_into_slices() -> None:
    model, data, plane = saddle(1000)
    x = np.linspace(-1.0, 1.0, 33)
    pauses = sum(p is None for p in DirectSums(model, data, plane).pictures(x, x))
    assert pauses > 33 * 33 * 1000 / 32_768


def test_that_an_overflow_is_an_infinite_loss_and_no_warning() -> None:
    data = some_data(1)
    model = MODELS["univariate"](1)
    plane = axis_plane(model.layout, ("w", "b"), np.zeros(2))
    landscape = evaluate_grid(model, data, plane, (-1e200, 1e200), (-1.0, 1.0), 3)
    assert np.isinf(landscape.loss[:, 0]).all()
    assert np.isfinite(landscape.loss[:, 1]).all()


def test_that_a_plane_needs_two_different_known_parameters() -> None:
    layout = MODELS["univariate"](1).layout
    with pytest.raises(ConfigError, match="two different"):
        axis_plane(layout, ("w", "w"), np.zeros(2))
    with pytest.raises(ConfigError, match="no parameter called"):
        axis_plane(layout, ("w", "v"), np.zeros(2))


@given(
    low=st.floats(1e-300, 1e300),
    ratio=st.floats(1.0, 1e8),
    count=st.integers(1, 40),
    most=st.integers(2, 12),
)
def test_that_scales_hold_their_levels_and_ticks(low: float, ratio: float, count: int, most: int) -> None:
    loss = np.array([[low, min(low * ratio, 1e305)]])
    scale = loss_scale(loss)
    fraction = scale.fraction(loss)
    assert ((fraction >= 0.0) & (fraction <= 1.0)).all()
    levels = scale.levels(count)
    assert len(levels) == count
    assert (np.diff(levels) > 0).all() or scale.high / scale.low < 1 + 1e-8
    ticks = scale.ticks(most)
    assert len(ticks) <= most
    assert all(scale.low * (1 - 1e-9) <= tick <= scale.high * (1 + 1e-9) for tick in ticks)


def test_that_a_narrow_scale_still_has_ticks() -> None:
    assert loss_scale(np.array([[2870.0, 3210.0]])).ticks(6) == [2900.0, 3000.0, 3100.0, 3200.0]
    assert loss_scale(np.array([[0.2, 40.0]])).ticks(8) == pytest.approx([0.2, 0.5, 1, 2, 5, 10, 20])


def test_that_scales_survive_flat_zero_and_infinite_landscapes() -> None:
    for loss in (np.zeros((2, 2)), np.full((2, 2), np.inf), np.full((2, 2), 3.0), np.array([[0.0, 5.0]])):
        scale = loss_scale(loss)
        assert 0.0 < scale.low < scale.high < math.inf


def test_that_the_least_squares_line_is_exact_for_rationals() -> None:
    x, y = [1, 2, 4, 7], [3, 1, 5, 2]
    data = Dataset(np.array([x], float), np.array([y], float), ("x",), "y")
    m = len(x)
    mean_x, mean_y = Fraction(sum(x), m), Fraction(sum(y), m)
    w = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)
    b = mean_y - w * mean_x
    best = least_squares(data)
    assert best.theta == pytest.approx([float(w), float(b)], rel=1e-14)
    assert best.loss == pytest.approx(float(sum((w * a + b - c) ** 2 for a, c in zip(x, y, strict=True)) / m))
    assert best.unique


def test_that_the_steepest_curvature_is_the_hessians() -> None:
    data = some_data(4, 30)
    design = np.vstack((data.X, np.ones(data.m)))
    hessian = 2.0 / data.m * design @ design.T
    assert least_squares(data).lambda_max == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-12)


def test_that_offset_data_keep_their_digits() -> None:
    rng = np.random.default_rng(3)
    x = 1e6 + rng.normal(size=200)
    y = 2.0 * x - 5.0
    best = least_squares(Dataset(x[np.newaxis], y[np.newaxis], ("x",), "y"))
    assert best.theta[0] == pytest.approx(2.0, rel=1e-9)


def test_that_collinear_features_are_noticed() -> None:
    x = np.arange(5.0)
    assert not least_squares(Dataset(np.vstack((x, 2 * x)), x[np.newaxis] ** 2, ("a", "b"), "y")).unique


def test_that_a_badly_scaled_design_keeps_its_digits() -> None:
    """Powers of x up to the sixth, against the normal equations in 60 digits."""
    x, errors = np.linspace(0.0, 10.0, 40), []
    X = np.array([x**power for power in range(1, 7)])
    for seed in range(12):
        y = 1.0 + X.sum(axis=0) + 1e-3 * np.random.default_rng(seed).normal(size=40)
        with mpmath.workdps(60):
            design = mpmath.matrix([*X.tolist(), [1.0] * 40])
            solution = mpmath.lu_solve(design * design.T, design * mpmath.matrix(y.tolist()))
            exact = np.array([float(value) for value in solution])
        found = least_squares(Dataset(X, y[np.newaxis], tuple("abcdef"), "y")).theta
        errors.append(float(np.max(np.abs(found / exact - 1.0))))
    assert np.median(errors) < 2e-10


class Counting(LatticeMethod):
    """x + y, at the price of a large problem."""

    accuracy = DIRECT

    def __init__(self) -> None:
        self.evaluated: list[tuple[float, float]] = []

    def operations(self, columns: int, rows: int) -> float:
        return 1e5 * columns * rows

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        self.evaluated += [(a, b) for b in y.tolist() for a in x.tolist()]
        yield x + y[:, np.newaxis]


def test_that_no_node_is_evaluated_twice_as_a_lattice_gets_finer() -> None:
    method, x, y = Counting(), np.arange(65.0), 100.0 * np.arange(65.0)
    pictures = [picture for picture in method.pictures(x, y) if picture is not None]
    assert [len(picture.x) for picture in pictures] == [17, 33, 65]
    for picture in pictures:
        assert np.array_equal(picture.loss, picture.x + picture.y[:, np.newaxis])
    assert len(method.evaluated) == len(set(method.evaluated)) == 65 * 65


def test_that_the_middle_of_any_range_is_a_number() -> None:
    assert middle((-1.0, 4.0)) == 1.5
    assert middle((1.0e308, 1.5e308)) == pytest.approx(1.25e308)


def test_that_huge_losses_have_a_finite_scale() -> None:
    for loss in (np.array([[1e308, 1.7e308]]), np.array([[1.0, 1.7e308]])):
        scale = loss_scale(loss)
        assert 0.0 < scale.low < scale.high < math.inf
        assert all(math.isfinite(tick) for tick in scale.ticks(6))
        assert np.isfinite(scale.levels(5)).all()


def test_that_equal_ratios_of_losses_are_equal_steps_of_colour() -> None:
    scale = loss_scale(np.array([[0.01, 10.0, 1.0], [100.0, 2.0, 0.1]]))
    assert (scale.low, scale.high) == (0.01, 100.0)
    shares = scale.fraction(np.array([0.01, 0.1, 1.0, 10.0, 100.0]))
    assert shares == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])
    assert scale.fraction(np.array([1e-5, 0.0, 1e5])).tolist() == [0.0, 0.0, 1.0]
    assert np.isnan(scale.fraction(np.array([np.inf, np.nan]))).all()


def test_that_contour_lines_lie_at_equal_ratios_of_losses() -> None:
    assert loss_scale(np.array([[0.01, 100.0]])).levels(3) == pytest.approx([0.1, 1.0, 10.0])


def test_that_rows_are_y_and_columns_are_x() -> None:
    data = Dataset(np.array([[1.0]]), np.array([[0.0]]), ("x",), "y")
    model = MODELS["univariate"](1)
    plane = axis_plane(model.layout, ("w", "b"), np.zeros(2))
    landscape = evaluate_grid(model, data, plane, (0.0, 1.0), (0.0, 10.0), 2)
    assert landscape.loss.tolist() == [[0.0, 1.0], [100.0, 121.0]]  # (w + b)²
    turned = axis_plane(model.layout, ("b", "w"), np.array([3.0, 4.0]))
    assert turned.project(np.array([3.0, 4.0])).tolist() == [4.0, 3.0]


def test_that_the_grid_answers_exactly_at_its_nodes() -> None:
    landscape = tilted()
    for j, x in enumerate(X):
        for i, y in enumerate(Y):
            assert landscape.loss_at(x, y) == pytest.approx(landscape.loss[i, j], rel=1e-14)


@pytest.mark.parametrize(("x", "y"), [(1.25, 0.1), (4.9, 0.05), (2.0, 0.75), (3.3, 0.99), (5.0, 1.0)])
def test_that_between_nodes_each_coordinate_counts_as_its_own(x: float, y: float) -> None:
    assert tilted().loss_at(x, y) == pytest.approx(1.0 + x + 10.0 * y)
    saddle = landscape_of(lambda a, b: 50.0 + a - 10.0 * b + 3.0 * a * b)
    assert saddle.loss_at(x, y) == pytest.approx(50.0 + x - 10.0 * y + 3.0 * x * y)


@pytest.mark.parametrize(("x", "y"), [(0.99, 0.5), (5.01, 0.5), (3.0, -0.01), (3.0, 1.01)])
def test_that_the_grid_knows_nothing_beyond_its_border(x: float, y: float) -> None:
    assert np.isnan(tilted().loss_at(x, y))


def test_that_the_grid_and_the_model_agree() -> None:
    model, data = MODELS["univariate"](1), some_data(1)
    plane = axis_plane(model.layout, ("w", "b"), np.zeros(2))
    landscape = evaluate_grid(model, data, plane, (-1.0, 2.0), (0.0, 4.0), 257)
    exact = model.loss(np.array([1.3, 0.4]), data.X, data.y)
    assert landscape.loss_at(1.3, 0.4) == pytest.approx(exact, rel=1e-3)
