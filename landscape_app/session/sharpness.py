"""The largest curvature along the recorded path, beside the one at which the rule in force begins to diverge."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import largest_eigenvalue_steps
from landscape_app.session.config import RunConfig
from landscape_app.session.problem import Problem
from landscape_app.session.records import Timeline
from landscape_app.session.settings import Schedule
from landscape_app.session.stability import edge_of_stability

#: Iterations at which the curvature is computed, at most.
MOST = 60


def places(last: int, most: int = MOST) -> tuple[int, ...]:
    """Return the iterations to look at: every 1, 2, 5, 10, ... th up to ``last``, so that a longer path keeps most."""
    every = next(f * 10**k for k in count() for f in (1, 2, 5) if last // (f * 10**k) <= most)
    found = list(range(0, last + 1, every))
    return tuple(found if found[-1] == last else [*found, last])


@dataclass(frozen=True, slots=True, eq=False)
class SharpnessWish:
    """The points of a path whose largest curvature is wanted: ``iterations`` of ``timeline``."""

    problem: Problem
    timeline: Timeline
    iterations: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sharpness:
    """λmax at some iterations, in their order: ``values`` (p,); NaN where it is beyond a double.

    ``wanted`` is how many there will be, ``stopped`` says that the rest was given up.
    """

    iterations: tuple[int, ...]
    values: FloatArray
    wanted: int
    stopped: bool = False

    @property
    def busy(self) -> bool:
        """Whether more is to come."""
        return not self.stopped and len(self.iterations) < self.wanted


def sharpness_steps(wish: SharpnessWish) -> Iterator[tuple[int, float] | None]:
    """Yield None after each slice of work, and (iteration, λmax) whenever one more is known."""
    problem = wish.problem
    if problem.optimum is not None:  # a regression's curvature is the same everywhere
        for iteration in wish.iterations:
            yield iteration, problem.optimum.lambda_max
        return
    for iteration in wish.iterations:
        theta = wish.timeline.theta[iteration]
        for value in largest_eigenvalue_steps(problem.model, problem.data, theta):
            yield None if value is None else (iteration, value)


def edge_line(run: RunConfig, last: int) -> tuple[FloatArray, FloatArray]:
    """Return iterations (p,) and the λmax (p,) at which the rule in force there begins to diverge; NaN where none."""
    schedule = Schedule(run)
    changes = {c.iteration for c in run.changes if 0 < c.iteration <= last}
    x = np.array(sorted({*places(last, 4 * MOST), *changes, *(i - 1 for i in changes)}))
    return x.astype(np.float64), np.array([edge_of_stability(schedule.at(int(i))) for i in x])
