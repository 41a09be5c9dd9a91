"""The axes of a linear model's loss, which is a quadratic: its curvatures and their directions, the same everywhere."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.factor import CentredFactor
from landscape_app.core.linear_gradient import ThroughFactor


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Axes:
    """``eigenvalues`` (r,) of the Hessian that are not zero, from the largest down, with ``directions`` (r, n + 1).

    ``full`` computes the loss and its gradient.
    """

    eigenvalues: FloatArray
    directions: FloatArray
    full: ThroughFactor
    _singular: FloatArray  # (r,): of the residuals' matrix, whose squares the eigenvalues are but for a factor
    _rest: FloatArray  # (r,): what the residuals of theta = 0 have of each

    @classmethod
    def of(cls, factor: CentredFactor) -> "Axes":
        """Take the residuals' matrix apart; the Hessian itself, which would square its condition, is not made."""
        full = ThroughFactor(factor)
        left, singular, right = np.linalg.svd(full.image, full_matrices=False)
        kept = singular > np.finfo(np.float64).eps * max(full.image.shape) * singular[0]
        singular = sealed(singular[kept])
        eigenvalues, directions = sealed(2.0 * singular**2), sealed(right[kept])
        return cls(eigenvalues, directions, full, singular, sealed(left[:, kept].T @ full.rest))

    def slopes(self, theta: FloatArray) -> FloatArray:
        """Return the gradient at ``theta`` (n + 1,) along each of the directions, (r,)."""
        with np.errstate(all="ignore"):  # from far away they can be beyond all numbers
            slopes: FloatArray = 2.0 * self._singular * (self._singular * (self.directions @ theta) + self._rest)
        return slopes
