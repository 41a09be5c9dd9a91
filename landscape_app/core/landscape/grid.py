"""Evaluate the loss on a plane: coarse first, in slices small enough to be put aside at any time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import BLOCK_ELEMENTS, FloatArray, frozen, sealed
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.plane import Plane
from landscape_app.core.models.base import Model

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Landscape:
    """Losses ``loss[y, x]`` (len(y), len(x)) at the nodes ``x`` and ``y`` of a plane, both ends included.

    A loss that overflows is infinite. ``final`` says that no finer grid will follow.
    """

    plane: Plane
    x: FloatArray
    y: FloatArray
    loss: FloatArray
    final: bool

    @property
    def x_range(self) -> Range:
        """First and last node."""
        return float(self.x[0]), float(self.x[-1])

    @property
    def y_range(self) -> Range:
        """First and last node."""
        return float(self.y[0]), float(self.y[-1])


def slice_losses(
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
    yield losses


def grid_landscapes(
    model: Model, data: Dataset, plane: Plane, x_range: Range, y_range: Range, grid: int, coarsest: int = 17
) -> Iterator[Landscape | None]:
    """Evaluate the loss on a ``grid`` x ``grid`` lattice, coarse first; no point is evaluated twice.

    Yields None after each slice of work, and a Landscape whenever a finer lattice is complete.
    Coarser lattices exist while ``grid - 1`` can be halved down to no fewer than ``coarsest`` points.
    """
    x, y = frozen(np.linspace(*x_range, grid)), frozen(np.linspace(*y_range, grid))
    loss = np.full((grid, grid), np.nan)
    done = np.zeros((grid, grid), dtype=bool)
    stride = 1
    while (grid - 1) % (2 * stride) == 0 and (grid - 1) // (2 * stride) + 1 >= coarsest:
        stride *= 2
    while stride >= 1:
        wanted = np.zeros_like(done)
        wanted[::stride, ::stride] = True
        rows, columns = np.nonzero(wanted & ~done)
        for losses in slice_losses(model, data, plane, x[columns], y[rows]):
            if losses is None:
                yield None
            else:
                loss[rows, columns] = losses
        done |= wanted
        level = loss[::stride, ::stride].copy()
        yield Landscape(plane, x[::stride], y[::stride], sealed(level), final=stride == 1)
        stride //= 2


def evaluate_grid(model: Model, data: Dataset, plane: Plane, x_range: Range, y_range: Range, grid: int) -> Landscape:
    """Return the finished landscape at once, for callers without a window to keep alive."""
    last: Landscape | None = None
    for level in grid_landscapes(model, data, plane, x_range, y_range, grid, coarsest=grid):
        last = level or last
    assert last is not None
    return last
