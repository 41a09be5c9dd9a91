"""Gradient descent at a constant rate on a linear model in closed form: any step at once, without those before it."""

from dataclasses import dataclass
from math import expm1, log1p

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.axes import Axes


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClosedForm:
    """Full-batch gradient descent with the learning rate ``rate`` from ``start`` (n + 1,): w, then b.

    The loss is a quadratic, so that along each eigenvector of its Hessian the distance to the optimum shrinks by
    the factor 1 − ηλ a step: theta_k = theta* + Q (1 − ηλ)ᵏ Qᵀ (theta_0 − theta*). Here it is written as the way
    from the start, theta_k = theta_0 − Q φ_k(λ) Qᵀ g_0 with φ_k(λ) = (1 − (1 − ηλ)ᵏ) / λ, which needs no theta*
    and stays where it is along directions that are flat (λ = 0).
    """

    start: FloatArray
    rate: float
    _axes: Axes
    _slopes: FloatArray  # (r,): the gradient at the start along each axis

    @classmethod
    def of(cls, axes: Axes, start: FloatArray, rate: float) -> "ClosedForm":
        """Return the descent from ``start`` (n + 1,) at ``rate``; what takes long is in the ``axes`` already."""
        return cls(sealed(start.copy()), rate, axes, sealed(axes.slopes(start)))

    @property
    def eigenvalues(self) -> FloatArray:
        """Those of the Hessian that are not zero (r,), from the largest down."""
        return self._axes.eigenvalues

    @property
    def diverges(self) -> bool:
        """Whether the steps grow without end: the rate is beyond 2 / λ for the largest eigenvalue."""
        return bool(self.eigenvalues.size) and self.rate * float(self.eigenvalues[0]) > 2.0

    def theta(self, iteration: int) -> FloatArray:
        """Return theta (n + 1,) after ``iteration`` steps; not finite where it has grown beyond all numbers."""
        lengths = np.array([_length(value, self.rate, iteration) for value in self.eigenvalues.tolist()])
        with np.errstate(all="ignore"):
            return sealed(self.start - (lengths * self._slopes) @ self._axes.directions)

    def loss_and_gradient(self, iteration: int) -> tuple[float, FloatArray]:
        """Return the loss over all the data after ``iteration`` steps, and its gradient (n + 1,)."""
        with np.errstate(all="ignore"):
            return self._axes.full.loss_and_gradient(self.theta(iteration))


def _length(eigenvalue: float, rate: float, iteration: int) -> float:
    """Return φ = (1 − (1 − ηλ)ᵏ) / λ for λ > 0, without cancellation where ηλ is small."""
    share = rate * eigenvalue
    if share < 1.0:
        return -expm1(iteration * log1p(-share)) / eigenvalue
    try:
        return float(1.0 - (1.0 - share) ** iteration) / eigenvalue
    except OverflowError:
        return float("nan")
