"""Loss and gradient through R against the equations, the complex step, and many digits."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor
from landscape_app.core.linear_gradient import ByEquations, ThroughFactor, has_factor, through_factor
from landscape_app.core.models import MODELS, Model

EPS = float(np.finfo(np.float64).eps)


def some_data(n: int, m: int, seed: int, offset: float = 0.0, noise: float = 1.0) -> Dataset:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, m)) + offset
    y = rng.normal(size=(1, n)) @ (X - offset) + noise * rng.normal(size=(1, m))
    return Dataset(X, y, tuple(f"x{j}" for j in range(n)), "y")


def complex_step(model: Model, theta: FloatArray, data: Dataset) -> FloatArray:
    """Differentiate the equations without subtracting."""
    gradient = np.empty(theta.size)
    for j in range(theta.size):
        point = theta.astype(np.complex128)
        point[j] += 1e-30j
        residual = model.forward(point, data.X).yhat - data.y
        gradient[j] = (residual @ residual.T)[0, 0].imag / data.m / 1e-30
    return gradient


@pytest.mark.parametrize("name", ["univariate", "multivariate", "two-layer-linear"])
@settings(max_examples=80)
@given(
    n=st.integers(1, 7),
    k=st.integers(1, 9),
    m=st.integers(1, 400),
    seed=st.integers(0, 2**32),
    scale=st.sampled_from([1e-3, 1.0, 5.0]),
)
def test_that_loss_and_gradient_are_those_of_the_equations(
    name: str, n: int, k: int, m: int, seed: int, scale: float
) -> None:
    n = 1 if name == "univariate" else n
    model, data = MODELS[name](n, k), some_data(n, m, seed)
    theta = scale * np.random.default_rng(seed + 1).normal(size=model.layout.size)
    fast = through_factor(model, CentredFactor.of(data.X, data.y))
    loss, gradient = fast.loss_and_gradient(theta)
    assert fast.loss(theta) == pytest.approx(loss, rel=1e-13)
    # Fewer examples than columns can be fitted exactly: what is left then is the rounding of the data's size.
    size = float((data.y**2).mean()) + float((model.predict(theta, data.X) ** 2).mean())
    assert loss == pytest.approx(model.loss(theta, data.X, data.y), rel=1e-9, abs=1e3 * EPS**2 * size)
    expected = complex_step(model, theta, data)
    assert np.abs(gradient - expected).max() <= 1e-9 * np.abs(expected).max() + 1e2 * EPS * size


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6])
@pytest.mark.parametrize("noise", [1.0, 1e-3])
def test_that_data_far_from_zero_cost_no_more_digits_than_the_equations(offset: float, noise: float) -> None:
    data = some_data(2, 60, 3, offset, noise)
    model = MODELS["multivariate"](2)
    w = np.linalg.lstsq((data.X - offset).T, data.y[0], rcond=None)[0] + 0.01
    theta = np.append(w, -w.sum() * offset)
    with mpmath.workdps(60):
        exact = [mpmath.mpf(value) for value in theta.tolist()]
        loss, by_w, by_b, terms = mpmath.mpf(0), [mpmath.mpf(0)] * 2, mpmath.mpf(0), 0.0
        for x, y in zip(data.X.T.tolist(), data.y[0].tolist(), strict=True):
            r = exact[0] * mpmath.mpf(x[0]) + exact[1] * mpmath.mpf(x[1]) + exact[2] - mpmath.mpf(y)
            loss += r * r / data.m
            by_w = [g + 2 * r * mpmath.mpf(xj) / data.m for g, xj in zip(by_w, x, strict=True)]
            by_b += 2 * r / data.m
            terms = max(terms, float(np.abs(theta[:2]) @ np.abs(x) + abs(theta[2]) + abs(y)))
        expected, gradient = float(loss), np.array([float(g) for g in (*by_w, by_b)])
    fast, by_equations = ThroughFactor(CentredFactor.of(data.X, data.y)), ByEquations(model, data)
    # Each residual is a sum of terms of this size: its last digits are lost in double precision, however one adds.
    lost = 20.0 * EPS * terms
    span = np.append(np.abs(data.X).max(axis=1), 1.0)
    for way in (fast, by_equations):
        got, slope = way.loss_and_gradient(theta)
        assert abs(got - expected) <= 1e-9 * expected + 2.0 * lost * expected**0.5 + lost**2
        assert (np.abs(slope - gradient) <= 1e-9 * np.abs(gradient) + 2.0 * lost * span).all()


def test_that_the_sigmoid_network_has_no_factor() -> None:
    assert [name for name, model in MODELS.items() if has_factor(model(1, 2))] == [
        "univariate", "multivariate", "two-layer-linear",
    ]  # fmt: skip
