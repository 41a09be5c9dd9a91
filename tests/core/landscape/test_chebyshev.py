"""Chebyshev nodes, coefficients and polynomials, against numpy's own Chebyshev series."""

import numpy as np
import pytest
from numpy.polynomial import chebyshev as series

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import chebyshev


def test_nodes_are_nested_to_the_last_digit() -> None:
    for count in (13, 25, 49, 97, 193):
        assert (chebyshev.nodes(2 * count - 1)[::2] == chebyshev.nodes(count)).all()


@pytest.mark.parametrize(("rows", "columns"), [(13, 13), (25, 49), (97, 13)])
def test_coefficients_of_a_known_polynomial(rows: int, columns: int) -> None:
    c = np.random.default_rng(3).normal(size=(rows, columns))
    values: FloatArray = np.asarray(series.chebgrid2d(chebyshev.nodes(rows), chebyshev.nodes(columns), c), dtype=float)
    np.testing.assert_allclose(chebyshev.coefficients(values), c, atol=1e-11)


def test_polynomials_are_those_of_numpy() -> None:
    at = np.linspace(-1.0, 1.0, 201)
    np.testing.assert_allclose(chebyshev.polynomials(at, 60), series.chebvander(at, 59), atol=1e-12)


def test_points_a_rounding_outside_count_as_the_ends() -> None:
    outside = chebyshev.polynomials(np.array([-1.0 - 1e-15, 1.0 + 1e-15]), 5)
    np.testing.assert_array_equal(outside, [[1.0, -1.0, 1.0, -1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0]])


@pytest.mark.parametrize("pole", [1.05, 1.3, 3.0])
def test_the_estimated_rest_covers_the_true_one(pole: float) -> None:
    """1 / (pole − x) has the nearest pole at ``pole``: its coefficients decay at a known rate."""
    at = np.linspace(-1.0, 1.0, 1001)
    for count in (13, 25, 49, 97):
        nodes = chebyshev.nodes(count)
        c = chebyshev.coefficients(np.tile(1.0 / (pole - nodes), (2, 1)))
        error = np.abs(chebyshev.polynomials(at, count) @ c[0] - 1.0 / (pole - at)).max()
        estimate = chebyshev.rest(c, 1)
        assert error <= estimate + 1e-13
        assert estimate <= 100.0 * error + 1e-12  # of use, too


@pytest.mark.parametrize("rate", [1e-4, 0.3, 0.7, 0.89])
def test_the_estimated_rest_of_a_geometric_series_is_twice_the_true_one(rate: float) -> None:
    """``rate`` is the decay from one quarter of the coefficients to the next."""
    c = rate ** (np.arange(25) / 6)
    rest = chebyshev.rest(np.tile(c, (2, 1)) / 2.0, 1)
    last = float(c[-6:].sum())
    assert rest == pytest.approx(2.0 * last * max(rate / (1.0 - rate), 0.02), rel=1e-9, abs=0.0)
    assert rest >= 2.0 * c[-1] * rate ** (1 / 6) / (1.0 - rate ** (1 / 6)) * (1.0 - 1e-9)


def test_nothing_is_missing_from_a_constant() -> None:
    c = chebyshev.coefficients(np.full((13, 13), 3.0))
    assert chebyshev.rest(c, 0) < 1e-13
    assert chebyshev.rest(c, 1) < 1e-13
