"""The models' losses as a good student writes them: vectorised over the examples, straight from the equations."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Loss = Callable[[Array], Any]


def loss_function(model: str, X: Array, y: Array, k: int, xp: Any = np) -> Loss:
    """Return the loss of flat parameters for features X (n, m), target y (1, m); ``xp`` is numpy or its like."""
    n = X.shape[0]

    def linear(theta: Array) -> Any:
        yhat = theta[:n] @ X + theta[n]
        return xp.mean((yhat - y[0]) ** 2)

    def blocks(theta: Array) -> Any:
        W1, b1 = theta[: k * n].reshape(k, n), theta[k * n : k * n + k].reshape(k, 1)
        w2, b2 = theta[k * n + k : k * n + 2 * k].reshape(1, k), theta[-1]
        return W1, b1, w2, b2

    def two_layer_linear(theta: Array) -> Any:
        W1, b1, w2, b2 = blocks(theta)
        yhat = w2 @ (W1 @ X + b1) + b2
        return xp.mean((yhat - y) ** 2)

    def two_layer_sigmoid(theta: Array) -> Any:
        W1, b1, w2, b2 = blocks(theta)
        A = 1.0 / (1.0 + xp.exp(-(W1 @ X + b1)))
        yhat = w2 @ A + b2
        return xp.mean((yhat - y) ** 2)

    return {
        "univariate": linear,
        "multivariate": linear,
        "two-layer-linear": two_layer_linear,
        "two-layer-sigmoid": two_layer_sigmoid,
    }[model]


def lattice(arrays: dict[str, Any], grid: int) -> tuple[Array, Array]:
    """Return the nodes x (grid,), y (grid,) of the problem's lattice."""
    return np.linspace(*arrays["x_range"], grid), np.linspace(*arrays["y_range"], grid)


def sampled(grid: int, points: int | None) -> npt.NDArray[np.intp]:
    """Return the flat indices of ``points`` nodes spread at random over the lattice, or of all (None)."""
    everything = grid * grid
    if points is None or points >= everything:
        return np.arange(everything)
    return np.sort(np.random.default_rng(1).choice(everything, points, replace=False))
