"""Landscapes of linear models from the factored data, against direct sums and against 50 digits."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor, exact_dot
from landscape_app.core.landscape import Plane, axis_plane, evaluate_grid, plane_through
from landscape_app.core.models import MODELS, Model

LINEAR = ("univariate", "multivariate", "two-layer-linear")
EPS = np.finfo(np.float64).eps


def random_problem(name: str, rng: np.random.Generator, general: bool) -> tuple[Model, Dataset, Plane]:
    n = 1 if name == "univariate" else int(rng.integers(1, 6))
    m, k = int(rng.integers(1, 80)), int(rng.integers(1, 6))
    X = rng.normal(size=(n, m)) * 10.0 ** rng.uniform(-3, 3, size=(n, 1)) + rng.normal(size=(n, 1))
    data = Dataset(X, rng.normal(size=(1, m)), tuple(f"x{i}" for i in range(n)), "y")
    model = MODELS[name](n, k)
    size, names = model.layout.size, model.layout.scalar_names
    theta = rng.normal(size=size)
    if general:
        base, u, v = rng.normal(size=(3, size))
        return model, data, plane_through(theta, base, u, v, ("along u", "along v"))
    i, j = rng.choice(size, 2, replace=False)
    return model, data, axis_plane(model.layout, (names[i], names[j]), theta)


def direct(model: Model, data: Dataset, theta: np.ndarray) -> tuple[float, float]:
    """Return the loss by the section's equations, and how far their own rounding may lead it astray."""
    p = {name: np.abs(block) for name, block in model.layout.split(theta).items()}
    X, ones = np.abs(data.X), np.ones_like(data.y)
    if model.name == "two-layer-linear":
        sizes = p["w2"] @ (p["W1"] @ X + p["b1"]) + p["b2"]
    else:
        sizes = p["w"] * X + p["b"] if model.name == "univariate" else p["w"] @ X + p["b"]
    residual = model.predict(theta, data.X) - data.y
    astray = 64 * EPS * ((sizes + np.abs(data.y) + ones * 0) * np.abs(residual)).mean()
    return float((residual**2).mean()), float(astray) + (64 * EPS * float((sizes + np.abs(data.y)).max())) ** 2


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(LINEAR), general=st.booleans(), seed=st.integers(0, 2**32), centre=st.floats(-100.0, 100.0),
    reach=st.floats(-6.0, 4.0), grid=st.sampled_from([2, 3, 8]),
)  # fmt: skip
def test_that_every_node_is_the_loss_of_the_equations(
    name: str, general: bool, seed: int, centre: float, reach: float, grid: int
) -> None:
    model, data, plane = random_problem(name, np.random.default_rng(seed), general)
    limits = (centre - 10.0**reach, centre + 10.0**reach)
    landscape = evaluate_grid(model, data, plane, limits, limits, grid)
    assert landscape.accuracy.guarantee == "exact"
    for i, y in enumerate(landscape.y):
        for j, x in enumerate(landscape.x):
            loss, astray = direct(model, data, plane.at(x, y))
            assert landscape.loss[i, j] == pytest.approx(loss, rel=1e-9, abs=astray)


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("general", [False, True])
def test_that_data_far_from_zero_lose_no_more_than_float64_must(name: str, general: bool) -> None:
    rng = np.random.default_rng(7)
    n, m = (1, 60) if name == "univariate" else (2, 60)
    X = 1e6 + rng.normal(size=(n, m))
    w = np.arange(1.0, n + 1.0)
    y = w @ X + 3.0 + 1e-3 * rng.normal(size=(1, m))
    data = Dataset(X, y, tuple(f"x{i}" for i in range(n)), "y")
    model = MODELS[name](n, 2)
    # A point whose outputs are all but right: the landscape's lowest losses, where digits are lost.
    if name == "two-layer-linear":
        theta = model.layout.join({"W1": np.vstack((w, 0.5 * w)), "b1": [1.0, 2.0], "w2": [0.5, 1.0], "b2": 0.5})
    else:
        theta = np.append(w, 3.0)
    names = model.layout.scalar_names
    if general:
        u, v = rng.normal(size=(2, theta.size))
        plane = plane_through(theta, theta, u, v, ("u", "v"))
        limits = (-1e-9, 1e-9)
        landscape = evaluate_grid(model, data, plane, limits, limits, 5)
    else:
        plane = axis_plane(model.layout, (names[0], names[-1]), theta)
        landscape = evaluate_grid(
            model, data, plane, (theta[0] - 1e-9, theta[0] + 1e-9), (theta[-1] - 1e-3, theta[-1] + 1e-3), 5
        )
    with mpmath.workdps(50):
        for i, y_node in enumerate(landscape.y):
            for j, x_node in enumerate(landscape.x):
                point = plane.at(x_node, y_node)
                exact, sizes = precise_loss(model, data, point)
                astray = 1e-9 * exact + 16 * EPS * sizes
                assert abs(landscape.loss[i, j] - exact) <= astray


