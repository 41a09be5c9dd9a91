"""How gradient descent, momentum and Nesterov behave on a quadratic: what one step makes of the error.

Along an eigenvector of the Hessian with eigenvalue λ one step is linear in the error e and the velocity v, so that all
is said by the roots z of its characteristic polynomial: |z| < 1 dies out, z < 0 changes sign at each step, and a pair
of complex roots swings. With s = η λ:

==================  =====================================================  =====================
gradient descent    z = 1 − s                                              stable for s < 2
momentum            z² − (1 + μ − (1 − τ) s) z + μ = 0                     s < 2 (1 + μ) / (1 − τ)
Nesterov            z² − (1 + μ) (1 − s) z + μ (1 − s) = 0                 s < 2 (1 + μ) / (1 + 2 μ)
==================  =====================================================  =====================

Source: Polyak 1964; Nesterov in the form of Sutskever et al. 2013.
"""

from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray

#: The rules whose step is linear in the error and the velocity.
RuleName = Literal["gradient-descent", "momentum", "nesterov"]
#: Golden section steps for the best rate: 0.618⁶⁰ is beyond what a double tells apart.
_SECTIONS = 60


@dataclass(frozen=True, slots=True)
class LinearRule:
    """One of the rules with its momentum μ and dampening τ; a momentum of 0 is plain descent, as in the rules."""

    name: RuleName
    momentum: float = 0.0
    dampening: float = 0.0

    @property
    def _plain(self) -> bool:
        return self.name == "gradient-descent" or self.momentum == 0.0

    @property
    def reach(self) -> float:
        """The largest η λ for which the error dies out: infinite if no gradient ever enters the velocity."""
        mu = self.momentum
        if self._plain:
            return 2.0
        if self.name == "nesterov":
            return 2.0 * (1.0 + mu) / (1.0 + 2.0 * mu)
        return inf if self.dampening >= 1.0 else 2.0 * (1.0 + mu) / (1.0 - self.dampening)

    @property
    def turning(self) -> float:
        """The η λ from which on the error changes sign at each step; infinite if there is none."""
        if self._plain or self.name == "nesterov":
            return 1.0
        return inf if self.dampening >= 1.0 else (1.0 + sqrt(self.momentum)) ** 2 / (1.0 - self.dampening)

    def limit(self, largest: float) -> float:
        """Return the learning rate at which the error along the eigenvalue ``largest`` > 0 begins to grow."""
        return self.reach / largest

    def multipliers(self, rate: float, eigenvalues: FloatArray) -> npt.NDArray[np.complex128]:
        """Return for each of the ``eigenvalues`` (e,) the root that rules: the one of the largest size (e,).

        Of a pair of complex roots it is the one above the axis.
        """
        share = rate * np.asarray(eigenvalues, dtype=np.float64)
        if self._plain:
            return (1.0 - share).astype(np.complex128)
        mu = self.momentum
        if self.name == "nesterov":
            total, product = (1.0 + mu) * (1.0 - share), mu * (1.0 - share)
        else:
            total, product = 1.0 + mu - (1.0 - self.dampening) * share, np.full(share.shape, mu)
        half = total / 2.0
        spread = half * half - product
        root = np.sqrt(np.abs(spread))
        real = half + np.where(half < 0.0, -root, root)
        return np.where(spread >= 0.0, real, half + 1j * root).astype(np.complex128)

    def radius(self, rate: float, eigenvalues: FloatArray) -> float:
        """Return by how much one step multiplies the error in the long run, along the slowest eigenvector."""
        return float(np.abs(self.multipliers(rate, eigenvalues)).max())

    def best_rate(self, smallest: float, largest: float) -> float:
        """Return the rate with the smallest radius for eigenvalues between ``smallest`` > 0 and ``largest``."""
        if self._plain:
            return 2.0 / (smallest + largest)
        if self.name == "momentum":
            if self.dampening >= 1.0:
                return inf
            return 2.0 * (1.0 + self.momentum) / ((1.0 - self.dampening) * (smallest + largest))
        ends = np.array([smallest, largest])
        low, high = 0.0, self.limit(largest)
        part = (sqrt(5.0) - 1.0) / 2.0
        for _ in range(_SECTIONS):  # the radius falls, and then rises
            left, right = high - part * (high - low), low + part * (high - low)
            if self.radius(left, ends) < self.radius(right, ends):
                high = right
            else:
                low = left
        return (low + high) / 2.0

    def equally_best(self, smallest: float, largest: float) -> tuple[float, float] | None:
        """Return the rates between which all have the smallest radius; None where one rate alone has.

        With so much momentum that every eigenvalue between ``smallest`` > 0 and ``largest`` has complex roots their
        product μ alone tells how fast the error dies out: by √μ a step, at any of these rates.
        """
        if self.name != "momentum" or self._plain or self.dampening >= 1.0:
            return None
        low = (1.0 - sqrt(self.momentum)) ** 2 / ((1.0 - self.dampening) * smallest)
        high = self.turning / largest
        return (low, high) if low < high else None

    def named(self, name: RuleName) -> "LinearRule":
        """Return another rule with the same momentum; only heavy ball knows dampening."""
        return replace(self, name=name, dampening=self.dampening if name == "momentum" else 0.0)
