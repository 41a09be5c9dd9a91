"""The points that a map marks besides start and cursor: what is best, and what is known to be."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Plane
from landscape_app.session.off_plane import EXACT_WORK, is_beside
from landscape_app.session.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class MarkedPoint:
    """A point ``theta`` (size,) worth a symbol, at ``x`` and ``y`` of the plane, or ``beside`` it.

    ``iteration`` is that of the best record, None for what no run has found.
    """

    kind: Literal["truth", "optimum", "best"]
    theta: FloatArray
    x: float
    y: float
    beside: bool
    iteration: int | None = None


def marked_points(snapshot: Snapshot) -> tuple[MarkedPoint, ...]:
    """Return truth and optimum where there are any; on a plane through three points also the best record."""
    problem, timeline, plane = snapshot.problem, snapshot.timeline, snapshot.map_view.plane
    found = []
    if problem.truth is not None:
        found.append(_marked("truth", problem.truth, plane))
    if problem.optimum is not None:
        found.append(_marked("optimum", problem.optimum.theta, plane))
    if plane.frame.kind == "three-points":
        best = int(np.argmin(timeline.loss))
        found.append(_marked("best", timeline.theta[best], plane, best))
    return tuple(found)


def loss_of(point: MarkedPoint, snapshot: Snapshot) -> float:
    """Return a marked point's own loss; NaN where nobody knows it and computing it would take too long."""
    problem = snapshot.problem
    if point.iteration is not None:
        return float(snapshot.timeline.loss[point.iteration])
    if point.kind == "optimum" and problem.optimum is not None:
        return problem.optimum.loss
    if problem.data.m * problem.model.width > EXACT_WORK:
        return float("nan")
    return problem.model.loss(point.theta, problem.data.X, problem.data.y)


def _marked(
    kind: Literal["truth", "optimum", "best"], theta: FloatArray, plane: Plane, iteration: int | None = None
) -> MarkedPoint:
    x, y = map(float, plane.project(theta))
    return MarkedPoint(kind, theta, x, y, is_beside(plane, theta), iteration)
