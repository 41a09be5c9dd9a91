"""The directions in which the loss bends most at a point: two eigenvectors of its Hessian."""

from collections.abc import Iterator

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import curvature_eigenpairs
from landscape_app.core.curvature.eigenpairs import Eigenpairs
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape.directions import Directions, first_axes, with_fixed_sign
from landscape_app.core.models.base import Model


def hessian_directions(model: Model, data: Dataset, theta: FloatArray, seed: int = 0) -> Iterator[Directions | None]:
    """Yield None after each slice of work, and at last the directions through ``theta`` (size,), which is the base.

    The first has the largest eigenvalue. The second has the most negative one, if one is clearly negative (below
    −1 % of the largest): there the point is a saddle, and the map shows it; else the second largest. ``facts``
    are both eigenvalues, in loss per squared parameter. ``seed`` starts the search where there are more than
    200 parameters; the outcome depends on it by rounding only.
    """
    try:
        for pair in curvature_eigenpairs(model, data, theta, seed=seed):
            yield None if pair is None else _directions(theta, pair)
    except (FloatingPointError, np.linalg.LinAlgError):
        u, v = first_axes(theta.size)
        yield Directions(theta, u, v, "direction 1", "direction 2", "hessian", remark=_TOO_LARGE)


def _directions(theta: FloatArray, pair: Eigenpairs) -> Directions:
    values = float(pair.values[0]), float(pair.values[1])
    u, v = (with_fixed_sign(vector) for vector in pair.vectors)
    return Directions(theta, u, v, "eigenvector 1", "eigenvector 2", "hessian", values, _remark(pair))


def _remark(pair: Eigenpairs) -> str:
    first, second = (float(value) for value in pair.values)
    if not pair.settled:
        return "The eigenvectors were not found to full accuracy in the time given to them."
    if abs(second) <= 1e-12 * abs(first):
        return "The loss bends along the first direction only: the second is one of those along which it is flat."
    if abs(first - second) <= 1e-6 * abs(first):
        return "Both eigenvalues are the same, so that any two directions in this plane are as good."
    return pair.note


_TOO_LARGE = "The curvature is too large to be computed here, so that these are the first two parameters."
