"""The point at the cursor, as something to be looked at."""

from typing import TYPE_CHECKING

from landscape_app.core.arrays import FloatArray
from landscape_app.session.point_kind import PointWish
from landscape_app.session.settings import Schedule

if TYPE_CHECKING:
    from landscape_app.session.snapshot import Snapshot


def point_wish(shown: "Snapshot", schedule: Schedule) -> PointWish:
    """Return the wish to look at the point at the cursor; its last step counts if it was plain gradient descent."""
    timeline, at = shown.timeline, shown.cursor
    before: FloatArray | None = None
    step: tuple[FloatArray, float] | None = None
    if at > 0:
        before = timeline.theta[at - 1]
        settings = schedule.at(at - 1)
        if settings.optimizer.name == "gradient-descent":
            step = (timeline.grad[at - 1], settings.hyper["learning_rate"])
    return PointWish(shown.problem, at, timeline.theta[at], timeline.theta[0], before, step)
