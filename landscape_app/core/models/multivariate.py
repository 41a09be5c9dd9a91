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
        yhat = theta[np.newaxis, :-1].dot(X)
        yhat += theta[-1]
        return Forward(yhat)

    def backward(self, theta: FloatArray, forward: Forward, X: FloatArray, d_yhat: FloatArray) -> FloatArray:
        """Return (dL/dw, dL/db) as one flat vector (n + 1,)."""
        gradient = np.empty(self.n + 1, dtype=d_yhat.dtype)
        gradient[:-1] = (d_yhat @ X.T)[0]
        gradient[-1] = np.add.reduce(d_yhat, axis=None)
        return gradient

    def squared_errors(self, thetas: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
        """Return sum((yhat - y)²) (p,) at each row of ``thetas`` (p, n + 1)."""
        return linear_squared_errors(thetas[:, :-1], thetas[:, -1], X, y)
