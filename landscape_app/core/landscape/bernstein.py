"""A proof of how well polynomials represent the sigmoid network's loss on a plane.

Along x the loss is an analytic function as long as no unit's Z reaches the sigmoid's poles at ±iπ. On the Bernstein
ellipse rho the coordinate has |xi| <= (rho + 1/rho) / 2 and |Im xi| <= (rho − 1/rho) / 2, so that |Im Z| stays below
some t < π for each unit and example. There |tanh(Z / 2)| <= max(1, tan(t / 2)), and with σ = 1/2 + tanh(Z / 2) / 2
every residual is bounded, hence the loss by some M. Its interpolant of degree d through Chebyshev points then errs by
at most 4 M rho^−d / (rho − 1) (Trefethen, Approximation Theory and Approximation Practice, theorem 8.2); for both
directions the second's error counts Λ times, the first's Lebesgue constant, Λ <= 1 + 2/π log(d + 1) (theorem 15.2).
"""

from collections.abc import Iterator

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.sigmoid_plane import SigmoidPlane

#: Examples taken together.
EXAMPLES = 2048
#: How near the ellipses come to the poles, as parts of π; nor are they ever higher than this.
NEARNESS, HIGHEST = np.array((0.5, 0.75, 0.9, 0.97)), 20.0
#: Rounding of a unit's output and of the sums, in units of float64's epsilon.
ROUNDED = 64.0


class BernsteinBound:
    """Bounds of the interpolation error for any numbers of nodes, from one pass over the data."""

    def __init__(self, data: Dataset, plane: SigmoidPlane, x_reach: float, y_reach: float) -> None:
        """Prepare the bound for ``x_mid`` ± ``x_reach``, ``y_mid`` ± ``y_reach``."""
        self._data, self._plane = data, plane
        self._reach = np.array((1.0, x_reach, y_reach))
        self._rho = np.ones((2, len(NEARNESS)))
        self._M = np.zeros((2, len(NEARNESS)))
        self._rounding = 0.0

    def prepare(self) -> Iterator[None]:
        """Go through the data, yielding after each slice of work."""
        steepest = np.zeros(2)
        for Z, _, _ in self._blocks():
            np.maximum(steepest, np.abs(Z[1:]).max(axis=(1, 2), initial=0.0), out=steepest)
            yield None
        with np.errstate(divide="ignore"):
            height = np.minimum(np.divide.outer(NEARNESS * np.pi, steepest).T, HIGHEST)  # of the ellipses: Im xi
        self._rho = height + np.sqrt(height * height + 1.0)
        for Z, w2, constant in self._blocks():
            self._add(Z, w2, constant, height)
            yield None
        self._M /= self._data.m
        self._rounding /= self._data.m

    def error(self, columns: int, rows: int) -> float:
        """Return the bound for ``columns`` by ``rows`` nodes, rounding included."""
        of_x, of_y = (
            float((4.0 * M * rho ** (1.0 - count) / (rho - 1.0)).min())
            for M, rho, count in zip(self._M, self._rho, (columns, rows), strict=True)
        )
        lebesgue = [1.0 + 2.0 / np.pi * np.log(count) for count in (columns, rows)]
        return float(of_x + lebesgue[0] * of_y + lebesgue[0] * lebesgue[1] * self._rounding)

    def _blocks(self) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
        """Yield Z (3, units, e), output weights (3, units) and the rest of yhat − y (3, e), scaled to xi and eta."""
        parts, units = self._plane, self._plane.touched
        scale = self._reach[:, np.newaxis]
        for first in range(0, self._data.m, EXAMPLES):
            some = slice(first, first + EXAMPLES)
            X = self._data.X[:, some]
            constant = parts.constants(units, X)
            constant[0] -= self._data.y[0, some]
            yield parts.inputs(units, X) * scale[..., np.newaxis], parts.w2[:, units] * scale, constant * scale

    def _add(self, Z: FloatArray, w2: FloatArray, constant: FloatArray, height: FloatArray) -> None:
        size, weight = np.abs(Z), np.abs(w2)
        centre = np.abs(constant + 0.5 * w2.sum(axis=1)[:, np.newaxis])  # (3, e): yhat − y with every tanh at 0
        for axis, direction in enumerate((1, 2)):
            for i, b in enumerate(height[axis]):
                reach = np.ones(3)
                reach[direction] = np.sqrt(b * b + 1.0)  # |xi| on this ellipse; 1 on the other axis
                tanh = np.maximum(1.0, np.tan(0.5 * b * size[direction]))
                residuals = reach @ centre + 0.5 * (reach @ weight) @ tanh
                self._M[axis, i] += residuals @ residuals
        w = weight.sum(axis=0)
        terms = w @ (1.0 + size.sum(axis=0)) + np.abs(constant).sum(axis=0)
        self._rounding += 2.0 * (ROUNDED + len(w)) * np.finfo(float).eps * float(terms @ terms)
