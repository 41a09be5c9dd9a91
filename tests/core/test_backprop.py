"""The terms of the passes against plain loops, the step's own gradient, and each other."""

import math

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.backprop import complex_step, shares, term_names
from landscape_app.core.models import MODELS, Model
from landscape_app.core.models.base import Forward
from landscape_app.core.models.univariate import UnivariateRegression
from tests.terms import passes

ALL_MODELS = list(MODELS.values())
BY_NAME = pytest.mark.parametrize("kind", ALL_MODELS, ids=lambda m: m.name)


def a_case(kind: type[Model], m: int = 9, seed: int = 5) -> tuple[Model, FloatArray, FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    n = 1 if kind.name == "univariate" else 3
    model = kind(n, 4)
    return model, rng.normal(size=model.layout.size), rng.normal(size=(n, m)), rng.normal(size=(1, m))


def values(model: Model, theta: FloatArray, X: FloatArray, y: FloatArray) -> dict[str, FloatArray]:
    return {term.name: term.value for term in passes(model, theta, X, y)}


@BY_NAME
@pytest.mark.parametrize("m", [1, 9, 30_000])
def test_that_loss_and_gradients_are_those_of_the_step_to_the_last_bit(kind: type[Model], m: int) -> None:
    model, theta, X, y = a_case(kind, m)
    loss, grad = model.loss_and_gradient(theta, X, y)
    shown = values(model, theta, X, y)
    assert shown["L"].shape == ()
    assert float(shown["L"]) == loss
    for block in model.layout.blocks:
        value = shown[f"dL/d{block.name}"]
        assert value.shape == block.shape
        assert value.reshape(-1).tobytes() == grad[block.start : block.stop].tobytes()


@BY_NAME
def test_that_the_terms_come_in_the_order_of_evaluation(kind: type[Model]) -> None:
    model, theta, X, y = a_case(kind)
    terms = passes(model, theta, X, y)
    assert tuple(term.name for term in terms) == term_names(model)
    stages = [term.stage for term in terms]
    assert stages == sorted(stages, key=["forward", "loss", "backward"].index)
    assert not any(term.value.flags.writeable for term in terms)


def test_that_the_names_are_the_sections() -> None:
    gradients = ("dL/dW1", "dL/db1", "dL/dw2", "dL/db2")
    assert term_names(MODELS["univariate"](1)) == ("yhat", "residual", "L", "dL/dyhat", "dL/dw", "dL/db")
    assert term_names(MODELS["two-layer-linear"](2, 2)) == (
        *("Z", "yhat", "residual", "L", "dL/dyhat", "dL/dZ"),
        *gradients,
    )
    assert term_names(MODELS["two-layer-sigmoid"](2, 2)) == (
        *("Z", "A", "yhat", "residual", "L", "dL/dyhat", "dL/dA", "dL/dZ"),
        *gradients,
    )


@BY_NAME
def test_that_every_term_is_what_plain_loops_give(kind: type[Model]) -> None:
    model, theta, X, y = a_case(kind)
    m, shown = X.shape[1], values(model, theta, X, y)
    p = model.layout.split(theta)
    sums = {block.name: np.zeros(block.shape) for block in model.layout.blocks}
    total = 0.0
    for j in range(m):
        if not model.has_hidden:
            yhat = sum(float(w) * X[i, j] for i, w in enumerate(p["w"].reshape(-1))) + float(p["b"])
        else:
            hidden = []
            for u in range(4):
                z = sum(p["W1"][u, i] * X[i, j] for i in range(3)) + p["b1"][u, 0]
                assert shown["Z"][u, j] == pytest.approx(z, rel=1e-12, abs=1e-14)
                hidden.append(1 / (1 + math.exp(-z)) if "A" in shown else z)
                if "A" in shown:
                    assert shown["A"][u, j] == pytest.approx(hidden[-1], rel=1e-12)
            yhat = sum(p["w2"][0, u] * hidden[u] for u in range(4)) + float(p["b2"])
        d_yhat = 2 * (yhat - y[0, j]) / m
        total += (yhat - y[0, j]) ** 2 / m
        assert shown["yhat"][0, j] == pytest.approx(yhat, rel=1e-12)
        assert shown["residual"][0, j] == pytest.approx(yhat - y[0, j], rel=1e-12)
        assert shown["dL/dyhat"][0, j] == pytest.approx(d_yhat, rel=1e-12)
        if not model.has_hidden:
            sums["w"] += d_yhat * X[:, j].reshape(sums["w"].shape)
            sums["b"] += d_yhat
            continue
        sums["b2"] += d_yhat
        for u in range(4):
            d_hidden = p["w2"][0, u] * d_yhat
            d_z = d_hidden * hidden[u] * (1 - hidden[u]) if "A" in shown else d_hidden
            if "A" in shown:
                assert shown["dL/dA"][u, j] == pytest.approx(d_hidden, rel=1e-12)
            assert shown["dL/dZ"][u, j] == pytest.approx(d_z, rel=1e-12)
            sums["w2"][0, u] += d_yhat * hidden[u]
            sums["b1"][u, 0] += d_z
            sums["W1"][u] += d_z * X[:, j]
    assert float(shown["L"]) == pytest.approx(total, rel=1e-12)
    for name, summed in sums.items():
        np.testing.assert_allclose(shown[f"dL/d{name}"], summed, rtol=1e-11, atol=1e-14)


@BY_NAME
@pytest.mark.parametrize("m", [1, 9, 20_000])
def test_that_the_shares_sum_to_the_gradient(kind: type[Model], m: int) -> None:
    model, theta, X, y = a_case(kind, m)
    _, grad = model.loss_and_gradient(theta, X, y)
    for index in range(theta.size):
        parts = shares(model, theta, X, y, index)
        assert parts.shape == (m,)
        assert abs(parts.sum() - grad[index]) <= 1e-12 * max(np.abs(grad).max(), np.abs(parts).sum())


@BY_NAME
def test_that_a_share_is_the_gradient_of_that_example_alone(kind: type[Model]) -> None:
    model, theta, X, y = a_case(kind)
    alone = [model.loss_and_gradient(theta, X[:, j : j + 1], y[:, j : j + 1])[1] / 9 for j in range(9)]
    for index in range(theta.size):
        expected = [one[index] for one in alone]
        np.testing.assert_allclose(shares(model, theta, X, y, index), expected, rtol=1e-12, atol=1e-15)


@BY_NAME
def test_that_the_complex_step_agrees_and_is_cut_into_slices(kind: type[Model]) -> None:
    model, theta, X, y = a_case(kind, 20_000)
    *pauses, found = complex_step(model, theta, X, y)
    assert len(pauses) > theta.size
    assert all(pause is None for pause in pauses)
    assert found is not None
    _, grad = model.loss_and_gradient(theta, X, y)
    assert np.abs(found - grad).max() <= 1e-12 * np.abs(grad).max()


def test_that_the_complex_step_does_not_know_the_backward_pass() -> None:
    """A wrong backward pass is found out."""

    class Wrong(UnivariateRegression):
        def backward(self, theta: FloatArray, forward: Forward, X: FloatArray, d_yhat: FloatArray) -> FloatArray:
            return np.negative(super().backward(theta, forward, X, d_yhat))

    model = Wrong(1)
    X, y, theta = np.ones((1, 3)), np.zeros((1, 3)), np.array([1.0, 0.5])
    *_, found = complex_step(model, theta, X, y)
    assert found is not None
    np.testing.assert_allclose(found, -model.loss_and_gradient(theta, X, y)[1], rtol=1e-14)
