"""The forward equations at every node: exact for every model and plane, and the slowest way."""

from collections.abc import Iterator

import numpy as np

from landscape_app.core.arrays import BLOCK_ELEMENTS, FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.accuracy import DIRECT
from landscape_app.core.landscape.linear_form import finite_or_infinite
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.landscape.plane import Plane
from landscape_app.core.models.base import Model


class DirectSums(LatticeMethod):
    """Sums of squared errors over all examples, node by node, in blocks that stay in the cache."""

    accuracy = DIRECT

    def __init__(self, model: Model, data: Dataset, plane: Plane) -> None:
        self._model, self._data, self._plane = model, data, plane

    def operations(self, columns: int, rows: int) -> float:
        """Return a few operations a weight, and the exponential of each unit, for every example and node."""
        units = self._model.k or 0
        return columns * rows * self._data.m * ((units or 1) * (self._model.n + 1.0) + 10.0 * units)

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each block, and at last the losses (len(y), len(x))."""
        for losses in point_losses(self._model, self._data, self._plane, np.tile(x, len(y)), np.repeat(y, len(x))):
            yield None if losses is None else losses.reshape(len(y), len(x))


def point_losses(
    model: Model, data: Dataset, plane: Plane, x: FloatArray, y: FloatArray
) -> Iterator[FloatArray | None]:
    """Evaluate the loss at the points ``x`` (p,), ``y`` (p,) of a plane, directly from the forward equations.

    Yields None after each block of work, and at last the losses (p,). Blocks hold some 32,768 numbers, so
    that they stay in cache and whoever runs the generator can turn to something else between two of them.
    """
    units = model.k or 1
    examples = min(data.m, 512, max(64, BLOCK_ELEMENTS // units))
    points = max(1, BLOCK_ELEMENTS // (units * examples))
    losses = np.empty(len(x))
    for first in range(0, len(x), points):
        with np.errstate(all="ignore"):
            some = plane.thetas(x[first : first + points], y[first : first + points])
        total = np.zeros(len(some))
        for begin in range(0, data.m, examples):
            part = slice(begin, begin + examples)
            # An overflow is an infinite loss: drawn as a hole, not as an error. The state of numpy's warnings
            # belongs to whoever runs the generator, so it is set anew between two yields.
            with np.errstate(all="ignore"):
                total += model.squared_errors(some, data.X[:, part], data.y[:, part])
            yield None
        losses[first : first + points] = total / data.m
    yield finite_or_infinite(losses)


def losses_at(model: Model, data: Dataset, plane: Plane, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the losses (p,) at the points ``x`` (p,), ``y`` (p,) at once."""
    for losses in point_losses(model, data, plane, x, y):
        if losses is not None:
            return losses
    raise AssertionError("the last step yields the losses")
