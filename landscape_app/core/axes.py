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
        left, singular, right = taken_apart(factor, full.image)
        kept = singular > 0.0
        singular = sealed(singular[kept])
        eigenvalues, directions = sealed(2.0 * singular**2), sealed(right[kept])
        return cls(eigenvalues, directions, full, singular, sealed(left[:, kept].T @ full.rest))

    def slopes(self, theta: FloatArray) -> FloatArray:
        """Return the gradient at ``theta`` (n + 1,) along each of the directions, (r,)."""
        with np.errstate(all="ignore"):  # from far away they can be beyond all numbers
            slopes: FloatArray = 2.0 * self._singular * (self._singular * (self.directions @ theta) + self._rest)
        return slopes


def taken_apart(factor: CentredFactor, image: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the singular value decomposition of the residuals' matrix ``image`` (n + 2, n + 1): left, values, right.

    Values that are zero but for rounding are zero. Data far from zero have small ones that are not, though they are
    below the rounding of the largest: they are the inverse's largest, and full of digits there.
    """
    left, singular, right = np.linalg.svd(image, full_matrices=False)
    small = singular <= np.finfo(np.float64).eps * max(image.shape) * singular[0]
    if not small.any():
        return left, singular, right
    singular = np.where(small, 0.0, singular)
    if _independent(factor):
        n, count = factor.n, int(small.sum())
        back = np.eye(n + 1)
        back[n, :n] = -factor.mean_x
        triangle = factor.R[: n + 1, : n + 1] / np.sqrt(factor.m)
        turned, inverse, other = np.linalg.svd(back @ np.linalg.solve(triangle, np.eye(n + 1)))
        singular[small] = 1.0 / inverse[:count][::-1]
        right[small] = turned[:, :count].T[::-1]
        left[: n + 1, small] = other[:count].T[:, ::-1]
        left[n + 1 :, small] = 0.0
    return left, singular, right


def _independent(factor: CentredFactor) -> bool:
    """Whether no feature is a combination of the others and a constant, as far as their digits tell."""
    features = factor.R[: factor.n, : factor.n]
    sizes = np.maximum(np.linalg.norm(features, axis=0), np.abs(factor.mean_x) * np.sqrt(factor.m))
    if not sizes.all():
        return False
    least = np.linalg.svd(features / sizes, compute_uv=False)[-1]
    return bool(least > np.finfo(np.float64).eps * max(factor.m, factor.n))
