"""The landscape on a lattice of a plane: coarse first, in slices small enough to be put aside at any time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor
from landscape_app.core.landscape.accuracy import DIRECT, Accuracy
from landscape_app.core.landscape.choice import method_for
from landscape_app.core.landscape.plane import Plane, Range
from landscape_app.core.models.base import Model


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Landscape:
    """Losses ``loss[y, x]`` (len(y), len(x)) at the nodes ``x`` and ``y`` of a plane, both ends included.

    A loss that overflows is infinite. ``final`` says that no better picture will follow,
    ``accuracy`` how the losses were computed and how far off they can be.
    """

    plane: Plane
    x: FloatArray
    y: FloatArray
    loss: FloatArray
    final: bool
    accuracy: Accuracy = DIRECT

    @property
    def x_range(self) -> Range:
        """First and last node."""
        return float(self.x[0]), float(self.x[-1])

    @property
    def y_range(self) -> Range:
        """First and last node."""
        return float(self.y[0]), float(self.y[-1])

    def loss_at(self, x: float, y: float) -> float:
        """Return the loss at (x, y), linear between the four nodes around it; NaN outside."""
        columns, rows = len(self.x), len(self.y)
        u = (x - self.x[0]) / (self.x[-1] - self.x[0]) * (columns - 1)
        v = (y - self.y[0]) / (self.y[-1] - self.y[0]) * (rows - 1)
        if not (0.0 <= u <= columns - 1 and 0.0 <= v <= rows - 1):
            return float("nan")
        j, i = min(int(u), columns - 2), min(int(v), rows - 2)
        du, dv = u - j, v - i
        corners = self.loss[i : i + 2, j : j + 2]
        return float(np.array([1 - dv, dv]) @ corners @ np.array([1 - du, du]))


def grid_landscapes(
    model: Model,
    data: Dataset,
    plane: Plane,
    x_range: Range,
    y_range: Range,
    grid: int,
    factor: CentredFactor | None = None,
) -> Iterator[Landscape | None]:
    """Evaluate the loss on a ``grid`` x ``grid`` lattice; what takes long appears coarse first and gets better.

    Yields None after each slice of work, and a Landscape whenever there is a better one. ``factor`` is the
    data's, where the model is linear and it is known already.
    """
    x, y = frozen(np.linspace(*x_range, grid)), frozen(np.linspace(*y_range, grid))
    method = method_for(model, data, plane, x_range, y_range, factor)
    for picture in method.pictures(x, y):
        if picture is None:
            yield None
        else:
            yield Landscape(plane, picture.x, picture.y, picture.loss, picture.final, picture.accuracy)


def evaluate_grid(
    model: Model,
    data: Dataset,
    plane: Plane,
    x_range: Range,
    y_range: Range,
    grid: int,
    factor: CentredFactor | None = None,
) -> Landscape:
    """Return the finished landscape at once, for callers without a window to keep alive."""
    last: Landscape | None = None
    for level in grid_landscapes(model, data, plane, x_range, y_range, grid, factor):
        last = level or last
    assert last is not None
    return last
