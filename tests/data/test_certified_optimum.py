"""The least-squares optimum on NIST's certified data sets."""

import pytest

from landscape_app.core.least_squares import least_squares
from landscape_app.data.bundled import load_bundled
from landscape_app.data.choosing import dataset_from_table

# NIST StRD, linear regression: w in the order of the features, then b.
CERTIFIED = {
    "norris": [1.00211681802045, -0.262323073774029],
    "longley": [
        *(15.0618722713733, -0.358191792925910e-01, -2.02022980381683),
        *(-1.03322686717359, -0.511041056535807e-01, 1829.15146461355),
        -3482258.63459582,
    ],
}


@pytest.mark.parametrize("name", list(CERTIFIED))
def test_that_the_optimum_is_the_certified_one(name: str) -> None:
    best = least_squares(dataset_from_table(load_bundled(name)))
    assert best.theta == pytest.approx(CERTIFIED[name], rel=1e-8)
    assert best.unique
