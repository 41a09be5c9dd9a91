"""Loss and gradient over all the data through the centred factor R, in O(n²) whatever the number of examples."""

from typing import Protocol

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor
from landscape_app.core.models.base import Model
from landscape_app.core.models.two_layer_linear import TwoLayerLinear


class FullBatch(Protocol):
    """A way to compute the loss over all the data, and its gradient."""

    def loss(self, theta: FloatArray) -> float:
        """Return L at ``theta`` (size,)."""

    def loss_and_gradient(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return L and dL/dtheta (size,)."""


class ByEquations:
    """The section's equations, forward and backward, over every example."""

    def __init__(self, model: Model, data: Dataset) -> None:
        self._model, self._X, self._y = model, data.X, data.y

    def loss(self, theta: FloatArray) -> float:
        """Return L at ``theta`` (size,)."""
        return self._model.loss(theta, self._X, self._y)

    def loss_and_gradient(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return L and dL/dtheta (size,)."""
        return self._model.loss_and_gradient(theta, self._X, self._y)


class ThroughFactor:
    """The regressions: with p = [w, b] the residuals' image is M p + c, and it is as long as the residuals.

    The loss is ``||M p + c||² / m`` and its gradient ``(2/m) Mᵀ (M p + c)``, where M (n + 2, n + 1) and c come
    from R once. The numbers agree with the equations up to rounding, but are not computed by them.
    """

    def __init__(self, factor: CentredFactor) -> None:
        n = factor.n
        R, m = factor.R, factor.m
        image = R[:, : n + 1].copy()
        # [X 1] is [X − mean 1] times a unit triangle.
        image[:, :n] += np.outer(R[:, n], factor.mean_x)
        # Everything is over √m from the start, so that nothing is left to divide by in a step.
        root = np.sqrt(m)
        self.image = np.ascontiguousarray(image / root)
        self.rest = (-factor.mean_y * R[:, n] - R[:, n + 1]) / root
        self._back = np.ascontiguousarray(2.0 * self.image.T)

    def loss(self, theta: FloatArray) -> float:
        """Return L at ``theta`` (n + 1,), w and then b."""
        residuals = self.image.dot(theta)
        residuals += self.rest
        return float(residuals.dot(residuals))

    def loss_and_gradient(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return L and dL/dtheta (n + 1,)."""
        residuals = self.image.dot(theta)
        residuals += self.rest
        return float(residuals.dot(residuals)), self._back.dot(residuals)


class TwoLayersThroughFactor:
    """The two-layer linear network: its outputs are those of the regression with w = w2 W1 and b = w2 b1 + b2.

    The gradient with respect to these comes through R, the rest is the chain rule in O(n k).
    """

    def __init__(self, model: TwoLayerLinear, factor: CentredFactor) -> None:
        self._n, self._k = model.n, model.k or 0
        self._effective = ThroughFactor(factor)

    def loss(self, theta: FloatArray) -> float:
        """Return L at ``theta`` (size,)."""
        return self._effective.loss(self._collapsed(theta)[0])

    def loss_and_gradient(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return L and dL/dtheta (size,)."""
        n, k = self._n, self._k
        collapsed, W1, b1, w2 = self._collapsed(theta)
        loss, back = self._effective.loss_and_gradient(collapsed)
        by_w, by_b = back[:n], back[n]
        by_w2 = W1.dot(by_w)
        by_w2 += by_b * b1
        gradient = np.empty(theta.size)
        np.dot(w2[:, np.newaxis], by_w[np.newaxis], out=gradient[: k * n].reshape(k, n))
        np.multiply(w2, by_b, out=gradient[k * n : k * n + k])
        gradient[k * n + k : -1] = by_w2
        gradient[-1] = by_b
        return loss, gradient

    def _collapsed(self, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return [w2 W1, w2 b1 + b2] (n + 1,), and W1 (k, n), b1 (k,), w2 (k,)."""
        n, k = self._n, self._k
        W1, b1, w2 = theta[: k * n].reshape(k, n), theta[k * n : k * n + k], theta[k * n + k : -1]
        collapsed = np.empty(n + 1)
        np.dot(w2, W1, out=collapsed[:n])
        collapsed[n] = w2.dot(b1) + theta[-1]
        return collapsed, W1, b1, w2


def has_factor(model: Model) -> bool:
    """Whether the outputs of ``model`` are linear in the features, so that R holds all there is to know."""
    return not model.has_hidden or isinstance(model, TwoLayerLinear)


def through_factor(model: Model, factor: CentredFactor) -> FullBatch:
    """Return the arithmetic through R for a ``model`` that `has_factor`."""
    if isinstance(model, TwoLayerLinear):
        return TwoLayersThroughFactor(model, factor)
    return ThroughFactor(factor)
