"""A plane as the sigmoid network sees it: which units and output weights change along which direction."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape.plane import Plane
from landscape_app.core.models.two_layer_sigmoid import TwoLayerSigmoid

Units = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SigmoidPlane:
    """The blocks of theta(x, y) = origin + x u + y v, each as (constant part, part along x, part along y).

    ``W1`` (3, k, n), ``b1`` (3, k, 1), ``w2`` (3, k), ``b2`` (3,). Index 0 holds the parameters at the middle of
    the ranges, ``x_mid``, ``y_mid``: coordinates count from there, which keeps the digits of narrow ranges.
    """

    W1: FloatArray
    b1: FloatArray
    w2: FloatArray
    b2: FloatArray
    x_mid: float
    y_mid: float

    @classmethod
    def of(cls, model: TwoLayerSigmoid, plane: Plane, x_mid: float, y_mid: float) -> "SigmoidPlane":
        """Take a plane of ``model`` apart."""
        with np.errstate(over="ignore", invalid="ignore"):
            parts = np.stack((plane.at(x_mid, y_mid), plane.u, plane.v))
        W1, b1, w2, b2 = model.split_many(parts)
        return cls(W1, b1, w2[:, 0, :], b2, x_mid, y_mid)

    @property
    def k(self) -> int:
        """Number of hidden units."""
        return int(self.w2.shape[1])

    def hidden(self, direction: int) -> Units:
        """Return the hidden units whose weights or bias change along x (1) or y (2)."""
        changes = (self.W1[direction] != 0.0).any(axis=1) | (self.b1[direction, :, 0] != 0.0)
        return np.flatnonzero(changes)

    @property
    def touched(self) -> Units:
        """The hidden units that change anywhere on the plane."""
        return np.flatnonzero((self.W1[1:] != 0.0).any(axis=(0, 2)) | (self.b1[1:, :, 0] != 0.0).any(axis=0))

    def output(self, direction: int) -> bool:
        """Whether an output weight or the output bias changes along x (1) or y (2)."""
        return bool((self.w2[direction] != 0.0).any() or self.b2[direction] != 0.0)

    def inputs(self, units: Units, X: FloatArray) -> FloatArray:
        """Return Z of ``units`` (3, len(units), m): Z(x, y) = Z[0] + (x − x_mid) Z[1] + (y − y_mid) Z[2]."""
        Z: FloatArray = self.W1[:, units] @ X
        Z += self.b1[:, units]
        return Z

    def constants(self, units: Units, X: FloatArray) -> FloatArray:
        """Return what yhat has besides ``units`` (3, m), which are all that change: (constant, along x, along y)."""
        still = np.ones(self.k, bool)
        still[units] = False
        sums: FloatArray = self.w2[:, still] @ sigmoid_of(self.W1[0, still] @ X + self.b1[0, still])
        sums += self.b2[:, np.newaxis]
        return sums


def sigmoid_of(Z: FloatArray) -> FloatArray:
    """Return σ(Z) in the place of ``Z``, which is used up; what overflows has the right limit."""
    np.negative(Z, out=Z)
    with np.errstate(over="ignore"):
        np.exp(Z, out=Z)
    Z += 1.0
    return np.divide(1.0, Z, out=Z)
