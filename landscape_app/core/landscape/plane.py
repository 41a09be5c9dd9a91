"""A plane through parameter space: an origin and two directions."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, frozen, sealed
from landscape_app.core.errors import ConfigError
from landscape_app.core.models.parameters import Layout


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plane:
    """All ``origin + x u + y v``; on a pair of parameters x and y are the parameters' own values.

    ``origin``, ``u``, ``v`` have shape (size,). ``dual`` (size, 2) and ``zero`` (2,) lead back: the plane
    coordinates of any theta, in the plane or not, are those of the nearest point of the plane,
    ``theta @ dual - zero``. ``x_index``, ``y_index`` are the positions of the two parameters in the flat
    vector, None where the directions are not two parameters.
    """

    origin: FloatArray
    u: FloatArray
    v: FloatArray
    dual: FloatArray
    zero: FloatArray
    x_name: str
    y_name: str
    x_index: int | None = None
    y_index: int | None = None

    @property
    def is_slice(self) -> bool:
        """Whether there are parameters off the plane, so that the map is one slice among many."""
        return self.origin.size > 2

    def thetas(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the parameters (p, size) at the points ``x`` (p,), ``y`` (p,)."""
        return self.origin + x[:, np.newaxis] * self.u + y[:, np.newaxis] * self.v

    def at(self, x: float, y: float) -> FloatArray:
        """Return the parameters (size,) at one point."""
        theta: FloatArray = self.origin + x * self.u + y * self.v
        return theta

    def project(self, thetas: FloatArray) -> FloatArray:
        """Return the plane coordinates (..., 2) of the points nearest to parameters (..., size)."""
        if self.x_index is not None and self.y_index is not None:
            return thetas[..., [self.x_index, self.y_index]]
        return self.along(thetas) - self.zero

    def along(self, steps: FloatArray) -> FloatArray:
        """Return how far differences of parameters (..., size) lead along the plane, (..., 2)."""
        if self.x_index is not None and self.y_index is not None:
            return steps[..., [self.x_index, self.y_index]]
        return steps @ self.dual

    def distance(self, theta: FloatArray) -> float:
        """Return how far ``theta`` (size,) lies from the plane."""
        return float(np.linalg.norm(theta - self.at(*self.project(theta))))

    def same_projection(self, other: "Plane") -> bool:
        """Whether every theta has the same coordinates in both, so that ranges and paths stay as they are."""
        if self.x_index is not None or other.x_index is not None:
            return (self.x_index, self.y_index) == (other.x_index, other.y_index)
        same_directions = self.u is other.u and self.v is other.v
        return same_directions and np.array_equal(self.zero, other.zero)

    def same_slice(self, other: "Plane") -> bool:
        """Whether both planes hold the same points under the same names."""
        return self.same_projection(other) and np.array_equal(self.origin, other.origin)


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
    dual = np.zeros((layout.size, 2))
    dual[[x_index, y_index], [0, 1]] = 1.0
    dual = frozen(dual)
    return Plane(
        origin=frozen(origin),
        u=dual[:, 0],
        v=dual[:, 1],
        dual=dual,
        zero=frozen(np.zeros(2)),
        x_name=layout.scalar_names[x_index],
        y_name=layout.scalar_names[y_index],
        x_index=x_index,
        y_index=y_index,
    )


def plane_through(
    through: FloatArray, base: FloatArray, u: FloatArray, v: FloatArray, names: tuple[str, str]
) -> Plane:
    """Return the plane along ``u``, ``v`` through a point; coordinates count from the point nearest to ``base``.

    All arrays have shape (size,). Slices through other points have the same coordinates, so that a path keeps
    its place while the slice follows it. ``u`` and ``v`` need be neither orthogonal nor of unit length.
    """
    directions = np.column_stack((u, v))  # (size, 2)
    q, r = np.linalg.qr(directions)
    dual = np.linalg.solve(r, q.T).T  # (size, 2): the rows of the pseudoinverse
    x, y = (through - base) @ dual
    return Plane(
        origin=sealed(through - x * u - y * v),
        u=frozen(u),
        v=frozen(v),
        dual=sealed(dual),
        zero=sealed(base @ dual),
        x_name=names[0],
        y_name=names[1],
    )
