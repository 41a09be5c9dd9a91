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
from landscape_app.core.landscape.sigmoid_plane import SigmoidPlane
from landscape_app.core.models.two_layer_sigmoid import TwoLayerSigmoid

#: Numbers in a tile of columns, units and examples, sigmoids in one slice of work, exponentials of rows that are kept.
#: All on one thread: these are many calls of some 100 µs, and two threads would mostly wait for the interpreter.
TILE, SLICE, KEPT = 65_536, 2_000_000, 2_000_000
#: Examples taken together.
FEWEST, MOST = 64, 256
#: A group of columns lets no Z move by more than this to either side of the group's middle: exp() of it is safe.
SPREAD = 300.0
#: Past this on its own side of zero a unit's output is 0 or 1 to the last digit.
SATURATED = 40.0
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
            self.parts = SigmoidPlane.of(model, plane, x_mid, y_mid)
        self._largest_x = np.abs(data.X).max(initial=0.0)

    def operations(self, columns: int, rows: int) -> float:
        """Return the operations of every touched unit, example and node, and of the exponentials along the edges."""
        units = len(self.parts.touched)
        return self._data.m * ((1.5 * units + 1.0) * columns * rows + 12.0 * units * (columns + rows))

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice of work, and at last the losses (len(y), len(x))."""
        with np.errstate(all="ignore"):
            dx, dy = x - self._mid[0], y - self._mid[1]
            simple = self.is_simple(float(np.abs(dx).max()), float(np.abs(dy).max()))
        if simple:
            yield from self.losses_about(dx, dy)
        else:
            yield from DirectSums(self._model, self._data, self._plane).losses(x, y)

    def losses_about(self, dx: FloatArray, dy: FloatArray) -> Iterator[FloatArray | None]:
        """Do the same for coordinates from the middle, as exactly as they are given, where `is_simple`."""
        # Columns are the direction that moves Z less: they fall into fewer groups.
        if self.steepness(1) * np.abs(dx).max() <= self.steepness(2) * np.abs(dy).max():
            for sums in self._sums(dx, dy, 1, 2):
                yield None if sums is None else finite_or_infinite(sums / self._data.m)
        else:
            for sums in self._sums(dy, dx, 2, 1):
                yield None if sums is None else finite_or_infinite(np.ascontiguousarray(sums.T) / self._data.m)

    def is_simple(self, x_reach: float, y_reach: float) -> bool:
        """Whether nothing can overflow on its way so far from the middle, however the terms add up."""
        p, reach = self.parts, np.array((1.0, x_reach, y_reach))
        with np.errstate(all="ignore"):
            weights = reach @ np.abs(p.W1).sum(axis=2).max(axis=1)
            inputs = weights * self._largest_x + reach @ np.abs(p.b1[..., 0]).max(axis=1)
            return bool(inputs < HUGE_INPUT and reach @ np.abs(p.w2).max(axis=1) < HUGE_WEIGHT)

    def _sums(self, across: FloatArray, down: FloatArray, along: int, other: int) -> Iterator[FloatArray | None]:
        """Yield None after each slice of work, and at last the sums of squares (len(down), len(across)).

        ``along`` and ``other`` are the directions (1 for x, 2 for y) of the columns and of the rows.
        """
        size = min(MOST, max(FEWEST, TILE // 8 // max(1, len(self.parts.touched))))
        total = np.zeros((len(down), len(across)))
        for first in range(0, self._data.m, size):
            block = self._block(slice(first, first + size), along, other)
            yield None
            for columns in block.groups(across):
                height = max(1, KEPT // max(1, block.Z[0].size))
                for rows in _slices(0, len(down), height):
                    strip = _Strip(block, across[columns], down[rows])
                    yield from strip.prepare()
                    yield from strip.add_to(total[rows, columns])
        yield total

    def _block(self, examples: slice, along: int, other: int) -> "_Block":
        """Prepare the units for some examples."""
        parts, order = self.parts, [0, along, other]
        X = self._data.X[:, examples]
        units = parts.touched
        constant = parts.constants(units, X)
        constant[0] -= self._data.y[0, examples]
        return _Block(parts.inputs(units, X)[order], parts.w2[:, units][order], constant[order])

    def steepness(self, direction: int) -> float:
        """Return a bound of how fast any unit's Z moves along x (1) or y (2)."""
        return float(self.unit_steepness(direction).max())

    def unit_steepness(self, direction: int) -> FloatArray:
        """Return the same for each unit (k,)."""
        p = self.parts
        steepness: FloatArray = np.abs(p.W1[direction]).sum(axis=1) * self._largest_x + np.abs(p.b1[direction, :, 0])
        return steepness


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Block:
    """Some examples: ``Z`` (3, units, e), output weights (3, units) and all other terms of yhat − y (3, e).

    Along the first axis: the constant part, what each column adds and what each row adds, by their coordinates.
    """

    Z: FloatArray
    w2: FloatArray
    constant: FloatArray

    def groups(self, across: FloatArray) -> Iterator[slice]:
        """Yield columns that lie so close together that one middle serves them all."""
        steepest = np.abs(self.Z[1]).max(initial=0.0)
        first = 0
        while first < len(across):
            low = high = across[first]
            last = first
            while last < len(across):
                low, high = min(low, across[last]), max(high, across[last])
                if steepest * (high - low) > 2.0 * SPREAD and last > first:
                    break
                last += 1
            yield slice(first, last)
            first = last


