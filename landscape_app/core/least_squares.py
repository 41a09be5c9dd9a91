"""The least-squares optimum of a linear model, and how steep its landscape is."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.axes import Axes
from landscape_app.core.dataset import Dataset
from landscape_app.core.factor import CentredFactor, exact_dot


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """The best that a linear model can do on some data.

    ``theta`` (n + 1,) holds w, then b; where several are equally good it is the one with the smallest
    weights, and ``unique`` is False. ``axes`` are those of the loss, a quadratic around it.
    """

    theta: FloatArray
    loss: float
    unique: bool
    axes: Axes

    @property
    def lambda_max(self) -> float:
        """The largest eigenvalue of the Hessian: full descent converges for learning rates below 2 / lambda_max."""
        return float(self.axes.eigenvalues[0])


def least_squares(data: Dataset, factor: CentredFactor | None = None) -> LeastSquares:
    """Solve for w and b by an orthogonal factorisation of the centred features, never by the Gram matrix.

    Centring first keeps the figures of data that lie far from zero. The loss is (1/m) ||w X + b - y||².
    ``factor`` saves factoring the data again.
    """
    factor = factor or CentredFactor.of(data.X, data.y)
    n = data.n
    features, mean_y = factor.R[:n, :n], factor.mean_y
    tolerance = np.finfo(np.float64).eps * max(data.m, n)
    w, _, rank, _ = np.linalg.lstsq(features, factor.R[:n, n + 1], rcond=tolerance)
    centred = data.X - factor.mean_x[:, np.newaxis]
    # One or two steps of refinement win back digits that a badly scaled design costs.
    for _ in range(2):
        left = CentredFactor.of(data.X, data.y - mean_y - w @ centred)
        w = w + np.linalg.lstsq(left.R[:n, :n], left.R[:n, n + 1], rcond=tolerance)[0]
    b = exact_dot(np.asarray(-w, dtype=np.float64), factor.mean_x, mean_y)
    residual = w @ data.X + b - data.y[0]
    return LeastSquares(
        theta=sealed(np.append(w, b)),
        loss=float(residual @ residual) / data.m,
        unique=int(rank) == n,
        axes=Axes.of(factor),
    )
