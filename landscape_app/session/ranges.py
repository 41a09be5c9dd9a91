"""Which part of the plane to show when nobody has chosen: what matters, with a margin."""

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Plane, Range
from landscape_app.session.problem import Problem
from landscape_app.session.records import Timeline

#: Part of the extent that is left free on each side.
MARGIN = 0.18
#: Points of the path whose loss is this many times the start's are a divergence: they don't set the range.
RUNAWAY = 4.0
#: Half-width, as a multiple of the values' own size, where there is a single point to show.
LONELY = 0.75


def important_points(problem: Problem, timeline: Timeline, plane: Plane, seen: int = 0) -> FloatArray:
    """Return the plane coordinates (p, 2) of start, path (from record ``seen`` on), optimum and ground truth."""
    path = timeline.path_on(plane)
    tame = timeline.loss[seen:] <= RUNAWAY * timeline.loss[0]
    points = [path[seen:][tame], path[:1]]
    if problem.optimum is not None:
        points.append(plane.project(problem.optimum.theta)[np.newaxis])
    if problem.truth is not None:
        points.append(plane.project(problem.truth)[np.newaxis])
    return np.vstack(points)


def automatic_ranges(problem: Problem, timeline: Timeline, plane: Plane) -> tuple[Range, Range]:
    """Return x and y ranges that hold the start, the path, the optimum and the ground truth."""
    everything = important_points(problem, timeline, plane)
    low, high = everything.min(axis=0), everything.max(axis=0)
    half = 0.5 * (high - low)
    # What counts as wide depends on the parameters' own size; where they are all 0 there is only 1 to go by.
    size = np.maximum(np.abs(low), np.abs(high))
    size = np.where(size > 0.0, size, size.max() or 1.0)
    half = np.maximum(half, 1e-3 * size)
    # Without an optimum to look at, a map of the neighbourhood says more than one of a short path.
    if plane.is_slice or problem.optimum is None:
        half = np.maximum(half, LONELY * size)
    if problem.model.has_hidden:  # a network's parameters are of one kind: one that hardly moved is no hair's width
        half = np.maximum(half, 0.3 * half.max())
    centre = 0.5 * (low + high)
    return _widened(centre[0], half[0]), _widened(centre[1], half[1])


def _widened(centre: float, half: float) -> Range:
    reach = float(half) * (1.0 + 2.0 * MARGIN)
    return float(centre) - reach, float(centre) + reach


def holds(outer: tuple[Range, Range], points: FloatArray) -> bool:
    """Whether all ``points`` (p, 2) lie inside the ranges, a sliver at the border aside."""
    for axis, (low, high) in enumerate(outer):
        sliver = 0.02 * (high - low)
        values = points[:, axis]
        if values.size and (values.min() < low + sliver or values.max() > high - sliver):
            return False
    return True
