"""Which directions span the map: what they depend on, and how they are found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Frame, PlaneKind, axis_frame
from landscape_app.core.landscape.directions import Directions
from landscape_app.core.landscape.directions_hessian import hessian_directions
from landscape_app.core.landscape.directions_principal import principal_directions
from landscape_app.core.landscape.directions_random import random_directions
from landscape_app.core.landscape.directions_three_points import three_point_directions
from landscape_app.session.config import Experiment
from landscape_app.session.problem import Problem, plane_axes
from landscape_app.session.records import Timeline


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FrameWish:
    """All that the directions of a map depend on. ``points`` are parameters (size,); a path for "pca" alone.

    ``anchor`` is the iteration that was chosen with the plane.
    """

    kind: PlaneKind
    seed: int
    problem: Problem
    points: tuple[FloatArray, ...]
    path: Timeline | None = None
    anchor: int | None = None

    def same_as(self, other: "FrameWish") -> bool:
        """Whether both lead to the same directions."""
        if (self.kind, self.seed) != (other.kind, other.seed) or self.problem is not other.problem:
            return False
        if self.path is not None and other.path is not None:
            return self.path.length == other.path.length and self.path.continues(other.path)
        return all(map(np.array_equal, self.points, other.points))

    def asks_as(self, other: "FrameWish") -> bool:
        """Whether the user asks for the same; another path or start may lead to other directions all the same."""
        mine, theirs = (self.kind, self.seed, self.anchor), (other.kind, other.seed, other.anchor)
        return mine == theirs and self.problem is other.problem

    @property
    def quick(self) -> bool:
        """Whether the directions are there at once, without a worker."""
        return self.kind in ("random", "three-points")


def frame_wish(experiment: Experiment, problem: Problem, timeline: Timeline) -> FrameWish | None:
    """Return what spans the map, or None if it is two parameters; of two parameters there is one plane only."""
    plane = experiment.plane
    if plane.kind == "axes" or problem.model.layout.size <= 2:
        return None
    here = timeline.theta[anchor_of(experiment, timeline)]
    if plane.kind == "random":
        return FrameWish(plane.kind, plane.seed, problem, (timeline.theta[0],))
    if plane.kind == "pca":
        return FrameWish(plane.kind, 0, problem, (), timeline, plane.anchor)
    if plane.kind == "hessian":
        return FrameWish(plane.kind, 0, problem, (here,), anchor=plane.anchor)
    best = timeline.theta[int(np.argmin(timeline.loss))]
    return FrameWish(plane.kind, 0, problem, (timeline.theta[0], here, best), anchor=plane.anchor)


def anchor_of(experiment: Experiment, timeline: Timeline) -> int:
    """Return the iteration that the Hessian, or the third of three points, is taken at."""
    anchor = experiment.plane.anchor
    return timeline.last if anchor is None else min(anchor, timeline.last)


def frame_steps(wish: FrameWish) -> Iterator[Frame | None]:
    """Yield None after each slice of work, and at last the frame."""
    for found in _directions(wish):
        frame = None if found is None else found.frame()
        if frame is not None and wish.path is not None:  # the path may have gone on when somebody reads this
            frame = replace(frame, remark=f"up to iteration {wish.path.last:,}")
        yield frame


def _directions(wish: FrameWish) -> Iterator[Directions | None]:
    model, data = wish.problem.model, wish.problem.data
    if wish.kind == "random":
        return iter((random_directions(model.layout, wish.points[0], wish.seed),))
    if wish.kind == "hessian":
        return hessian_directions(model, data, wish.points[0])
    if wish.path is not None:
        return principal_directions(tuple(wish.path.theta.pieces()))
    return iter((three_point_directions(*wish.points),))


def found_frame(wish: FrameWish) -> Frame:
    """Return the frame at once, for callers without a window to keep alive."""
    return next(frame for frame in frame_steps(wish) if frame is not None)


def frame_at_once(experiment: Experiment, problem: Problem, timeline: Timeline) -> Frame:
    """Return what spans the map of ``experiment``, whatever it takes."""
    wish = frame_wish(experiment, problem, timeline)
    layout = problem.model.layout
    return axis_frame(layout, plane_axes(experiment, layout)) if wish is None else found_frame(wish)
