"""Multivariate regression: one weight a feature, and a bias (CS230, section 2)."""

import numpy as np

from landscape_app.core.arrays import AnyFloatArray, FloatArray
from landscape_app.core.models.base import Forward, Model
from landscape_app.core.models.linear import linear_squared_errors
from landscape_app.core.models.parameters import Layout


class MultivariateRegression(Model):
    """yhat = w X + b with w (1, n)."""

    name = "multivariate"
    title = "Multivariate regression"
    equations = (
        "ŷ = w X + b",
        "L = (1/m) ‖ŷ − y‖²",
        "∂L/∂w = (2/m) (ŷ − y) Xᵀ",
        "∂L/∂b = (2/m) (ŷ − y) 1",
    )

    def __init__(self, n: int, k: int | None = None) -> None:
        super().__init__(n, k)
        self.layout = Layout.of(("w", (1, n), False), ("b", (), True))

    def forward(self, theta: AnyFloatArray, X: FloatArray) -> Forward:
        """Return yhat (1, m) = w X + b."""
        return Forward(yhat=theta[np.newaxis, :-1] @ X + theta[-1])

    def backward(self, theta: FloatArray, forward: Forward, X: FloatArray, d_yhat: FloatArray) -> FloatArray:
        """Return (dL/dw, dL/db) as one flat vector (n + 1,)."""
        return np.append(d_yhat @ X.T, d_yhat.sum())

    def squared_errors(self, thetas: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
        """Return sum((yhat - y)²) (p,) at each row of ``thetas`` (p, n + 1)."""
        return linear_squared_errors(thetas[:, :-1], thetas[:, -1], X, y)
