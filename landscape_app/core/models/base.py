"""What every model has in common: blocks of parameters, a loss, and its gradient."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np

from landscape_app.core.arrays import AnyFloatArray, FloatArray, block_size, example_blocks
from landscape_app.core.errors import ConfigError
from landscape_app.core.models.parameters import Layout

MAX_HIDDEN = 256


class Forward(NamedTuple):
    """What the forward pass stored: ``yhat`` (1, m), and for networks ``Z`` and ``A`` (k, m)."""

    yhat: AnyFloatArray
    Z: AnyFloatArray | None = None
    A: AnyFloatArray | None = None


class Model(ABC):
    """One of the section's models, for ``n`` features (and ``k`` hidden units).

    A model holds no parameters: it maps the flat vector ``theta`` to outputs, loss and gradient. The
    forward pass also takes complex ``theta``, which the gradient check needs.

    Source: CS230, section 2.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    #: The section's equations, forward and backward, one a line.
    equations: ClassVar[tuple[str, ...]]
    has_hidden: ClassVar[bool] = False

    layout: Layout

    def __init__(self, n: int, k: int | None = None) -> None:
        if n < 1:
            raise ConfigError("A model needs at least one feature.")
        if self.has_hidden and not 1 <= (k or 0) <= MAX_HIDDEN:
            raise ConfigError(f"The number of hidden units is {k}, but it must be from 1 to {MAX_HIDDEN}.")
        self.n = n
        self.k = k if self.has_hidden else None
        self._block = block_size(self.width)

    @abstractmethod
    def forward(self, theta: AnyFloatArray, X: FloatArray) -> Forward:
        """Return the outputs for the features ``X`` (n, m)."""

    @abstractmethod
    def backward(self, theta: FloatArray, forward: Forward, X: FloatArray, d_yhat: FloatArray) -> FloatArray:
        """Return dL/dtheta (flat), given ``d_yhat`` = dL/dyhat of shape (1, m)."""

    @property
    def width(self) -> int:
        """Doubles needed for each example in a forward pass; sets the size of blocks."""
        return self.n + 2 + 2 * (self.k or 0)

    def predict(self, theta: FloatArray, X: FloatArray) -> FloatArray:
        """Return yhat (1, m)."""
        yhat = np.empty((1, X.shape[1]))
        for part in example_blocks(X.shape[1], self.width):
            yhat[:, part] = self.forward(theta, X[:, part]).yhat
        return yhat

    def loss(self, theta: FloatArray, X: FloatArray, y: FloatArray) -> float:
        """Return L = (1/m) ||yhat - y||² over the examples X (n, m), y (1, m)."""
        m: int = X.shape[1]
        if m <= self._block:
            return _squares(np.subtract(self.forward(theta, X).yhat, y)) / m
        total = 0.0
        for part in example_blocks(m, self.width):
            total += _squares(np.subtract(self.forward(theta, X[:, part]).yhat, y[:, part]))
        return total / m

    def loss_and_gradient(self, theta: FloatArray, X: FloatArray, y: FloatArray) -> tuple[float, FloatArray]:
        """Return L and dL/dtheta (flat) by one forward and one backward pass, summed over blocks of examples."""
        m = X.shape[1]
        if m <= self._block:
            squares, grad = self._of_block(theta, X, y, m)
            grad += 0.0  # as the sum over blocks has it: no zero is negative
            return squares / m, grad
        total, grad = 0.0, np.zeros(self.layout.size)
        for part in example_blocks(m, self.width):
            squares, share = self._of_block(theta, X[:, part], y[:, part], m)
            total += squares
            grad += share
        return total / m, grad

    def _of_block(self, theta: FloatArray, X: FloatArray, y: FloatArray, m: int) -> tuple[float, FloatArray]:
        """Return the sum of squares over these of all ``m`` examples, and what they add to the gradient."""
        forward = self.forward(theta, X)
        residual = np.subtract(forward.yhat, y)
        grad = self.backward(theta, forward, X, 2.0 / m * residual)
        return _squares(residual), grad

    @abstractmethod
    def squared_errors(self, thetas: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
        """Return sum((yhat - y)²) (p,) over these examples at each row of ``thetas`` (p, size).

        The work is done at once: callers cut points and examples into blocks that fit the cache.
        """

    def xavier_scale(self) -> FloatArray:
        """Return the standard deviation of every scalar under Xavier's rule, 0 for biases.

        Source: Glorot and Bengio 2010, normal variant: variance 2 / (fan in + fan out).
        """
        scale = np.zeros(self.layout.size)
        for block in self.layout.blocks:
            if block.name.startswith("b"):
                continue
            fan_out, fan_in = block.shape if len(block.shape) == 2 else (1, 1)
            scale[block.start : block.stop] = np.sqrt(2.0 / (fan_in + fan_out))
        return scale


def _squares(residual: FloatArray) -> float:
    """Return the sum of squares of ``residual`` (1, m)."""
    row = residual[0]
    return float(row.dot(row))
