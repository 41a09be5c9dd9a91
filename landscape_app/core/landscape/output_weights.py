"""The sigmoid network where output weights alone change: its outputs are linear in them."""

from collections.abc import Iterator

import numpy as np

from landscape_app.core.arrays import FloatArray, example_blocks
from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import triangle_of_columns
from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.landscape.linear_form import rows_of_squares
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.landscape.sigmoid_plane import SigmoidPlane, sigmoid_of
from landscape_app.core.threads import in_parallel


class OutputWeights(LatticeMethod):
    """Both directions change w2 and b2 only: L = (r11 x + r12 y + r13)² + (r22 y + r23)² + r33², from one pass."""

    accuracy = Accuracy("exact", "a sum of squares from QR")

    def __init__(self, data: Dataset, plane: SigmoidPlane) -> None:
        self._data, self._plane = data, plane
        self._triangle: FloatArray | None = None

    def operations(self, columns: int, rows: int) -> float:
        """Return three operations a node, and one pass over the examples."""
        return 3.0 * columns * rows + 12.0 * self._data.m * self._plane.k

    def _part(self, part: slice) -> FloatArray:
        plane, X, y = self._plane, self._data.X[:, part], self._data.y[0, part]
        with np.errstate(all="ignore"):
            A = sigmoid_of(plane.W1[0] @ X + plane.b1[0])
            columns = plane.w2[[1, 2, 0]] @ A + plane.b2[[1, 2, 0], np.newaxis]
            columns[2] -= y
            return triangle_of_columns(columns)

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice of work, and at last the losses (len(y), len(x))."""
        if self._triangle is None:
            m, k = self._data.m, self._plane.k
            pile = np.empty((0, 3))
            for triangle in in_parallel(self._part, example_blocks(m, k + 4), 12.0 * m * k):
                with np.errstate(all="ignore"):
                    pile = triangle_of_columns(np.vstack((pile, triangle)).T.copy())
                yield None
            self._triangle = pile / np.sqrt(m)
        r = self._triangle
        with np.errstate(all="ignore"):
            dx, dy = x - self._plane.x_mid, y - self._plane.y_mid
            along_x, along_y = r[0, 0] * dx, r[0, 1] * dy + r[0, 2]
            of_row = (r[1, 1] * dy + r[1, 2]) ** 2 + r[2, 2] ** 2
        yield from rows_of_squares(along_x, along_y, of_row)
