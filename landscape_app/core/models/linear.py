"""The one piece of arithmetic that both regressions and the two-layer linear network share."""

import numpy as np

from landscape_app.core.arrays import FloatArray


def linear_squared_errors(weights: FloatArray, biases: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
    """Return sum((w X + b - y)²) (p,) for every row of ``weights`` (p, n) and entry of ``biases`` (p,)."""
    # With one feature BLAS has nothing to gain over the outer product, and loses.
    residuals = weights * X if X.shape[0] == 1 else weights @ X  # (p, m)
    residuals += biases[:, np.newaxis]
    residuals -= y
    return np.asarray(np.vecdot(residuals, residuals))
