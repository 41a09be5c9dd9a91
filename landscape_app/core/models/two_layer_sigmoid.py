"""Two-layer nonlinear network: a hidden layer of sigmoid units (CS230, section 2)."""

from typing import cast

import numpy as np

from landscape_app.core.arrays import AnyFloatArray, FloatArray
from landscape_app.core.models.base import Forward
from landscape_app.core.models.two_layer import TwoLayer


def sigmoid(Z: AnyFloatArray) -> AnyFloatArray:
    """Return 1 / (1 + exp(-Z)), without overflow; complex Z are taken for the gradient check."""
    if Z.dtype.kind == "c":
        # exp of the negative side alone: exp(-Z) overflows to inf + nan i for complex Z.
        positive = Z.real >= 0
        small = np.exp(np.where(positive, -Z, Z))
        return np.where(positive, 1.0, small) / (1.0 + small)
    A = np.negative(Z)
    with np.errstate(over="ignore"):  # exp(710) is inf, and 1 / inf is the right limit, 0
        np.exp(A, out=A)
    A += 1.0
    return np.divide(1.0, A, out=A)


class TwoLayerSigmoid(TwoLayer):
    """Z = W1 X + b1, A = sigmoid(Z), yhat = w2 A + b2."""

    name = "two-layer-sigmoid"
    title = "Two-layer sigmoid network"
    equations = (
        "Z = W₁ X + b₁",
        "A = σ(Z)",
        "ŷ = w₂ A + b₂",
        "L = (1/m) ‖ŷ − y‖²",
        "∂L/∂W₁ = ((w₂ᵀ (2/m) (ŷ − y)) ⊙ A ⊙ (1 − A)) Xᵀ",
        "∂L/∂b₁ = ((w₂ᵀ (2/m) (ŷ − y)) ⊙ A ⊙ (1 − A)) 1",
        "∂L/∂w₂ = (2/m) (ŷ − y) Aᵀ",
        "∂L/∂b₂ = (2/m) (ŷ − y) 1",
    )

    def forward(self, theta: AnyFloatArray, X: FloatArray) -> Forward:
        """Return Z and A (k, m) and yhat (1, m)."""
        W1, b1, w2, b2 = self.blocks_of(theta)
        Z = W1.dot(X)
        Z += b1
        A = sigmoid(Z)
        yhat = w2.dot(A)
        yhat += b2
        return Forward(yhat, Z, A)

    def backward(self, theta: FloatArray, forward: Forward, X: FloatArray, d_yhat: FloatArray) -> FloatArray:
        """Return dL/d(W1, b1, w2, b2) as one flat vector."""
        A = cast("FloatArray", forward.A)
        d_z = self.blocks_of(theta)[2].T * d_yhat  # (k, m)
        d_z *= A
        d_z *= 1.0 - A
        return self.gradient_of(d_z, A, X, d_yhat)

    def squared_errors(self, thetas: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
        """Return sum((yhat - y)²) (p,) at each row of ``thetas``."""
        W1, b1, w2, b2 = self.split_many(thetas)
        Z = W1 @ X  # (p, k, m)
        Z += b1
        residuals = (w2 @ sigmoid(Z))[:, 0, :]  # (p, m)
        residuals += b2[:, np.newaxis]
        residuals -= y
        return np.asarray(np.vecdot(residuals, residuals))
