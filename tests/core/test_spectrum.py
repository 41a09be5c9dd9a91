"""Eigenvalues of the Hessian against matrices written down by hand, and against differences of gradients."""

from collections.abc import Iterator
from typing import TypeVar

import mpmath
import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.axes import Axes
from landscape_app.core.curvature import largest_eigenvalue_steps, linear_spectrum, spectrum_steps
from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor
from landscape_app.core.models import MODELS
from landscape_app.core.models.base import Model

T = TypeVar("T")


def last(steps: Iterator[T | None]) -> T:
    found = [step for step in steps if step is not None]
    assert len(found) == 1
    return found[0]


def some_data(n: int, m: int, seed: int = 0) -> Dataset:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, m))
    return Dataset(
        X, np.sin(X.sum(axis=0, keepdims=True)) + 0.1 * rng.normal(size=(1, m)), tuple(map(str, range(n))), "y"
    )


def numeric_hessian(model: Model, data: Dataset, theta: FloatArray) -> FloatArray:
    """Return the Hessian by central differences of the gradient, of fourth order."""
    step, rows = 1e-3, []
    for i in range(theta.size):
        unit = np.zeros(theta.size)
        unit[i] = step
        g = [model.loss_and_gradient(theta + k * unit, data.X, data.y)[1] for k in (-2, -1, 1, 2)]
        rows.append((g[0] - 8 * g[1] + 8 * g[2] - g[3]) / (12 * step))
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2)


def test_that_a_regressions_small_eigenvalues_keep_their_digits() -> None:
    data = some_data(3, 25)
    data = Dataset(data.X * np.array([[1e6], [1.0], [1e-5]]), data.y, data.feature_names, "y")
    found = linear_spectrum(CentredFactor.of(data.X, data.y))
    mpmath.mp.dps = 60
    design = mpmath.matrix(np.vstack([data.X, np.ones((1, 25))]).tolist())
    values = mpmath.eigsy(design * design.T * (mpmath.mpf(2) / 25), eigvals_only=True)
    expected = sorted(float(v) for v in values)
    assert found.values == pytest.approx(expected, rel=1e-9)
    assert found.whole
    assert found.largest / found.values[0] > 1e20  # more than the Hessian itself could tell
    assert np.abs(found.vectors @ found.vectors.T - np.eye(4)).max() < 1e-12


def test_that_directions_that_change_nothing_are_exactly_flat() -> None:
    X = np.random.default_rng(0).normal(size=(2, 30))
    data = Dataset(np.vstack([X, X[:1] + X[1:]]), X[:1], ("a", "b", "c"), "y")
    found = linear_spectrum(CentredFactor.of(data.X, data.y))
    assert found.values[0] == 0.0
    assert (found.values[1:] > 0.01).all()
    assert np.abs(found.vectors[0]) == pytest.approx(np.array([1, 1, 1, 0]) / np.sqrt(3), abs=1e-9)


@pytest.mark.parametrize("name", list(MODELS))
def test_that_all_eigenvalues_are_those_of_the_gradients_differences(name: str) -> None:
    data = some_data(1 if name == "univariate" else 3, 30)
    model = MODELS[name](data.n, 4)
    theta = np.random.default_rng(1).normal(size=model.layout.size)
    found = last(spectrum_steps(model, data, theta))
    hessian = numeric_hessian(model, data, theta)
    assert found.values == pytest.approx(np.linalg.eigvalsh(hessian), abs=1e-7 * found.scale)
    assert np.abs(found.vectors @ hessian - found.values[:, None] * found.vectors).max() < 1e-6 * found.scale
    assert last(largest_eigenvalue_steps(model, data, theta)) == pytest.approx(found.largest, rel=1e-12)


@pytest.mark.parametrize("name", ["two-layer-linear", "two-layer-sigmoid"])
def test_that_both_ends_are_found_where_there_are_too_many_parameters(name: str) -> None:
    data = some_data(5, 60)
    model = MODELS[name](5, 40)  # 281 parameters
    theta = np.random.default_rng(1).normal(size=model.layout.size)
    values = np.linalg.eigvalsh(numeric_hessian(model, data, theta))
    found = last(spectrum_steps(model, data, theta))
    assert not found.whole
    assert found.values == pytest.approx(values[[0, -1]], abs=1e-7 * found.scale)
    assert found.resolution < 1e-7 * found.scale
    assert last(largest_eigenvalue_steps(model, data, theta)) == pytest.approx(values[-1], rel=1e-5)


@pytest.mark.parametrize("hidden", [2, 80])
def test_that_a_curvature_beyond_all_numbers_has_no_eigenvalues(hidden: int) -> None:
    data = some_data(3, 30)
    model = MODELS["two-layer-linear"](3, hidden)
    theta = np.full(model.layout.size, 1e200)
    found = last(spectrum_steps(model, data, theta))
    assert found.values.size == 0
    assert np.isnan(found.largest)
    assert np.isnan(last(largest_eigenvalue_steps(model, data, theta)))


@pytest.mark.parametrize("offsets", [[1e8], [1e12], [1e8, 3.0], [1e9, -1e9], [1e8, 1e7, 1e3, 0.0]])
def test_that_data_far_from_zero_are_steep_and_not_flat(offsets: list[float]) -> None:
    """Their smallest curvature lies below the rounding of the largest, and is no zero all the same."""
    rng, m = np.random.default_rng(3), 40
    X = rng.normal(size=(len(offsets), m)) + np.array(offsets)[:, np.newaxis]
    factor = CentredFactor.of(X, rng.normal(size=(1, m)))
    found = linear_spectrum(factor)
    with mpmath.workdps(80):
        design = mpmath.matrix([*X.tolist(), [1.0] * m])
        values, vectors = mpmath.eigsy(design * design.T * 2 / m)
        exact = np.array([float(value) for value in values])
        steady = np.array([[float(vectors[i, j]) for i in range(len(exact))] for j in range(len(exact))])
    assert found.values == pytest.approx(exact, rel=1e-5)
    assert np.abs((found.vectors * steady).sum(axis=1)) == pytest.approx(np.ones(len(exact)), abs=1e-9)
    assert Axes.of(factor).eigenvalues == pytest.approx(exact[::-1], rel=1e-5)


@pytest.mark.parametrize("constant", [0.1, 1e6 + 0.1, 1e8 / 3])
def test_that_features_that_tell_nothing_new_are_flat_however_far_from_zero(constant: float) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=30), rng.normal(size=(1, 30))
    for other in (np.full(30, constant), x, constant + x, constant - 2.0 * x, np.zeros(30)):
        values = linear_spectrum(CentredFactor.of(np.vstack([x, other]), y)).values
        assert (values > 0.0).tolist() == [False, True, True]