def precise_loss(model: Model, data: Dataset, theta: np.ndarray) -> tuple[float, float]:
    """Return the loss to 50 digits, and the mean of (|w||x| + |b| + |y|) |residual|."""
    blocks = model.layout.split(theta)
    if model.name == "two-layer-linear":
        W1 = mpmath.matrix(blocks["W1"].tolist())
        w2 = mpmath.matrix(blocks["w2"].tolist())
        w, b = w2 * W1, (w2 * mpmath.matrix(blocks["b1"].tolist()))[0] + mpmath.mpf(float(blocks["b2"]))
    else:
        w, b = mpmath.matrix([theta[:-1].tolist()]), mpmath.mpf(float(theta[-1]))
    squares, sizes = mpmath.mpf(0), mpmath.mpf(0)
    for x, y in zip(data.X.T.tolist(), data.y[0].tolist(), strict=True):
        terms = [w[i] * mpmath.mpf(x[i]) for i in range(len(x))]
        residual = mpmath.fsum(terms) + b - mpmath.mpf(y)
        squares += residual**2
        sizes += (sum(abs(t) for t in terms) + abs(b) + abs(y)) * abs(residual)
    return float(squares / data.m), float(sizes / data.m)


def test_that_the_gram_matrix_would_have_failed_there() -> None:
    """The reason for all this: on the same data the normal equations' loss is not even roughly right."""
    rng = np.random.default_rng(7)
    x = 1e6 + rng.normal(size=200)
    noise = 1e-3 * rng.normal(size=200)
    y = x + 3.0 + noise
    columns = np.column_stack((x, np.ones(200), y))
    by_gram = np.array([1.0, 3.0, -1.0]) @ (columns.T @ columns) @ np.array([1.0, 3.0, -1.0]) / 200
    by_factor = CentredFactor.of(x[np.newaxis], y[np.newaxis]).loss(np.array([1.0]), 3.0)
    truth = float(np.mean((x + 3.0 - y) ** 2))  # the rounded y's own residuals
    assert by_factor == pytest.approx(truth, rel=1e-6)
    assert abs(by_gram - truth) > 10 * truth


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 2), (3, 2), (4, 5000), (1, 200_001), (30, 20_000), (150, 14_000)])
def test_that_the_factor_keeps_every_length(n: int, m: int) -> None:
    rng = np.random.default_rng(n * m)
    X, y = rng.normal(size=(n, m)) + 5.0, rng.normal(size=(1, m))
    factor = CentredFactor.of(X, y)
    assert factor.R.shape == (n + 2, n + 2)
    assert np.array_equal(factor.R, np.triu(factor.R))
    for _ in range(5):
        w, b = rng.normal(size=n), float(rng.normal())
        assert factor.loss(w, b) == pytest.approx(float(np.mean((w @ X + b - y) ** 2)), rel=1e-11)


def test_that_a_dot_product_is_rounded_once() -> None:
    a = np.array([1e16, 1.0, -1e16, 1e-3])
    assert exact_dot(a, np.array([1.0, 1.0, 1.0, 1.0]), 0.0) == 1.001
    assert exact_dot(np.array([1.0 + EPS]), np.array([1.0 - EPS]), -1.0) == -(EPS**2)
    assert exact_dot(np.array([1e300]), np.array([1e300])) == np.inf
    assert exact_dot(np.array([1e308, 1e308]), np.ones(2)) == np.inf


def test_that_overflowing_parameters_make_infinite_losses() -> None:
    rng = np.random.default_rng(0)
    for name in LINEAR:
        model, data, _ = random_problem(name, rng, general=False)
        theta = np.full(model.layout.size, 1e200)
        plane = axis_plane(model.layout, (model.layout.scalar_names[0], model.layout.scalar_names[1]), theta)
        landscape = evaluate_grid(model, data, plane, (-1e200, 1e200), (1e180, 1e200), 3)
        assert not np.isnan(landscape.loss).any()
        assert np.isinf(landscape.loss).any()
