"""The least-squares optimum of a linear model, and how steep its landscape is."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.dataset import Dataset


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """The best that a linear model can do on some data.

    ``theta`` (n + 1,) holds w, then b; where several are equally good it is the one with the smallest
    weights, and ``unique`` is False. ``lambda_max`` is the largest eigenvalue of the loss's Hessian:
    gradient descent on all the data converges for learning rates below 2 / lambda_max.
    """

    theta: FloatArray
    loss: float
    unique: bool
    lambda_max: float


def least_squares(data: Dataset) -> LeastSquares:
    """Solve for w and b by an orthogonal factorisation of the centred features, never by the Gram matrix.

    Centring first keeps the figures of data that lie far from zero. The loss is (1/m) ||w X + b - y||².
    """
    mean_x = data.X.mean(axis=1, keepdims=True)
    mean_y = float(data.y.mean())
    design = (data.X - mean_x).T  # (m, n)
    w, _, rank, _ = np.linalg.lstsq(design, data.y[0] - mean_y, rcond=None)
    # One or two steps of refinement win back digits that a badly scaled design costs.
    for _ in range(2):
        w = w + np.linalg.lstsq(design, (data.y[0] - mean_y) - design @ w, rcond=None)[0]
    b = mean_y - float(w @ mean_x[:, 0])
    residual = w @ data.X + b - data.y[0]
    ones = np.ones((data.m, 1))
    largest = np.linalg.svd(np.linalg.qr(np.hstack((data.X.T, ones)), mode="r"), compute_uv=False)[0]
    return LeastSquares(
        theta=sealed(np.append(w, b)),
        loss=float(residual @ residual) / data.m,
        unique=int(rank) == data.n,
        lambda_max=2.0 * float(largest) ** 2 / data.m,
    )
