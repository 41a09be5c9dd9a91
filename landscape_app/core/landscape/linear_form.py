"""The landscapes of the linear models: squares of a few polynomials, whatever the number of examples.

Source: the residuals of a linear model are linear in its parameters, those of the two-layer linear network
quadratic on a plane. Their image under the centred factor R has the same length and n + 2 entries.
"""

from collections.abc import Iterator

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.factor import CentredFactor, triangle_of
from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.landscape.plane import Plane
from landscape_app.core.models.two_layer_linear import TwoLayerLinear

#: Nodes evaluated in one slice of work.
SLICE = 4_000_000


class SumOfSquares(LatticeMethod):
    """Regressions: L = (r11 x + r12 y + r13)² + (r22 y + r23)² + r33², three flops a node."""

    accuracy = Accuracy("exact", "a sum of squares from QR")

    def __init__(self, factor: CentredFactor, plane: Plane, x_mid: float, y_mid: float) -> None:
        """Factor once more on the plane; coordinates count from the middle of the ranges."""
        self._mid = x_mid, y_mid
        here = plane.at(x_mid, y_mid)
        with np.errstate(all="ignore"):
            columns = np.column_stack(
                (
                    factor.column(plane.u[:-1], float(plane.u[-1]), share=0.0),
                    factor.column(plane.v[:-1], float(plane.v[-1]), share=0.0),
                    factor.column(here[:-1], float(here[-1])),
                )
            )
        self._r = triangle(columns) / np.sqrt(factor.m)

    def operations(self, columns: int, rows: int) -> float:
        """Return three operations a node."""
        return 3.0 * columns * rows

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice, and at last the losses (len(y), len(x))."""
        r = self._r
        with np.errstate(all="ignore"):
            x, y = x - self._mid[0], y - self._mid[1]
            along_x = r[0, 0] * x
            along_y = r[0, 1] * y + r[0, 2]
            of_row = (r[1, 1] * y + r[1, 2]) ** 2 + r[2, 2] ** 2
        yield from rows_of_squares(along_x, along_y, of_row)


class RowParabolas(LatticeMethod):
    """Two-layer linear network: along a row the residuals are a polynomial in x of degree one or two.

    On a pair of parameters the residuals' image is a + x b + y c + x y d; on a general plane x² and y² come in.
    For every row its polynomial is factored by orthogonal projections, so that the loss is a sum of squares
    and small losses keep their digits.
    """

    accuracy = Accuracy("exact", "squares of polynomials from QR")

    def __init__(self, model: TwoLayerLinear, factor: CentredFactor, plane: Plane, x_mid: float, y_mid: float) -> None:
        """Find the six columns of the monomials 1, x, y, x², xy, y²; coordinates count from the middle."""
        self._mid = x_mid, y_mid
        with np.errstate(all="ignore"):
            W1, b1, w2, b2 = model.split_many(np.stack((plane.at(x_mid, y_mid), plane.u, plane.v)))
            w2 = w2[:, 0, :]
            pairs = {"1": [(0, 0)], "x": [(0, 1), (1, 0)], "y": [(0, 2), (2, 0)]}
            pairs |= {"xx": [(1, 1)], "xy": [(1, 2), (2, 1)], "yy": [(2, 2)]}
            bias = {"1": b2[0], "x": b2[1], "y": b2[2]}
            columns = [
                factor.column(
                    np.sum([w2[i] @ W1[j] for i, j in which], axis=0),
                    float(sum(w2[i] @ b1[j, :, 0] for i, j in which) + bias.get(name, 0.0)),
                    share=1.0 if name == "1" else 0.0,
                )
                for name, which in pairs.items()
            ]
        small = triangle(np.column_stack(columns)) / np.sqrt(factor.m)
        self._one, self._x, self._y, self._xx, self._xy, self._yy = small.T

    def operations(self, columns: int, rows: int) -> float:
        """Return the operations of the squares, and of the projections for every row."""
        return (6.0 if self._xx.any() else 3.0) * columns * rows + 300.0 * rows

    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice, and at last the losses (len(y), len(x))."""
        x, y = x - self._mid[0], (y - self._mid[1])[:, np.newaxis]
        with np.errstate(all="ignore"):
            p = self._one + y * self._y + y * y * self._yy  # (rows, 6), the polynomial's constant part
            q = self._x + y * self._xy  # its part along x
        if not self._xx.any():
            with np.errstate(all="ignore"):
                r11, r12, rest = projected(q, p)
                of_row = np.vecdot(rest, rest)
            yield from rows_of_squares(x, r12, of_row, r11)
            return
        with np.errstate(all="ignore"):
            unit, size = direction(self._xx[np.newaxis])
            r12, r13 = np.vecdot(q, unit), np.vecdot(p, unit)
            q, p = q - r12[:, np.newaxis] * unit, p - r13[:, np.newaxis] * unit
            r22, r23, rest = projected(q, p)
            square = size[0] * x * x
        loss = np.empty((len(y), len(x)))
        step = max(1, SLICE // len(x))
        for first in range(0, len(y), step):
            part = slice(first, first + step)
            with np.errstate(all="ignore"):
                first_square = square + r12[part, np.newaxis] * x + r13[part, np.newaxis]
                second = r22[part, np.newaxis] * x + r23[part, np.newaxis]
                loss[part] = first_square * first_square + second * second
                loss[part] += np.vecdot(rest[part], rest[part])[:, np.newaxis]
            yield None
        yield finite_or_infinite(loss)


def triangle(columns: FloatArray) -> FloatArray:
    """Return the square triangular factor of ``columns`` (rows, c), c x c; not-a-number where they are not finite."""
    count = columns.shape[1]
    if not np.isfinite(columns).all():
        return np.full((count, count), np.nan)
    result = np.zeros((count, count))
    r = triangle_of(columns)
    result[: len(r)] = r
    return result


def direction(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the unit vectors along ``vectors`` (rows, c), and their lengths (rows,); a zero stays zero."""
    sizes = np.sqrt(np.vecdot(vectors, vectors))
    return vectors / np.where(sizes > 0.0, sizes, 1.0)[:, np.newaxis], sizes


def projected(q: FloatArray, p: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return (|q|, p along q, p's rest) for every row of ``q`` and ``p`` (rows, c).

    Then |x q + p|² = (x |q| + p along q)² + |rest|².
    """
    unit, r11 = direction(q)
    r12 = np.vecdot(unit, p)
    rest = p - r12[:, np.newaxis] * unit
    again = np.vecdot(unit, rest)  # once more: what rounding has left along q would spoil the smallest losses
    return r11, r12 + again, rest - again[:, np.newaxis] * unit


def rows_of_squares(
    along_x: FloatArray, along_y: FloatArray, of_row: FloatArray, factor: FloatArray | None = None
) -> Iterator[FloatArray | None]:
    """Yield None after each slice, and at last (factor[i] along_x[j] + along_y[i])² + of_row[i]."""
    loss = np.empty((len(along_y), len(along_x)))
    step = max(1, min(SLICE, 32_768) // len(along_x))  # a few rows: they stay in the cache through all three passes
    since = 0
    for first in range(0, len(along_y), step):
        part = slice(first, first + step)
        some = loss[part]
        with np.errstate(all="ignore"):
            if factor is None:
                np.add(along_x, along_y[part, np.newaxis], out=some)
            else:
                np.multiply(along_x, factor[part, np.newaxis], out=some)
                some += along_y[part, np.newaxis]
            np.square(some, out=some)
            some += of_row[part, np.newaxis]
        since += some.size
        if since > SLICE:
            since = 0
            yield None
    yield finite_or_infinite(loss)


def finite_or_infinite(loss: FloatArray) -> FloatArray:
    """Return ``loss`` with infinity for what overflowed on its way, in place."""
    with np.errstate(over="ignore", invalid="ignore"):
        doubtful = np.isnan(loss.sum())
    if doubtful:
        loss[np.isnan(loss)] = np.inf
    return loss
