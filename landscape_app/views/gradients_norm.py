"""The norm of every recorded gradient, kept while the history grows."""

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.session.record_rows import Rows


def row_norms(rows: FloatArray) -> FloatArray:
    """Return the Euclidean norm (s,) of each row (s, size), right also where squares overflow or vanish."""
    with np.errstate(over="ignore", under="ignore"):
        norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    odd = ~np.isfinite(norms) | (norms < 1e-140)
    if odd.any():
        peak = np.abs(rows[odd]).max(axis=1)
        scale = np.where(peak > 0.0, peak, 1.0)
        norms[odd] = scale * np.sqrt(np.square(rows[odd] / scale[:, np.newaxis]).sum(axis=1))
    return np.asarray(norms)


class Norms:
    """Norms of a growing history of gradients; what was seen is not read again."""

    def __init__(self) -> None:
        self._values = np.empty(256)
        self._length = 0

    def clear(self) -> None:
        """Forget all of them."""
        self._length = 0

    def extend(self, grad: FloatArray | Rows) -> None:
        """Take gradients (length, size), which begin with those seen so far."""
        if len(grad) > len(self._values):
            grown = np.empty(2 * len(grad))
            grown[: self._length] = self._values[: self._length]
            self._values = grown
        self._values[self._length : len(grad)] = row_norms(grad[self._length :])
        self._length = len(grad)

    @property
    def values(self) -> FloatArray:
        """All norms (length,)."""
        return self._values[: self._length]
