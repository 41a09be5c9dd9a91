"""Univariate regression: a line through points (CS230, section 2)."""

import numpy as np

from landscape_app.core.arrays import AnyFloatArray, FloatArray
from landscape_app.core.errors import ConfigError
from landscape_app.core.models.base import Forward, Model
from landscape_app.core.models.linear import linear_squared_errors
from landscape_app.core.models.parameters import Layout


class UnivariateRegression(Model):
    """yhat = w x + b with two scalars, for one feature."""

    name = "univariate"
    title = "Univariate regression"
    equations = (
        "ŷ = w x + b",
        "L = (1/m) ‖ŷ − y‖²",
        "∂L/∂w = (2/m) (ŷ − y) xᵀ",
        "∂L/∂b = (2/m) (ŷ − y) 1",
    )

    def __init__(self, n: int = 1, k: int | None = None) -> None:
        if n != 1:
            raise ConfigError(
                f"Univariate regression takes one feature, but the data have {n}: "
                "choose one feature, or the multivariate model."
            )
        super().__init__(n, k)
        self.layout = Layout.of(("w", (), True), ("b", (), True))

    def forward(self, theta: AnyFloatArray, X: FloatArray) -> Forward:
        """Return yhat (1, m) = w x + b."""
        w, b = theta
        return Forward(yhat=w * X + b)

    def backward(self, theta: FloatArray, forward: Forward, X: FloatArray, d_yhat: FloatArray) -> FloatArray:
        """Return (dL/dw, dL/db)."""
        return np.array([d_yhat[0].dot(X[0]), np.add.reduce(d_yhat, axis=None)])

    def squared_errors(self, thetas: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
        """Return sum((yhat - y)²) (p,) at each row of ``thetas`` (p, 2)."""
        return linear_squared_errors(thetas[:, :1], thetas[:, 1], X, y)