class _Strip:
    """Some rows of a block on a group of columns: exponentials of the rows, shared by all tiles of columns."""

    def __init__(self, block: _Block, columns: FloatArray, rows: FloatArray) -> None:
        self._block, self._columns, self._rows = block, columns, rows
        self._middle = 0.5 * columns.min() + 0.5 * columns.max()
        self._F = np.empty((len(rows), *block.Z.shape[1:]))

    def prepare(self) -> Iterator[None]:
        """Take the exponentials F = exp(b) of the rows, yielding after each slice of them.

        Where b is past saturation for every column, a b nearer by will do.
        """
        Z = self._block.Z
        middle = Z[0] + self._middle * Z[1]
        for some in _slices(0, len(self._rows), max(1, SLICE // 8 // max(1, middle.size))):
            F = self._F[some]
            np.multiply(self._rows[some, np.newaxis, np.newaxis], Z[2], out=F)
            F += middle
            np.clip(F, -SPREAD - SATURATED, SPREAD + SATURATED, out=F)
            np.exp(F, out=F)
            yield None

    def add_to(self, total: FloatArray) -> Iterator[None]:
        """Add the sums of squares over the block's examples to ``total`` (rows, columns), tile by tile."""
        numbers = max(1, self._F[0].size)
        for columns in _slices(0, len(self._columns), max(1, TILE // numbers)):
            tile = _Tile(self._block, self._columns[columns], self._middle)
            for rows in _slices(0, len(self._rows), max(1, SLICE // (numbers * (columns.stop - columns.start)))):
                tile.add_to(total[rows, columns], self._rows[rows], self._F[rows])
                yield None


class _Tile:
    """Some columns of a block: so few numbers that they stay in the cache while one row follows the other."""

    def __init__(self, block: _Block, columns: FloatArray, middle: float) -> None:
        column = columns[:, np.newaxis]
        self._E = np.exp((middle - column)[..., np.newaxis] * block.Z[1])
        self._w2 = block.w2[0] + column * block.w2[1], block.w2[2]
        self._constant = block.constant[0] + column * block.constant[1], block.constant[2]
        self._sigmoids = np.empty_like(self._E)
        self._residuals = np.empty((len(columns), 1, block.Z.shape[2]))

    def add_to(self, total: FloatArray, rows: FloatArray, F: FloatArray) -> None:
        """Add the sums of squares to ``total`` (rows, columns)."""
        sigmoids, residuals = self._sigmoids, self._residuals[:, 0]
        with np.errstate(over="ignore"):  # an infinite loss
            for at, f, sums in zip(rows, F, total, strict=True):
                np.add(self._E, f, out=sigmoids)
                np.divide(f, sigmoids, out=sigmoids)
                weights = self._w2[0] + at * self._w2[1]
                if weights.shape[1] == 1:  # where a matrix product would be much slower
                    np.multiply(weights[..., np.newaxis], sigmoids, out=self._residuals)
                else:
                    np.matmul(weights[:, np.newaxis], sigmoids, out=self._residuals)
                residuals += self._constant[0]
                residuals += at * self._constant[1]
                sums += np.vecdot(residuals, residuals)


def _slices(start: int, stop: int, width: int) -> list[slice]:
    return [slice(first, min(first + width, stop)) for first in range(start, stop, width)]
