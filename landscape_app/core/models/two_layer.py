"""What both two-layer networks share: their blocks."""

from typing import TypeVar

import numpy as np

from landscape_app.core.arrays import AnyFloatArray, FloatArray
from landscape_app.core.models.base import Model
from landscape_app.core.models.parameters import Layout

_Array = TypeVar("_Array", bound=AnyFloatArray)


class TwoLayer(Model):
    """A network with W1 (k, n), b1 (k, 1), w2 (1, k) and b2, a scalar."""

    has_hidden = True

    def __init__(self, n: int, k: int | None) -> None:
        super().__init__(n, k)
        self._units = units = self.k or 0
        self._weights = units * n
        self.layout = Layout.of(
            ("W1", (units, n), False), ("b1", (units, 1), False), ("w2", (1, units), False), ("b2", (), True)
        )

    def blocks_of(self, theta: _Array) -> tuple[_Array, _Array, _Array, _Array]:
        """Return W1 (k, n), b1 (k, 1), w2 (1, k) and b2, a scalar, as views of ``theta``."""
        units, weights = self._units, self._weights
        return (
            theta[:weights].reshape(units, self.n),
            theta[weights : weights + units].reshape(units, 1),
            theta[weights + units : -1].reshape(1, units),
            theta[-1],
        )  # type: ignore[return-value]

    def gradient_of(self, d_hidden: FloatArray, hidden: FloatArray, X: FloatArray, d_yhat: FloatArray) -> FloatArray:
        """Return dL/d(W1, b1, w2, b2) as one flat vector, given dL/dZ and the units' outputs (k, m)."""
        units, weights = self._units, self._weights
        gradient = np.empty(self.layout.size, dtype=d_yhat.dtype)
        np.dot(d_hidden, X.T, out=gradient[:weights].reshape(units, self.n))
        np.add.reduce(d_hidden, axis=1, out=gradient[weights : weights + units])
        gradient[weights + units : -1] = d_yhat.dot(hidden.T)[0]
        gradient[-1:] = np.add.reduce(d_yhat, axis=1)
        return gradient

    def split_many(self, thetas: FloatArray) -> list[FloatArray]:
        """Return every block of ``thetas`` (p, size) as an array (p, *shape)."""
        return [thetas[:, block.start : block.stop].reshape(-1, *block.shape) for block in self.layout.blocks]
