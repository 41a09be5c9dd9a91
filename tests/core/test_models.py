"""The models against independent oracles: the complex step, plain loops, each other."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError
from landscape_app.core.models import MODELS, Model

ALL_MODELS = list(MODELS.values())


def a_case(
    model_class: type[Model], n: int, k: int, m: int, seed: int, scale: float
) -> tuple[Model, FloatArray, FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    n = 1 if model_class.name == "univariate" else n
    model = model_class(n, k)
    X, y = rng.normal(size=(n, m)), rng.normal(size=(1, m))
    return model, scale * rng.normal(size=model.layout.size), X, y


def complex_step_gradient(model: Model, theta: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
    """Differentiate without subtracting: Im L(theta + ih e_j) / h."""
    step = 1e-30
    gradient = np.empty(theta.size)
    for j in range(theta.size):
        point = theta.astype(np.complex128)
        point[j] += 1j * step
        residual = model.forward(point, X).yhat - y
        gradient[j] = (residual @ residual.T)[0, 0].imag / X.shape[1] / step
    return gradient


@pytest.mark.parametrize("model_class", ALL_MODELS, ids=lambda m: m.name)
@settings(max_examples=60)
@given(
    n=st.integers(1, 7),
    k=st.integers(1, 9),
    m=st.integers(1, 300),
    seed=st.integers(0, 2**32),
    scale=st.sampled_from([1e-3, 0.3, 1.0, 4.0]),
)
def test_that_the_gradient_matches_the_complex_step(
    model_class: type[Model], n: int, k: int, m: int, seed: int, scale: float
) -> None:
    model, theta, X, y = a_case(model_class, n, k, m, seed, scale)
    _, gradient = model.loss_and_gradient(theta, X, y)
    expected = complex_step_gradient(model, theta, X, y)
    assert np.abs(gradient - expected).max() <= 1e-12 * np.abs(expected).max()


def test_that_256_hidden_units_have_the_right_gradient() -> None:
    for name in ("two-layer-linear", "two-layer-sigmoid"):
        model, theta, X, y = a_case(MODELS[name], 1, 256, 12, 7, 0.5)
        _, gradient = model.loss_and_gradient(theta, X, y)
        expected = complex_step_gradient(model, theta, X, y)
        assert np.abs(gradient - expected).max() <= 1e-12 * np.abs(expected).max()


def loss_by_loops(model: Model, theta: FloatArray, X: FloatArray, y: FloatArray) -> float:
    """The section's forward equations, one scalar at a time."""
    p = {name: block.tolist() for name, block in model.layout.split(theta).items()}
    total = 0.0
    for j in range(X.shape[1]):
        x = X[:, j].tolist()
        if model.name == "univariate":
            yhat = p["w"] * x[0] + p["b"]
        elif model.name == "multivariate":
            yhat = sum(w * xi for w, xi in zip(p["w"][0], x, strict=True)) + p["b"]
        else:
            hidden = [
                sum(w * xi for w, xi in zip(row, x, strict=True)) + b[0]
                for row, b in zip(p["W1"], p["b1"], strict=True)
            ]
            if model.name == "two-layer-sigmoid":
                hidden = [1.0 / (1.0 + math.exp(-z)) for z in hidden]
            yhat = sum(w * h for w, h in zip(p["w2"][0], hidden, strict=True)) + p["b2"]
        total += (yhat - y[0, j]) ** 2
    return total / X.shape[1]


@pytest.mark.parametrize("model_class", ALL_MODELS, ids=lambda m: m.name)
@pytest.mark.parametrize("m", [1, 7, 2000])
def test_that_the_loss_is_the_sections(model_class: type[Model], m: int) -> None:
    model, theta, X, y = a_case(model_class, 4, 5, m, 11, 1.0)
    expected = loss_by_loops(model, theta, X, y)
    assert model.loss(theta, X, y) == pytest.approx(expected, rel=1e-12)
    assert model.loss_and_gradient(theta, X, y)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("model_class", ALL_MODELS, ids=lambda m: m.name)
def test_that_many_points_at_once_have_the_losses_of_each(model_class: type[Model]) -> None:
    model, theta, X, y = a_case(model_class, 3, 4, 50, 3, 1.0)
    thetas = theta + np.random.default_rng(1).normal(size=(20, theta.size))
    together = model.squared_errors(thetas, X, y) / 50
    assert together == pytest.approx([model.loss(t, X, y) for t in thetas], rel=1e-12)


