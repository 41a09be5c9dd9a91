"""Which part of which plane the map shows at a moment."""

from dataclasses import dataclass, replace

from landscape_app.core.landscape import Frame, Plane, Range, axis_frame
from landscape_app.session.config import Experiment
from landscape_app.session.problem import Problem, plane_axes
from landscape_app.session.ranges import automatic_ranges, holds, important_points
from landscape_app.session.records import Timeline


@dataclass(frozen=True, slots=True, eq=False)
class MapView:
    """A plane and the ranges shown of it; ``automatic`` ranges follow the path, others the user chose.

    ``held`` is the iteration at which the slice was held fast, None if it follows the cursor.
    """

    plane: Plane
    x_range: Range
    y_range: Range
    automatic: bool = True
    held: int | None = None

    def same_as(self, other: "MapView") -> bool:
        """Whether both show the same points."""
        ranges, others = (self.x_range, self.y_range), (other.x_range, other.y_range)
        return ranges == others and self.held == other.held and self.plane.same_slice(other.plane)


def map_view_at(
    experiment: Experiment,
    problem: Problem,
    timeline: Timeline,
    cursor: int,
    previous: MapView | None,
    seen: int = 0,
    frame: Frame | None = None,
) -> MapView:
    """Return the slice through the point at ``cursor``, or the one held fast; ``previous`` itself if it still serves.

    ``frame`` holds the directions where they are not two parameters. Automatic ranges stay as they are while they
    hold the path, so that the map stands still under it. Without a ``previous`` view they are chosen anew. The
    first ``seen`` records are known to lie in it.
    """
    layout = problem.model.layout
    frame = frame or axis_frame(layout, plane_axes(experiment, layout))
    if previous is not None and previous.plane.frame.same_as(frame):
        frame = previous.plane.frame
    plane = frame.through(timeline.theta[slice_at(experiment, timeline, cursor)])
    held = experiment.plane.through
    stays = held is not None and previous is not None and previous.held == held
    if previous is not None and (previous.plane.same_slice(plane) or (stays and previous.plane.frame is frame)):
        plane = previous.plane  # a held slice stays, even where the record that it was chosen in has changed
    chosen = experiment.plane
    if chosen.x_range is not None and chosen.y_range is not None:
        view = MapView(plane, chosen.x_range, chosen.y_range, automatic=False)
    else:
        view = _automatic(problem, timeline, plane, previous, seen)
        if chosen.x_range is not None or chosen.y_range is not None:
            view = MapView(plane, chosen.x_range or view.x_range, chosen.y_range or view.y_range)
    view = replace(view, held=held)
    return previous if previous is not None and previous.same_as(view) else view


def slice_at(experiment: Experiment, timeline: Timeline, cursor: int) -> int:
    """Return the iteration whose point the slice goes through."""
    through = experiment.plane.through
    return cursor if through is None else min(through, timeline.last)


def _automatic(problem: Problem, timeline: Timeline, plane: Plane, previous: MapView | None, seen: int) -> MapView:
    same_axes = previous is not None and previous.automatic and previous.plane.same_projection(plane)
    if same_axes and previous is not None:
        ranges = (previous.x_range, previous.y_range)
        if holds(ranges, important_points(problem, timeline, plane, seen)):
            return MapView(plane, *ranges)
    return MapView(plane, *automatic_ranges(problem, timeline, plane))
