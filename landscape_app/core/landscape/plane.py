"""A plane through parameter space: an origin and two directions."""

from dataclasses import dataclass, field

import numpy as np

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.core.errors import ConfigError
from landscape_app.core.models.parameters import Layout


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plane:
    """All ``origin + x u + y v``; on a pair of parameters x and y are the parameters' own values.

    ``origin``, ``u``, ``v`` have shape (size,). ``x_index``, ``y_index`` are the positions of the two
    parameters in the flat vector.
    """

    origin: FloatArray
    u: FloatArray
    v: FloatArray
    x_name: str
    y_name: str
    x_index: int
    y_index: int
    #: Parameters off the plane exist, so that the map is one slice among many.
    is_slice: bool = field(default=False)

    def thetas(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the parameters (p, size) at the points ``x`` (p,), ``y`` (p,)."""
        return self.origin + x[:, np.newaxis] * self.u + y[:, np.newaxis] * self.v

    def project(self, thetas: FloatArray) -> FloatArray:
        """Return the plane coordinates (..., 2) of parameters (..., size)."""
        return thetas[..., [self.x_index, self.y_index]]

    def same_slice(self, other: "Plane") -> bool:
        """Whether both planes hold the same points under the same names."""
        return (
            self.x_index == other.x_index
            and self.y_index == other.y_index
            and np.array_equal(self.origin, other.origin)
        )


def axis_plane(layout: Layout, axes: tuple[str, str], through: FloatArray) -> Plane:
    """Return the plane of two named parameters through the point ``through`` (size,).

    Raises
    ------
    ConfigError
        If a name is unknown, or both are the same.
    """
    x_index, y_index = layout.index(axes[0]), layout.index(axes[1])
    if x_index == y_index:
        raise ConfigError(f"Both axes are {layout.scalar_names[x_index]}: choose two different parameters.")
    origin = through.copy()
    origin[[x_index, y_index]] = 0.0
    unit = np.eye(1, layout.size)[0]
    return Plane(
        origin=frozen(origin),
        u=frozen(np.roll(unit, x_index)),
        v=frozen(np.roll(unit, y_index)),
        x_name=layout.scalar_names[x_index],
        y_name=layout.scalar_names[y_index],
        x_index=x_index,
        y_index=y_index,
        is_slice=layout.size > 2,
    )
