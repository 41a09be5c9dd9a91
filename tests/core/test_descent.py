"""The closed form of gradient descent against the steps themselves, plain and in many digits."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.axes import Axes
from landscape_app.core.dataset import Dataset
from landscape_app.core.descent import ClosedForm
from landscape_app.core.factor import CentredFactor
from landscape_app.core.least_squares import least_squares
from landscape_app.core.models import MODELS


def a_case(n: int, m: int, seed: int, offset: float = 0.0) -> tuple[Dataset, CentredFactor, FloatArray, float]:
    """Return data, their factor, a start, and the Hessian's largest eigenvalue."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, m)) * np.logspace(0, 1, n)[:, np.newaxis] + offset
    y = rng.normal(size=(1, n)) @ X + rng.normal(size=(1, m))
    data = Dataset(X, y, tuple(f"x{j}" for j in range(n)), "y")
    return data, CentredFactor.of(X, y), rng.normal(size=n + 1), least_squares(data).lambda_max


def stepped(data: Dataset, start: FloatArray, rate: float, count: int) -> FloatArray:
    model, theta = MODELS["multivariate"](data.n), start.copy()
    for _ in range(count):
        theta = theta - rate * model.loss_and_gradient(theta, data.X, data.y)[1]
    return theta


@settings(max_examples=60)
@given(
    n=st.integers(1, 6),
    m=st.integers(1, 60),
    seed=st.integers(0, 2**32),
    share=st.sampled_from([0.01, 0.5, 1.0, 1.9, 1.999]),
    count=st.sampled_from([0, 1, 2, 17, 400]),
)
def test_that_it_is_where_the_steps_lead(n: int, m: int, seed: int, share: float, count: int) -> None:
    data, factor, start, steepest = a_case(n, m, seed)
    rate = share / steepest
    here = stepped(data, start, rate, count)
    found = ClosedForm.of(Axes.of(factor), start, rate)
    assert not found.diverges
    assert np.abs(found.theta(count) - here).max() <= 1e-10 * max(np.abs(here).max(), np.abs(start).max())


def test_that_ten_thousand_steps_end_where_it_says() -> None:
    data, factor, start, steepest = a_case(4, 300, 5)
    rate = 0.01 / steepest  # slow: it is still on its way at the end
    found = ClosedForm.of(Axes.of(factor), start, rate)
    here = stepped(data, start, rate, 10_000)
    assert np.abs(here - found.theta(100_000)).max() > 1e-6
    assert found.theta(10_000) == pytest.approx(here, rel=1e-11)
    loss, gradient = found.loss_and_gradient(10_000)
    expected, slope = MODELS["multivariate"](4).loss_and_gradient(here, data.X, data.y)
    assert loss == pytest.approx(expected, rel=1e-12)
    assert gradient == pytest.approx(slope, abs=1e-9)


@pytest.mark.parametrize("share", [0.3, 1.7, 2.3])
def test_that_many_digits_agree(share: float) -> None:
    data, factor, start, steepest = a_case(2, 9, 1, offset=3.0)
    rate, count = share / steepest, 120
    with mpmath.workdps(50):
        X = mpmath.matrix([*data.X.tolist(), [1.0] * data.m])
        y, eta = mpmath.matrix(data.y[0].tolist()), mpmath.mpf(rate)
        theta = mpmath.matrix(start.tolist())
        for _ in range(count):
            theta -= eta * 2 / data.m * (X * (X.T * theta - y))
        exact = np.array([float(value) for value in theta])
    found = ClosedForm.of(Axes.of(factor), start, rate)
    assert found.diverges == (share > 2.0)
    assert np.abs(found.theta(count) - exact).max() <= 1e-12 * np.abs(exact).max() * (1 + count * (share > 2.0))


def test_that_steps_of_almost_nothing_keep_their_digits() -> None:
    """Powers of 1 − ηλ as such would have lost half of them."""
    data, factor, _, steepest = a_case(2, 9, 1)
    rate, count = 1e-12 / steepest, 1_000_000
    with mpmath.workdps(50):
        X = mpmath.matrix([*data.X.tolist(), [1.0] * data.m])
        values, turn = mpmath.eigsy(X * X.T * 2 / data.m)
        slopes = turn.T * X * mpmath.matrix(data.y[0].tolist()) * -2 / data.m  # at the start, 0
        ways = [(1 - (1 - mpmath.mpf(rate) * value) ** count) / value for value in values]
        theta = turn * mpmath.matrix([-way * slope for way, slope in zip(ways, slopes, strict=True)])
        exact = np.array([float(value) for value in theta])
    assert ClosedForm.of(Axes.of(factor), np.zeros(3), rate).theta(count) == pytest.approx(exact, rel=1e-12)


def test_that_nothing_moves_along_flat_directions() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(1, 30))
    X, y = np.vstack((x, 2.0 * x, -x)), rng.normal(size=(1, 30))
    data = Dataset(X, y, ("a", "b", "c"), "y")
    start = rng.normal(size=4)
    found = ClosedForm.of(Axes.of(CentredFactor.of(X, y)), start, 0.5 / least_squares(data).lambda_max)
    assert found.eigenvalues.size == 2
    far = found.theta(10**12)
    # The features are one: w can only move along (1, 2, -1), and the loss is the best all the same.
    for flat in ((2.0, -1.0, 0.0), (1.0, 0.0, 1.0)):
        assert np.dot(flat, far[:3]) == pytest.approx(np.dot(flat, start[:3]), abs=1e-12)
    assert found.loss_and_gradient(10**12)[0] == pytest.approx(least_squares(data).loss, rel=1e-12)


def test_that_the_far_end_is_the_optimum() -> None:
    data, factor, start, steepest = a_case(3, 80, 7)
    best = least_squares(data)
    assert ClosedForm.of(Axes.of(factor), start, 1.0 / steepest).theta(10**15) == pytest.approx(best.theta, rel=1e-11)


def test_that_what_grows_without_end_is_not_finite() -> None:
    _, factor, start, steepest = a_case(2, 20, 9)
    found = ClosedForm.of(Axes.of(factor), start, 2.5 / steepest)
    assert found.diverges
    assert np.isfinite(found.theta(100)).all()
    assert not np.isfinite(found.theta(10**7)).all()
    assert not math.isfinite(found.loss_and_gradient(10**7)[0])
    still = ClosedForm.of(Axes.of(factor), start, 0.0)
    assert still.theta(10**9).tobytes() == start.tobytes()
