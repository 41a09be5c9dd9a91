"""The sigmoid network where one direction changes hidden units and the other output weights alone."""

from collections.abc import Iterator

import numpy as np

from landscape_app.core.arrays import BLOCK_ELEMENTS, FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.landscape.linear_form import direction, rows_of_squares
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.landscape.sigmoid_plane import SigmoidPlane, sigmoid_of
from landscape_app.core.threads import in_parallel

#: For each node of the hidden direction the triangle of (part along the output direction, the rest).
Triangles = tuple[FloatArray, FloatArray, FloatArray]


class UnitAndOutput(LatticeMethod):
    """For every value of the hidden direction the loss is a parabola along the other one.

    The residuals are p + v q with vectors p and q over the examples, so that the sum of squares is
    (v |q| + p along q)² + |rest of p|²: small losses keep their digits.
    """

    accuracy = Accuracy("exact", "a parabola for every value of the unit's weight")

    def __init__(self, data: Dataset, plane: SigmoidPlane, hidden_is_x: bool) -> None:
        self._data, self._plane, self._hidden_is_x = data, plane, hidden_is_x
        self._h, self._o = (1, 2) if hidden_is_x else (2, 1)
        self._moving = plane.hidden(self._h)
        self._still = np.setdiff1d(np.arange(plane.k), self._moving)

    def operations(self, columns: int, rows: int) -> float:
        """Return a sigmoid for every node of the hidden direction and every example, and three for each node."""
        nodes = columns if self._hidden_is_x else rows
        return 3.0 * columns * rows + (14.0 * len(self._moving) + 6.0) * nodes * self._data.m

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice of work, and at last the losses (len(y), len(x))."""
        dx, dy = x - self._plane.x_mid, y - self._plane.y_mid
        hidden, output = (dx, dy) if self._hidden_is_x else (dy, dx)
        m = self._data.m
        step = max(64, BLOCK_ELEMENTS // len(hidden))

        def part(begin: int) -> Triangles:
            with np.errstate(all="ignore"):
                return self._triangles(hidden, slice(begin, begin + step))

        zero = np.zeros(len(hidden))
        total: Triangles = (zero, zero, zero)
        work = (14.0 * len(self._moving) + 6.0) * len(hidden) * m
        for triangles in in_parallel(part, range(0, m, step), work):
            with np.errstate(all="ignore"):
                total = _stacked(total, triangles)
            yield None
        with np.errstate(all="ignore"):
            q, p, rest = (t / np.sqrt(m) for t in total)
            of_row = rest * rest
        for loss in rows_of_squares(output, p, of_row, q):
            yield loss if loss is None or not self._hidden_is_x else np.ascontiguousarray(loss.T)

    def _triangles(self, hidden: FloatArray, part: slice) -> Triangles:
        """Return the triangles (nodes,) of some examples."""
        plane, X = self._plane, self._data.X[:, part]
        h, o = self._h, self._o
        still = sigmoid_of(plane.W1[0, self._still] @ X + plane.b1[0, self._still])
        base = plane.w2[:, self._still] @ still + plane.b2[:, np.newaxis]  # (3, b)
        p = base[0] - self._data.y[0, part] + hidden[:, np.newaxis] * base[h]
        q = np.tile(base[o], (len(hidden), 1))
        Z = plane.inputs(self._moving, X)
        for j, unit in enumerate(self._moving):
            A = sigmoid_of(Z[0, j] + hidden[:, np.newaxis] * Z[h, j])
            weights = plane.w2[0, unit] + hidden * plane.w2[h, unit]
            p += weights[:, np.newaxis] * A
            if plane.w2[o, unit]:
                q += plane.w2[o, unit] * A
        unit_q, r11 = direction(q)
        r12 = np.vecdot(unit_q, p)
        p -= r12[:, np.newaxis] * unit_q
        again = np.vecdot(unit_q, p)
        p -= again[:, np.newaxis] * unit_q
        return r11, r12 + again, np.sqrt(np.vecdot(p, p))


def _stacked(a: Triangles, b: Triangles) -> Triangles:
    """Return the triangles of both groups of examples together, by one rotation each."""
    r11 = np.hypot(a[0], b[0])
    size = np.where(r11 > 0.0, r11, 1.0)
    cosine, sine = np.where(r11 > 0.0, a[0] / size, 1.0), b[0] / size
    r12 = cosine * a[1] + sine * b[1]
    left = cosine * b[1] - sine * a[1]
    return r11, r12, np.sqrt(a[2] ** 2 + b[2] ** 2 + left**2)
