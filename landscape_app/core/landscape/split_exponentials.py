"""The sigmoid network on any plane, exact, several times faster than the forward equations at every node.

On a plane a hidden unit's Z is a(x) + b(y), so that its output is 1 / (1 + exp(−a) exp(−b)) = F / (E + F) with
E = exp(−a) and F = exp(b): exponentials of columns and of rows take the place of one at every node.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.landscape.direct import DirectSums
from landscape_app.core.landscape.linear_form import finite_or_infinite
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.landscape.plane import Plane
from landscape_app.core.landscape.sigmoid_plane import SigmoidPlane, Units
from landscape_app.core.models.two_layer_sigmoid import TwoLayerSigmoid
from landscape_app.core.threads import in_parallel

#: Examples taken together at most, and at least; numbers in one tile of units, columns and examples.
EXAMPLES, FEWEST, TILE = 1024, 64, 16_384
#: Sigmoids evaluated in one slice of work, and exponentials of columns kept at a time.
SLICE, KEPT = 3_000_000, 4_000_000
#: The larger exponent may grow so far past the smaller one's range: beyond, the unit is saturated.
SATURATED = 100.0
#: The smaller exponent's range on a group of rows: together with `SATURATED` far from 709, where doubles end.
SAFE = 500.0
#: Weighted inputs and output weights past these are left to the forward equations, with their overflows.
HUGE_INPUT, HUGE_WEIGHT = 1e300, 1e20


class SplitExponentials(LatticeMethod):
    """Sums of squared errors over all examples at every node: one addition and one division a unit and example.

    ``examples`` picks those that the losses are means of, all by default. Any nodes will do, in any order; ranges
    far wider than the sigmoid's slope cost more exponentials, never digits.
    """

    accuracy = Accuracy("exact", "split exponentials")

    def __init__(
        self,
        model: TwoLayerSigmoid,
        data: Dataset,
        plane: Plane,
        x_mid: float,
        y_mid: float,
        examples: slice | IntArray | None = None,
    ) -> None:
        """Take the plane apart; coordinates count from ``x_mid``, ``y_mid``, best the middle of the ranges."""
        if examples is not None:
            data = Dataset(data.X[:, examples], data.y[:, examples], data.feature_names, data.target_name)
        self._model, self._data, self._plane = model, data, plane
        self._mid = x_mid, y_mid
        with np.errstate(all="ignore"):
            self._parts = SigmoidPlane.of(model, plane, x_mid, y_mid)
        self._units = self._parts.touched
        self._largest_x = max(float(data.X.max()), -float(data.X.min()))

    def operations(self, columns: int, rows: int) -> float:
        """Return the operations of every touched unit, example and node, and of the exponentials along the edges."""
        units = len(self._units)
        sums = (1.5 * units + 1.0) * columns * rows
        return self._data.m * (sums + 12.0 * units * (columns + rows))

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice of work, and at last the losses (len(y), len(x))."""
        with np.errstate(all="ignore"):
            x, y = x - self._mid[0], y - self._mid[1]
            simple = self._is_simple(float(np.abs(x).max()), float(np.abs(y).max()))
        if not simple:
            yield from DirectSums(self._model, self._data, self._plane).losses(x + self._mid[0], y + self._mid[1])
            return
        m, units = self._data.m, max(1, len(self._units))
        count = -(-m // max(FEWEST, min(EXAMPLES, TILE // (2 * units))))  # blocks of examples, all about as long
        size = -(-m // count)
        columns = max(16, KEPT // (units * size))
        rows = max(1, SLICE // (units * size * min(columns, len(x))))
        work = 1.5 * units * m * len(x) * len(y)
        total = np.zeros((len(y), len(x)))
        for first in range(0, m, size):
            block = self._block(slice(first, first + size), y)
            yield None
            for begin in range(0, len(x), columns):
                some = slice(begin, begin + columns)
                strip = _Strip(block, x[some])
                yield from strip.prepare(work)
                groups = [slice(row, row + rows) for row in range(0, len(y), rows)]
                for group, sums in zip(groups, in_parallel(strip.sums, [y[g] for g in groups], work), strict=True):
                    with np.errstate(all="ignore"):
                        total[group, some] += sums
                    yield None
        total /= m
        yield finite_or_infinite(total)

    def _is_simple(self, x_reach: float, y_reach: float) -> bool:
        """Whether nothing can overflow on its way, however the terms add up."""
        p, reach = self._parts, np.array((1.0, x_reach, y_reach))
        weights = reach @ np.abs(p.W1).sum(axis=2).max(axis=1)
        inputs = weights * self._largest_x + reach @ np.abs(p.b1[..., 0]).max(axis=1)
        return bool(inputs < HUGE_INPUT and reach @ np.abs(p.w2).max(axis=1) < HUGE_WEIGHT)

    def _block(self, examples: slice, y: FloatArray) -> "_Block":
        """Prepare the units for some examples."""
        X = self._data.X[:, examples]
        with np.errstate(all="ignore"):
            Z = self._parts.inputs(self._units, X)
            constant = self._parts.constants(self._units, X, self._data.y[0, examples])
            return _Block(Z, self._parts.w2[:, self._units], constant, Z[2] * np.abs(y).max(initial=0.0))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Block:
    """Some examples: ``Z`` (3, units, e), the output weights (3, units) and the other terms (3, e)."""

    Z: FloatArray
    w2: FloatArray
    constant: FloatArray
    swing: FloatArray
