"""How a point beside the map's plane relates to it: never drawn as if it lay in it."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.landscape import Plane
from landscape_app.session.problem import Problem
from landscape_app.session.records import Timeline

#: Weights times examples up to which one loss takes some 2 ms: it is computed where it is drawn.
EXACT_WORK = 400_000
#: Closer than this, as a share of the point's own size, rounding alone keeps it off the plane.
ON_PLANE = 1e-9


@dataclass(frozen=True, slots=True)
class OffPlane:
    """A point's ``distance`` from the plane, and the loss of the plane right below it, NaN if that takes too long.

    ``gap`` is the point's own loss minus that.
    """

    distance: float
    plane_loss: float
    gap: float


def off_plane(problem: Problem, plane: Plane, timeline: Timeline, iteration: int) -> OffPlane | None:
    """Return how the recorded point of ``iteration`` lies to the plane, None if it lies in it."""
    theta = timeline.theta[iteration]
    below = plane.at(*plane.project(theta))
    distance = float(np.linalg.norm(theta - below))
    if not distance > ON_PLANE * float(np.linalg.norm(theta)):
        return None
    plane_loss = float("nan")
    if problem.data.m * problem.model.width <= EXACT_WORK:
        with np.errstate(all="ignore"):
            plane_loss = problem.model.loss(below, problem.data.X, problem.data.y)
    return OffPlane(distance, plane_loss, float(timeline.loss[iteration]) - plane_loss)
