"""Which points of the box get a symbol: the start, the current point, the optimum, the ground truth."""

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Plane
from landscape_app.session.off_plane import off_plane
from landscape_app.session.problem import Problem
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.surface_box import Box
from landscape_app.views.surface_overlay import Kind, Marker
from landscape_app.views.surface_path import within


def truth_loss(problem: Problem) -> float | None:
    """Return the loss of the parameters that the data were generated with, if this model has such."""
    return None if problem.truth is None else problem.model.loss(problem.truth, problem.data.X, problem.data.y)


def markers(snapshot: Snapshot, plane: Plane, box: Box, truth: float | None) -> tuple[Marker, ...]:
    """Return the markers inside of the box, each at its own true loss, the current point on top of all."""
    problem, timeline = snapshot.problem, snapshot.timeline
    points: list[tuple[Kind, FloatArray, float]] = []
    if problem.truth is not None and truth is not None:
        points.append(("truth", problem.truth, truth))
    if problem.optimum is not None:
        points.append(("optimum", problem.optimum.theta, problem.optimum.loss))
    if snapshot.cursor > 0:
        points.append(("start", timeline.theta[0], float(timeline.loss[0])))
    points.append(("current", snapshot.theta, snapshot.loss))

    xy = plane.project(np.array([theta for _, theta, _ in points]))
    places = box.place(xy[:, 0], xy[:, 1], np.array([loss for _, _, loss in points]))
    seen = within(places)
    beside = off_plane(problem, plane, snapshot.theta, snapshot.loss, snapshot.landscape)
    foot = None
    if beside is not None and np.isfinite(beside.below.value):
        foot = _triple(box.place(xy[-1:, 0], xy[-1:, 1], np.array([beside.below.value]))[0])
    return tuple(
        Marker(kind, _triple(place), foot if kind == "current" else None)
        for (kind, _, _), place, inside in zip(points, places, seen, strict=True)
        if inside
    )


def _triple(place: FloatArray) -> tuple[float, float, float]:
    return float(place[0]), float(place[1]), float(place[2])
