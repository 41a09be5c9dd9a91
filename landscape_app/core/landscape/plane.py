"""A plane through parameter space: two directions, and the point that it goes through."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from landscape_app.core.arrays import FloatArray, frozen, length, sealed
from landscape_app.core.errors import ConfigError
from landscape_app.core.models.parameters import Layout

Range = tuple[float, float]
PlaneKind = Literal["axes", "random", "pca", "hessian", "three-points"]
#: Those whose axes are no parameters.
DIRECTION_KINDS: tuple[PlaneKind, ...] = ("random", "pca", "hessian", "three-points")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frame:
    """Two directions ``u``, ``v`` (size,) and the point ``base`` (size,) that coordinates count from.

    The coordinates of any theta are those of the point of base + x u + y v that is nearest to it,
    ``(theta - base) @ dual`` with ``dual`` (size, 2). Parallel planes of one frame share coordinates, so that a path
    keeps its place while the plane follows it.

    ``x_index``, ``y_index`` are the positions of two parameters in the flat vector, where these are the
    directions; x and y are then the parameters' own values. ``facts`` says how much of the path's variance each
    direction explains ("pca", shares of 1) or the Hessian's eigenvalues ("hessian"). ``remark`` is a sentence on
    what was not as usual, else empty.
    """

    base: FloatArray
    u: FloatArray
    v: FloatArray
    dual: FloatArray
    x_name: str
    y_name: str
    kind: PlaneKind = "axes"
    x_index: int | None = None
    y_index: int | None = None
    facts: tuple[float, float] | None = None
    remark: str = ""

    @classmethod
    def along(
        cls,
        base: FloatArray,
        u: FloatArray,
        v: FloatArray,
        names: tuple[str, str],
        kind: PlaneKind,
        facts: tuple[float, float] | None = None,
        remark: str = "",
    ) -> "Frame":
        """Return the frame of two directions that are not parallel; they need be neither orthogonal nor unit."""
        q, r = np.linalg.qr(np.column_stack((u, v)))
        dual = sealed(np.linalg.solve(r, q.T).T)  # (size, 2): the transposed pseudoinverse
        return cls(frozen(base), frozen(u), frozen(v), dual, *names, kind=kind, facts=facts, remark=remark)

    @property
    def by_parameters(self) -> tuple[int, int] | None:
        """The positions of the two parameters that are the directions, None if these are others."""
        return None if self.x_index is None or self.y_index is None else (self.x_index, self.y_index)

    def project(self, thetas: FloatArray) -> FloatArray:
        """Return the plane coordinates (..., 2) of parameters (..., size)."""
        pair = self.by_parameters
        return thetas[..., list(pair)] if pair is not None else (thetas - self.base) @ self.dual

    def through(self, theta: FloatArray) -> "Plane":
        """Return the plane through the point ``theta`` (size,)."""
        pair = self.by_parameters
        if pair is not None:
            origin = theta.copy()
            origin[list(pair)] = 0.0
        else:
            x, y = self.project(theta)
            origin = theta - x * self.u - y * self.v
        return Plane(self, sealed(origin))

    def same_as(self, other: "Frame") -> bool:
        """Whether every theta has the same coordinates in both."""
        if self.by_parameters is not None:
            return self.by_parameters == other.by_parameters
        return self is other


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plane:
    """All ``origin + x u + y v`` with the directions of ``frame``; ``origin`` (size,) has the coordinates 0, 0."""

    frame: Frame
    origin: FloatArray

    @property
    def u(self) -> FloatArray:
        """The direction (size,) of x."""
        return self.frame.u

    @property
    def v(self) -> FloatArray:
        """The direction (size,) of y."""
        return self.frame.v

    @property
    def x_name(self) -> str:
        """Name of the direction of x."""
        return self.frame.x_name

    @property
    def y_name(self) -> str:
        """Name of the direction of y."""
        return self.frame.y_name

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
        return self.frame.project(thetas)

    def along(self, steps: FloatArray) -> FloatArray:
        """Return how far differences of parameters (..., size) lead along the plane, (..., 2)."""
        pair = self.frame.by_parameters
        return steps[..., list(pair)] if pair is not None else steps @ self.frame.dual

    def distance(self, theta: FloatArray) -> float:
        """Return how far ``theta`` (size,) lies from the plane."""
        return length(theta - self.at(*self.project(theta)))

    def same_projection(self, other: "Plane") -> bool:
        """Whether every theta has the same coordinates in both, so that ranges and paths stay as they are."""
        return self.frame.same_as(other.frame)

    def same_slice(self, other: "Plane") -> bool:
        """Whether both planes hold the same points under the same names."""
        return self.same_projection(other) and np.array_equal(self.origin, other.origin)


def axis_frame(layout: Layout, axes: tuple[str, str]) -> Frame:
    """Return the frame of two named parameters.

    Raises
    ------
    ConfigError
        If a name is unknown, or both are the same.
    """
    x_index, y_index = layout.index(axes[0]), layout.index(axes[1])
    if x_index == y_index:
        raise ConfigError(f"Both axes are {layout.scalar_names[x_index]}: choose two different parameters.")
    dual = np.zeros((2, layout.size))
    dual[[0, 1], [x_index, y_index]] = 1.0
    sealed(dual)
    return Frame(
        base=sealed(np.zeros(layout.size)),
        u=dual[0],
        v=dual[1],
        dual=dual.T,
        x_name=layout.scalar_names[x_index],
        y_name=layout.scalar_names[y_index],
        x_index=x_index,
        y_index=y_index,
    )


def axis_plane(layout: Layout, axes: tuple[str, str], through: FloatArray) -> Plane:
    """Return the plane of two named parameters through the point ``through`` (size,); errors as `axis_frame`."""
    return axis_frame(layout, axes).through(through)


def plane_through(through: FloatArray, base: FloatArray, u: FloatArray, v: FloatArray, names: tuple[str, str]) -> Plane:
    """Return the plane along ``u``, ``v`` through a point, all (size,); coordinates count from near ``base``."""
    return Frame.along(base, u, v, names, "random").through(through)
