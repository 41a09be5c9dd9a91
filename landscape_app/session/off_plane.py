"""How a point beside the map's plane relates to it: never drawn as if it lay in it."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, length
from landscape_app.core.landscape import Landscape, Plane
from landscape_app.session.problem import Problem

#: Weights times examples up to which one loss takes some 5 ms at most: it is computed where it is drawn.
EXACT_WORK = 1_000_000
#: Closer than this, as a share of the point's own size, rounding alone keeps it off the plane.
ON_PLANE = 1e-9


@dataclass(frozen=True, slots=True)
class PlaneLoss:
    """The plane's loss at one of its points: ``exact``, or read off the drawn landscape; NaN if neither is there."""

    value: float
    exact: bool


@dataclass(frozen=True, slots=True)
class OffPlane:
    """A point's ``distance`` from the plane, and the loss of the plane right below it.

    ``gap`` is the point's own loss minus that.
    """

    distance: float
    below: PlaneLoss
    gap: float


def plane_loss(problem: Problem, plane: Plane, x: float, y: float, landscape: Landscape | None) -> PlaneLoss:
    """Return the loss at (x, y) of ``plane``; of large data from ``landscape``, if it is that plane's."""
    if problem.data.m * problem.model.width <= EXACT_WORK:
        with np.errstate(all="ignore"):
            return PlaneLoss(problem.model.loss(plane.at(x, y), problem.data.X, problem.data.y), True)
    if landscape is None or not landscape.plane.same_slice(plane):
        return PlaneLoss(float("nan"), False)
    return PlaneLoss(landscape.loss_at(x, y), False)


def is_beside(plane: Plane, theta: FloatArray) -> bool:
    """Whether ``theta`` (size,) lies beside the plane, and not by rounding alone."""
    return plane.distance(theta) > ON_PLANE * length(theta)


def off_plane(
    problem: Problem, plane: Plane, theta: FloatArray, loss: float, landscape: Landscape | None
) -> OffPlane | None:
    """Return how ``theta`` (size,), whose loss is ``loss``, lies to the plane; None if it lies in it."""
    if not is_beside(plane, theta):
        return None
    distance = plane.distance(theta)
    x, y = map(float, plane.project(theta))
    below = plane_loss(problem, plane, x, y, landscape)
    return OffPlane(distance, below, loss - below.value)
