"""The one piece of arithmetic that both regressions and the two-layer linear network share."""

import numpy as np

from landscape_app.core.arrays import FloatArray


def linear_squared_errors(weights: FloatArray, biases: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
    """Return sum((w X + b - y)²) (p,) for every row of ``weights`` (p, n) and entry of ``biases`` (p,)."""
    residuals = weights @ X  # (p, m)
    residuals += biases[:, np.newaxis]
    residuals -= y
    return np.asarray(np.einsum("pm,pm->p", residuals, residuals))
