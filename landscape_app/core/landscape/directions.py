"""Two directions through parameter space that are no parameters: what all kinds of them have in common."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from landscape_app.core.arrays import FloatArray, frozen, sealed
from landscape_app.core.landscape.plane import Frame

#: Where two directions came from.
DirectionKind = Literal["random", "pca", "hessian", "three-points"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Directions:
    """Orthogonal directions ``u``, ``v`` (size,), with the point ``base`` (size,) from which coordinates count.

    The coordinates of a theta are the least-squares solution (x, y) of ``base + x u + y v = theta``. The
    directions have unit length, random ones the length of theta. ``facts`` are, for ``pca``, the shares (0 to 1)
    of the path's variance along each, for ``hessian`` the two eigenvalues, else None. ``remark`` is a sentence on
    what was degenerate or could not be had, else empty.
    """

    base: FloatArray
    u: FloatArray
    v: FloatArray
    x_name: str
    y_name: str
    kind: DirectionKind
    facts: tuple[float, float] | None = None
    remark: str = ""

    def __post_init__(self) -> None:
        for name in ("base", "u", "v"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def frame(self) -> Frame:
        """Return the coordinates along both directions, which all planes parallel to them share."""
        names = (self.x_name, self.y_name)
        return Frame.along(self.base, self.u, self.v, names, self.kind, self.facts, self.remark)


def unit(vector: FloatArray) -> FloatArray:
    """Return a finite vector that is not 0 at length 1."""
    scaled = vector / np.abs(vector).max()
    return sealed(scaled / np.linalg.norm(scaled))


def across(vector: FloatArray, direction: FloatArray) -> FloatArray:
    """Return the part of ``vector`` that is orthogonal to the unit vector ``direction``."""
    for _ in range(2):  # the second time takes off what rounding left
        vector = vector - (vector @ direction) * direction
    return vector


def completed(direction: FloatArray) -> FloatArray:
    """Return a unit vector orthogonal to the unit vector ``direction``, always the same one.

    It leads along the parameter that matters second most to ``direction``, so that the plane shows something and
    rounding costs nothing: that parameter's share of the direction's squared length is a half at most.
    """
    axis = np.zeros(direction.size)
    axis[np.argsort(-np.abs(direction), kind="stable")[1]] = 1.0
    return unit(across(axis, direction))


def first_axes(size: int) -> tuple[FloatArray, FloatArray]:
    """Return the unit vectors of the first two parameters, (size,) each."""
    axes = sealed(np.eye(2, size))
    return axes[0], axes[1]


def with_fixed_sign(direction: FloatArray) -> FloatArray:
    """Return ``direction`` or its opposite, so that the largest component is positive.

    Among components that are as good as equal the first decides: rounding does not turn a map around.
    """
    sizes = np.abs(direction)
    leading = int(np.argmax(sizes >= (1.0 - 1e-6) * sizes.max()))
    return sealed(-direction) if direction[leading] < 0.0 else direction
