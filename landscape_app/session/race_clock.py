"""The clock of a race: what runs have spent at an iteration, in steps, epochs or evaluations."""

from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.session.records import Timeline
from landscape_app.session.settings import Schedule, is_full

#: "step": updates; "epoch": passes over the data, as examples used / m; "evaluation": losses of one example, of which
#: a gradient counts as two: a forward and a backward pass. What is computed only to be drawn does not count.
RaceUnit = Literal["step", "epoch", "evaluation"]
UNITS: tuple[RaceUnit, ...] = get_args(RaceUnit)
#: What a gradient of one example costs in losses of one example.
GRADIENT_COST = 2.0
#: Rounding in sums of shares of an epoch.
ROUNDING = 1e-9


def spent(timeline: Timeline, schedule: Schedule, m: int, iteration: int, unit: RaceUnit) -> float:
    """Return what the steps up to ``iteration`` of ``timeline`` have spent.

    A last batch that is smaller than the others counts for what it is.
    """
    if unit == "step":
        return float(iteration)
    total = 0.0
    edges = [0, *(at for at in schedule.edges if 0 < at < iteration), iteration]
    for begin, end in pairwise(edges):
        settings = schedule.at(begin)
        if is_full(settings, m):
            used = float((end - begin) * m)
        else:
            (epoch, position), (later, there) = timeline.place(begin), timeline.place(end)
            used = float((later - epoch) * m + there - position)
        cost = GRADIENT_COST if settings.optimizer.uses_gradient else 1.0
        total += used / m if unit == "epoch" else used * cost
    return total


def all_spent(timeline: Timeline, schedule: Schedule, m: int, iterations: IntArray, unit: RaceUnit) -> FloatArray:
    """Return `spent` up to each of ``iterations`` (k,) at once (k,); for one alone that one is quicker."""
    if unit == "step":
        return iterations.astype(np.float64)
    total = np.zeros(len(iterations))
    last = int(iterations.max(initial=0))
    for begin, end in pairwise([0, *(at for at in schedule.edges if 0 < at < last), last]):
        settings = schedule.at(begin)
        inside = np.clip(iterations, begin, end)
        if is_full(settings, m):
            used = (inside - begin) * float(m)
        else:
            place, (epoch, position) = timeline.places(inside), timeline.place(begin)
            used = (place[:, 0] - epoch) * float(m) + (place[:, 1] - position)
        cost = GRADIENT_COST if settings.optimizer.uses_gradient else 1.0
        total += used / m if unit == "epoch" else used * cost
    return total


def iteration_at(timeline: Timeline, schedule: Schedule, m: int, clock: float, unit: RaceUnit) -> int:
    """Return the last recorded iteration up to which no more than ``clock`` has been spent."""
    low, high = 0, timeline.last
    limit = clock * (1.0 + ROUNDING) + ROUNDING
    while low < high:  # what is spent only grows
        middle = (low + high + 1) // 2
        if spent(timeline, schedule, m, middle, unit) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def steps_missing(timeline: Timeline, schedule: Schedule, m: int, clock: float, unit: RaceUnit) -> int:
    """Return about how many more steps have to be recorded until ``clock`` is spent; 0 if it is."""
    have = spent(timeline, schedule, m, timeline.last, unit)
    if timeline.divergence is not None or timeline.full or have + ROUNDING >= clock:
        return 0
    settings = schedule.at(timeline.last)
    size = m if is_full(settings, m) else int(settings.step_size or m)
    cost = GRADIENT_COST if settings.optimizer.uses_gradient else 1.0
    step = {"step": 1.0, "epoch": size / m, "evaluation": size * cost}[unit]
    return max(1, int((clock - have) / step * (1.0 - ROUNDING)))
