"""Polynomials through Chebyshev nodes: nodes, coefficients, values, and how much is missing.

Sources: L. N. Trefethen, Approximation Theory and Approximation Practice (2013), chapters 2 to 4, 8 and 15.
"""

from functools import lru_cache

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed

#: Rounding of values, coefficients and products, relative to the largest value.
ROUNDING = 2e-14
#: The rest of a series that decays more slowly than this, from one quarter to the next, is not estimated from its
#: rate any more; nor is it ever less than so large a part of the last quarter.
SLOWEST, LEAST = 0.9, 0.02


@lru_cache(maxsize=16)
def nodes(count: int) -> FloatArray:
    """Return the extrema of the Chebyshev polynomial of degree ``count`` - 1, from 1 down to -1 (count,).

    Every other one of ``2 count - 1`` nodes is one of these, to the last digit.
    """
    return sealed(np.cos(np.pi * (np.arange(count) / (count - 1))))


@lru_cache(maxsize=16)
def _transform(count: int) -> FloatArray:
    """Return the matrix (count, count) that takes values at the nodes to coefficients of T_0, T_1, ..."""
    j = np.arange(count)
    # The cosine's argument is kept small by counting nodes around the circle: no digits go at high degrees.
    matrix = np.cos(np.pi / (count - 1) * (np.outer(j, j) % (2 * count - 2))) * (2.0 / (count - 1))
    matrix[:, [0, -1]] *= 0.5
    matrix[[0, -1]] *= 0.5
    return sealed(matrix)


def coefficients(values: FloatArray) -> FloatArray:
    """Return c (rows, columns) with sum c[i, j] T_i(eta) T_j(xi) through ``values`` at the nodes (eta, xi)."""
    c: FloatArray = _transform(values.shape[0]) @ values @ _transform(values.shape[1]).T
    return c


def polynomials(at: FloatArray, count: int) -> FloatArray:
    """Return T_0 ... T_(count - 1) (len(at), count) at points of [-1, 1]."""
    matrix: FloatArray = np.cos(np.arccos(np.clip(at, -1.0, 1.0))[:, np.newaxis] * np.arange(count))
    return matrix


def rest(c: FloatArray, axis: int) -> float:
    """Return an estimate of what a longer series along ``axis`` would add, from the decay of coefficients ``c``."""
    sizes = np.abs(c).sum(axis=1 - axis)
    quarter = max(1, (len(sizes) - 1) // 4)
    last, before = float(sizes[-quarter:].sum()), float(sizes[-2 * quarter : -quarter].sum())
    rate = min(last / before, SLOWEST) if before > 0.0 else 0.0
    return 2.0 * last * max(rate / (1.0 - rate), LEAST)
