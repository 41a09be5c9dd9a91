"""Two-layer linear network: two linear layers stacked (CS230, section 2)."""

from typing import cast

from landscape_app.core.arrays import AnyFloatArray, FloatArray
from landscape_app.core.models.base import Forward
from landscape_app.core.models.linear import linear_squared_errors
from landscape_app.core.models.two_layer import TwoLayer


class TwoLayerLinear(TwoLayer):
    """Z = W1 X + b1, yhat = w2 Z + b2."""

    name = "two-layer-linear"
    title = "Two-layer linear network"
    equations = (
        "Z = W₁ X + b₁",
        "ŷ = w₂ Z + b₂",
        "L = (1/m) ‖ŷ − y‖²",
        "∂L/∂W₁ = w₂ᵀ (2/m) (ŷ − y) Xᵀ",
        "∂L/∂b₁ = w₂ᵀ (2/m) (ŷ − y) 1",
        "∂L/∂w₂ = (2/m) (ŷ − y) Zᵀ",
        "∂L/∂b₂ = (2/m) (ŷ − y) 1",
    )

    def forward(self, theta: AnyFloatArray, X: FloatArray) -> Forward:
        """Return Z (k, m) and yhat (1, m)."""
        W1, b1, w2, b2 = self.blocks_of(theta)
        Z = W1.dot(X)
        Z += b1
        yhat = w2.dot(Z)
        yhat += b2
        return Forward(yhat, Z)

    def backward(self, theta: FloatArray, forward: Forward, X: FloatArray, d_yhat: FloatArray) -> FloatArray:
        """Return dL/d(W1, b1, w2, b2) as one flat vector."""
        d_z = self.blocks_of(theta)[2].T * d_yhat  # (k, m)
        return self.gradient_of(d_z, cast("FloatArray", forward.Z), X, d_yhat)

    def squared_errors(self, thetas: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
        """Return sum((yhat - y)²) (p,) at each row of ``thetas``.

        The output depends on the effective parameters w2 W1 and w2 b1 + b2 alone.
        """
        W1, b1, w2, b2 = self.split_many(thetas)
        weights = (w2 @ W1)[:, 0, :]  # (p, n)
        biases = (w2 @ b1)[:, 0, 0] + b2  # (p,)
        return linear_squared_errors(weights, biases, X, y)
