"""Carry a run through to its end at once, for callers without a window."""

from itertools import islice

from landscape_app.core.errors import ConfigError
from landscape_app.session.prepare import Prepared
from landscape_app.session.records import TIMELINE_BUDGET, Divergence, StepBatch, StepRecord, Timeline
from landscape_app.session.transitions import steps

#: Records packed at once: as single objects they would take many times the memory.
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
    upcoming = steps(prepared.run, timeline.tail)
    while timeline.last < iterations and timeline.divergence is None:
        records: list[StepRecord] = []
        divergence: Divergence | None = None
        for following in islice(upcoming, min(PACK, iterations - timeline.last)):
            if isinstance(following, Divergence):
                divergence = following
            else:
                records.append(following)
        if records:
            timeline = timeline.appended(StepBatch.of(records), divergence)
        elif divergence is not None:
            timeline = timeline.diverged(divergence)
    return timeline