def test_that_saturated_units_neither_overflow_nor_vanish() -> None:
    model = MODELS["two-layer-sigmoid"](1, 2)
    theta = model.layout.join({"W1": [[900.0], [-900.0]], "b1": [0, 0], "w2": [1, 1], "b2": 0})
    X = np.array([[-1.0, 1.0]])
    assert model.predict(theta, X).tolist() == [[1.0, 1.0]]  # one unit is on, the other off, on either side


def test_that_scalar_names_follow_the_sections_blocks() -> None:
    assert MODELS["univariate"](1).layout.scalar_names == ("w", "b")
    assert MODELS["multivariate"](1).layout.scalar_names == ("w[0]", "b")
    names = MODELS["two-layer-linear"](3, 2).layout.scalar_names
    assert names == (
        *("W1[0,0]", "W1[0,1]", "W1[0,2]", "W1[1,0]", "W1[1,1]", "W1[1,2]"),
        *("b1[0]", "b1[1]", "w2[0]", "w2[1]", "b2"),
    )


def test_that_a_start_is_taken_nested_or_flat_and_split_again() -> None:
    layout = MODELS["two-layer-linear"](2, 2).layout
    nested = layout.join({"W1": [[1, 2], [3, 4]], "b1": [[5], [6]], "w2": [[7, 8]], "b2": 9})
    flat = layout.join({"W1": [1, 2, 3, 4], "b1": [5, 6], "w2": [7, 8], "b2": [9]})
    assert nested.tolist() == flat.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert layout.split(nested)["W1"].tolist() == [[1, 2], [3, 4]]
    assert layout.split(nested)["b1"].shape == (2, 1)


@pytest.mark.parametrize(
    ("blocks", "fragment"),
    [
        ({"w": 1.0}, "no values for b"),
        ({"w": 1.0, "b": 2.0, "c": 3.0}, "called 'c'"),
        ({"w": [1.0, 2.0], "b": 0.0}, "one number"),
        ({"w": "much", "b": 0.0}, "not made of numbers"),
        ({"w": float("nan"), "b": 0.0}, "not a finite number"),
    ],
)
def test_that_a_wrong_start_is_refused_in_a_sentence(blocks: dict[str, Any], fragment: str) -> None:
    with pytest.raises(ConfigError, match=fragment.replace("'", "['\"]")):
        MODELS["univariate"](1).layout.join(blocks)


def test_that_unfit_shapes_are_refused() -> None:
    with pytest.raises(ConfigError, match="one feature"):
        MODELS["univariate"](2)
    for k in (0, 257, None):
        with pytest.raises(ConfigError, match="from 1 to 256"):
            MODELS["two-layer-sigmoid"](2, k)
    with pytest.raises(ConfigError, match="no parameter called"):
        MODELS["univariate"](1).layout.index("w[0]")


def test_that_xaviers_spread_follows_the_fans_and_leaves_biases_at_zero() -> None:
    model = MODELS["two-layer-sigmoid"](3, 5)
    scale = model.layout.split(model.xavier_scale())
    assert scale["W1"] == pytest.approx(np.full((5, 3), math.sqrt(2 / 8)))
    assert scale["w2"] == pytest.approx(np.full((1, 5), math.sqrt(2 / 6)))
    assert not scale["b1"].any()
    assert scale["b2"] == 0.0


def test_that_permuted_and_flipped_units_change_nothing() -> None:
    model, theta, X, y = a_case(MODELS["two-layer-sigmoid"], 3, 4, 30, 5, 1.0)
    p = model.layout.split(theta)
    order = [2, 0, 3, 1]
    permuted = model.layout.join({"W1": p["W1"][order], "b1": p["b1"][order], "w2": p["w2"][:, order], "b2": p["b2"]})
    assert model.loss(permuted, X, y) == pytest.approx(model.loss(theta, X, y), rel=1e-12)
    flipped = model.layout.join({"W1": -p["W1"], "b1": -p["b1"], "w2": -p["w2"], "b2": p["b2"] + p["w2"].sum()})
    assert model.loss(flipped, X, y) == pytest.approx(model.loss(theta, X, y), rel=1e-12)
