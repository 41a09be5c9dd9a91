"""Carry a run through to its end at once, for callers without a window."""

from landscape_app.core.errors import ConfigError
from landscape_app.session.prepare import Prepared
from landscape_app.session.records import TIMELINE_BUDGET, Timeline
from landscape_app.session.transitions import recorded

#: Records packed at once.
PACK = 1000


def run_to_end(prepared: Prepared, iterations: int) -> Timeline:
    """Return the timeline after ``iterations`` updates, or up to the last finite one if the run diverges.

    Raises
    ------
    ConfigError
        If so many records would not fit into the memory that a timeline may use.
    """
    timeline = prepared.timeline
    assert timeline.tail is not None
    row = 8 * (2 * timeline.tail.theta.size + 4)
    if iterations * row > TIMELINE_BUDGET:
        raise ConfigError(
            f"{iterations:,} iterations of {timeline.tail.theta.size:,} parameters do not fit into memory: "
            f"--iterations can be {TIMELINE_BUDGET // row - 1:,} at most."
        )
    while timeline.last < iterations and timeline.divergence is None:
        assert timeline.tail is not None
        more = recorded(prepared.run, timeline.tail, min(PACK, iterations - timeline.last))
        if more.batch is not None:
            timeline = timeline.appended(more.batch, more.divergence)
        elif more.divergence is not None:
            timeline = timeline.diverged(more.divergence)
    return timeline
