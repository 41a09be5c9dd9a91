"""The sigmoid network where the two directions change different hidden units: one matrix product."""

from collections.abc import Iterator

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.landscape.linear_form import SLICE, finite_or_infinite
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.landscape.sigmoid_plane import SigmoidPlane, Units, sigmoid_of
from landscape_app.core.threads import in_parallel

#: Examples in one matrix product.
EXAMPLES = 512
#: Where the sum of squares is this much smaller than its terms, it is taken again from the residuals themselves.
CANCELLED = 1e-5


class TwoUnits(LatticeMethod):
    """The residuals are a(x) + b(y), vectors over the examples: |a|² + |b|² + 2 a·b.

    Where these terms cancel, the few nodes in question are summed directly.
    """

    accuracy = Accuracy("exact", "a matrix product of the two units' outputs")

    def __init__(self, data: Dataset, plane: SigmoidPlane) -> None:
        self._data, self._plane = data, plane
        self._of_x, self._of_y = plane.hidden(1), plane.hidden(2)
        self._still = np.setdiff1d(np.arange(plane.k), np.concatenate((self._of_x, self._of_y)))

    def operations(self, columns: int, rows: int) -> float:
        """Return a sigmoid for each node of each direction and each example, and the product."""
        sigmoids = columns * len(self._of_x) + rows * len(self._of_y)
        return self._data.m * (14.0 * sigmoids + 0.1 * columns * rows)

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice of work, and at last the losses (len(y), len(x))."""
        dx, dy = x - self._plane.x_mid, y - self._plane.y_mid
        m = self._data.m
        # A product should take no more than some milliseconds.
        step = max(32, min(EXAMPLES, 20 * SLICE // (len(x) * len(y))))

        def part(begin: int) -> tuple[FloatArray, FloatArray, FloatArray]:
            with np.errstate(all="ignore"):
                a, b = self._residuals(dx, dy, slice(begin, begin + step))
                return b @ a.T, np.vecdot(a, a), np.vecdot(b, b)

        loss = np.zeros((len(y), len(x)))
        aa, bb = np.zeros(len(x)), np.zeros(len(y))
        for product, of_x, of_y in in_parallel(part, range(0, m, step), self.operations(len(x), len(y))):
            with np.errstate(all="ignore"):
                loss += product
                aa += of_x
                bb += of_y
            yield None
        with np.errstate(all="ignore"):
            loss *= 2.0
            loss += aa
            loss += bb[:, np.newaxis]
            # Also where the terms overflowed: their sum need not.
            rows, columns = np.nonzero(~(loss >= CANCELLED * (aa + bb[:, np.newaxis])))
        if len(rows):
            yield from self._again(loss, dx, dy, rows, columns, step)
        loss /= m
        yield finite_or_infinite(loss)

    def _again(
        self, loss: FloatArray, dx: FloatArray, dy: FloatArray, rows: Units, columns: Units, step: int
    ) -> Iterator[None]:
        """Put the sums of squared residuals at some nodes into ``loss``."""
        sums = np.zeros(len(rows))
        few = max(1, SLICE // step // 8)
        for begin in range(0, self._data.m, step):
            with np.errstate(all="ignore"):
                a, b = self._residuals(dx, dy, slice(begin, begin + step))
            for first in range(0, len(rows), few):
                some = slice(first, first + few)
                with np.errstate(all="ignore"):
                    residuals = a[columns[some]] + b[rows[some]]
                    sums[some] += np.vecdot(residuals, residuals)
                yield None
        loss[rows, columns] = sums

    def _residuals(self, dx: FloatArray, dy: FloatArray, part: slice) -> tuple[FloatArray, FloatArray]:
        """Return a (len(dx), b) and b (len(dy), b) of some examples; their sum is yhat − y at each pair of nodes."""
        plane, X = self._plane, self._data.X[:, part]
        still = sigmoid_of(plane.W1[0, self._still] @ X + plane.b1[0, self._still])
        base = plane.w2[0, self._still] @ still + plane.b2[0] - self._data.y[0, part]
        sums = []
        for direction, units, steps in ((1, self._of_x, dx), (2, self._of_y, dy)):
            Z = plane.inputs(units, X)
            total = np.zeros((len(steps), X.shape[1]))
            for j, unit in enumerate(units):
                middle = plane.w2[0, unit] * sigmoid_of(Z[0, j].copy())
                base += middle
                # Counted from the middle of the ranges, so that what cancels between the two is small.
                total += plane.w2[0, unit] * sigmoid_of(Z[0, j] + steps[:, np.newaxis] * Z[direction, j]) - middle
            sums.append(total)
        return sums[0] + base, sums[1]
