"""The data of a linear model as one small triangle, from which every loss follows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.threads import in_parallel

#: Numbers that one factorisation takes at a time: they stay in the cache.
BLOCK = 65_536
#: Up to so many columns long vectors are faster than LAPACK.
FEW = 4


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CentredFactor:
    """``R`` (n + 2, n + 2), upper triangular, of the columns [X − mean(X), 1, y − mean(y)].

    The loss of any w (n,), b is ``||R [w, b + w·mean_x − mean_y, −1]||² / m``, whatever m is. Centring keeps the
    digits of data that lie far from zero, and an orthogonal factorisation those of small losses, which the
    Gram matrix would lose.
    """

    R: FloatArray
    mean_x: FloatArray
    mean_y: float
    m: int

    @classmethod
    def of(cls, X: FloatArray, y: FloatArray) -> "CentredFactor":
        """Factor the data X (n, m), y (1, m)."""
        for result in cls.steps(X, y):
            if result is not None:
                return result
        raise AssertionError("the last step yields the factor")

    @classmethod
    def steps(cls, X: FloatArray, y: FloatArray) -> "Iterator[CentredFactor | None]":
        """Yield None after each slice of work, and at last the factor."""
        n, m = X.shape
        mean_x, mean_y = X.mean(axis=1), float(y.mean())
        size = max(4 * (n + 2), BLOCK // (n + 2))

        def triangle(begin: int) -> FloatArray:
            stop = min(begin + size, m)
            columns = np.empty((n + 2, stop - begin))
            np.subtract(X[:, begin:stop], mean_x[:, np.newaxis], out=columns[:n])
            columns[n] = 1.0
            np.subtract(y[0, begin:stop], mean_y, out=columns[n + 1])
            return triangle_of_columns(columns)

        pile: list[FloatArray] = []
        for part in in_parallel(triangle, range(0, m, size), work=10.0 * m * (n + 2)):
            pile.append(part)
            if sum(map(len, pile)) > 8 * (n + 2) + size:
                pile = [triangle_of(np.vstack(pile))]
            yield None
        R = np.zeros((n + 2, n + 2))
        last = triangle_of(np.vstack(pile))
        R[: len(last)] = last
        yield cls(sealed(R), sealed(mean_x), mean_y, m)

    @property
    def n(self) -> int:
        """Number of features."""
        return self.mean_x.size

    def column(self, w: FloatArray, b: float, share: float = 1.0) -> FloatArray:
        """Return R [w, b + w·mean_x − share mean_y, −share] (n + 2,), the residuals' image.

        ``share`` is 1 for parameters, and 0 for a direction along which they change.
        """
        shifted = exact_dot(w, self.mean_x, b, -share * self.mean_y)
        column: FloatArray = self.R @ np.concatenate((w, (shifted, -share)))
        return column

    def loss(self, w: FloatArray, b: float) -> float:
        """Return L = (1/m) ||w X + b − y||² for w (n,), b."""
        image = self.column(w, b)
        return float(image @ image) / self.m


def triangle_of(matrix: FloatArray) -> FloatArray:
    """Return the upper triangular factor of ``matrix`` (rows, c), min(rows, c) x c."""
    return np.asarray(np.linalg.qr(matrix, mode="r"))


def triangle_of_columns(columns: FloatArray) -> FloatArray:
    """Return the triangular factor of the matrix whose columns are ``columns`` (c, rows), which may be used up."""
    return _by_projection(columns) if len(columns) <= FEW else triangle_of(columns.T)


def _by_projection(columns: FloatArray) -> FloatArray:
    """Return the triangular factor (c, c); a few long vectors are done faster than by LAPACK.

    Modified Gram-Schmidt: its triangle is as good as that of reflections (Björck 1967).
    """
    count = len(columns)
    R = np.zeros((count, count))
    for j in range(count):
        R[j, j] = np.sqrt(columns[j] @ columns[j])
        if R[j, j] > 0.0:
            columns[j] /= R[j, j]
        for i in range(j + 1, count):
            R[j, i] = columns[i] @ columns[j]
            columns[i] -= R[j, i] * columns[j]
    return R


def exact_dot(a: FloatArray, b: FloatArray, *others: float) -> float:
    """Return a·b plus ``others``, rounded once: the terms may cancel to the last digit and nothing is lost.

    Source: Dekker 1971 for the products' rounding errors, Shewchuk 1997 (``math.fsum``) for the sum.
    """
    splitter = 134_217_729.0  # 2**27 + 1 cuts a double into two halves
    with np.errstate(over="ignore", invalid="ignore"):
        products = a * b
        high_a, high_b = splitter * a, splitter * b
        high_a, high_b = high_a - (high_a - a), high_b - (high_b - b)
        low_a, low_b = a - high_a, b - high_b
        errors = low_a * low_b - (((products - high_a * high_b) - low_a * high_b) - high_a * low_b)
    terms = [*products.tolist(), *others]
    if np.isfinite(errors).all():
        terms += errors.tolist()
    try:
        return math.fsum(terms)
    except (OverflowError, ValueError):  # beyond what a double holds, as the plain sum would be
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.sum(terms))
