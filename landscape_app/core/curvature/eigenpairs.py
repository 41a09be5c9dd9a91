"""Two eigenvectors of the Hessian that show most of the curvature at a point."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.curvature.full import full_hessian
from landscape_app.core.curvature.lanczos import RitzPairs, lanczos_pairs
from landscape_app.core.curvature.products import hessian_products
from landscape_app.core.dataset import Dataset
from landscape_app.core.models.base import Model

#: Up to so many parameters the Hessian is computed as a whole.
FULL_SIZE = 200
#: An eigenvalue is clearly negative below this share of the largest: less looks flat beside it on any map.
CLEARLY_NEGATIVE = -0.01


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Eigenpairs:
    """Two eigenvalues ``values`` (2,) of the Hessian with orthonormal ``vectors`` (2, size).

    ``residuals`` (2,) are ||H v − λ v||, in the eigenvalues' unit. ``note`` says in a sentence which two they are,
    ``settled`` whether the residuals are as small as was asked for.
    """

    values: FloatArray
    vectors: FloatArray
    residuals: FloatArray
    settled: bool
    note: str


def leading_pair(values: FloatArray) -> tuple[int, int]:
    """Return the places, among ascending eigenvalues, of the pair that shows most.

    The largest always (it is positive: a bias alone has the curvature 2); beside it the most negative, if one is
    clearly negative, since then the point is a saddle; else the second largest.
    """
    last = len(values) - 1
    return last, 0 if values[0] < CLEARLY_NEGATIVE * values[-1] else last - 1


def curvature_eigenpairs(
    model: Model, data: Dataset, theta: FloatArray, *, seed: int = 0, tolerance: float = 1e-8
) -> Iterator[Eigenpairs | None]:
    """Yield None after each slice of work, and at last the pair of ``leading_pair`` at ``theta`` (size,).

    Up to 200 parameters from the whole Hessian; beyond by Lanczos' method, to residuals below ``tolerance`` times
    the largest eigenvalue.

    Raises
    ------
    ConfigError
        If nothing is known of the model's second derivatives.
    FloatingPointError
        If the curvature is beyond what a double holds.
    """
    if model.layout.size <= FULL_SIZE:
        for hessian in full_hessian(model, data, theta):
            if hessian is None:
                yield None
            else:
                yield _of_matrix(hessian)
        return
    found = lanczos_pairs(
        lambda vectors: hessian_products(model, data, theta, vectors),
        model.layout.size,
        leading_pair,
        seed=seed,
        tolerance=tolerance,
    )
    for pair in found:
        yield None if pair is None else _of_ritz(pair)


def _of_matrix(hessian: FloatArray) -> Eigenpairs:
    if not np.isfinite(hessian).all():
        raise FloatingPointError("the Hessian is not finite")
    values, columns = np.linalg.eigh(hessian)
    places = list(leading_pair(values))
    pair, vectors = values[places], np.ascontiguousarray(columns[:, places].T)
    residuals = np.linalg.norm(vectors @ hessian - pair[:, np.newaxis] * vectors, axis=1)
    return Eigenpairs(sealed(pair), sealed(vectors), sealed(residuals), True, _note(pair, places[1] == 0))


def _of_ritz(pair: RitzPairs) -> Eigenpairs:
    values, vectors, residuals = sealed(pair.values), sealed(pair.vectors), sealed(pair.residuals)
    return Eigenpairs(values, vectors, residuals, pair.settled, _note(values, values[1] < 0.0))


def _note(values: FloatArray, lowest: bool) -> str:
    if lowest and values[1] < CLEARLY_NEGATIVE * values[0]:
        return "The most positive and the most negative curvature: the loss rises along one, falls along the other."
    return "The two largest curvatures: none is clearly negative here."
