"""A race: runs on one landscape and one clock, the run in hand among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session.config import Experiment, RivalConfig, RunConfig, StartConfig
from landscape_app.session.problem import Problem, start_theta
from landscape_app.session.race_clock import RaceUnit, all_spent, iteration_at, spent, steps_missing
from landscape_app.session.records import Divergence, StepBatch, Timeline
from landscape_app.session.settings import Schedule
from landscape_app.session.transitions import Run, divergence_at, first_record, recorded, replayed

#: How close to the best loss of all a run has to come, as a share of what there was to gain from the start.
NEAR = 0.01
#: Steps recorded at most before the window hears of them.
MOST_STEPS = 5_000
#: Iterations of the run in hand at which its costs are reckoned for an axis.
KNOTS = 400
#: Rivals at most: more can't be told apart.
MOST_RIVALS = 24


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lane:
    """One run of the race.

    ``config`` is None for the run in hand. ``timeline`` is None until the start is known; ``at`` is the iteration that
    the clock has come to. ``problem`` says why the run can't be made, else it is empty. ``former``: the data were
    changed in the hand, and this is the run as it was with those before, until that with the new ones has come as far.
    """

    config: RivalConfig | None
    run: RunConfig
    schedule: Schedule | None
    timeline: Timeline | None
    at: int
    problem: str = ""
    former: bool = False

    @property
    def loss(self) -> float:
        """The loss at the clock; not a number while it is not known."""
        return float("nan") if self.timeline is None else float(self.timeline.loss[self.at])

    @property
    def best(self) -> float:
        """The lowest loss up to the clock; not a number while it is not known."""
        return float("nan") if self.timeline is None else float(self.timeline.loss[: self.at + 1].min())

    @property
    def ended(self) -> Divergence | None:
        """Why the run ended before the clock, if it did."""
        if self.timeline is None or self.at < self.timeline.last:
            return None
        return self.timeline.divergence

    @property
    def goes_on(self) -> bool:
        """Whether nothing is known that would end it at the clock."""
        return not self.problem and self.ended is None

    @property
    def visible(self) -> bool:
        """Whether it is drawn."""
        return self.config is None or self.config.visible


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Race:
    """The lanes, the run in hand first, at ``clock`` in ``unit``; ``busy`` while some have not come so far.

    ``lowest`` is the lowest loss that there is, where that is known.
    """

    unit: RaceUnit
    clock: float
    lanes: tuple[Lane, ...]
    m: int
    busy: bool = False
    lowest: float | None = None

    def goal(self) -> float:
        """Return the loss that counts as having arrived: within `NEAR` of the lowest there is.

        Where that is not known it is the best of all up to now.
        """
        known = [lane for lane in self.lanes if lane.timeline is not None and not lane.former]
        best = min(lane.best for lane in known) if self.lowest is None else self.lowest
        first = max(float(lane.timeline.loss[0]) for lane in known if lane.timeline is not None)
        return best + NEAR * (first - best)

    @property
    def heir(self) -> int | None:
        """The rival with the lowest loss that can go on although the run in hand, and the clock with it, has ended.

        None while that one can go on itself, or none can.
        """
        able = [
            i for i, lane in enumerate(self.lanes[1:]) if lane.timeline is not None and lane.goes_on and not lane.former
        ]
        if self.lanes[0].ended is None or not able:
            return None
        return min(able, key=lambda i: self.lanes[i + 1].loss)

    def arrived(self, lane: Lane, goal: float) -> float | None:
        """Return what ``lane`` had spent when its loss first was no more than ``goal``; None if it never was.

        Before there is anything to gain nothing has arrived.
        """
        if lane.timeline is None or lane.schedule is None or self.clock == 0.0:
            return None
        there = lane.timeline.loss[: lane.at + 1] <= goal
        first = int(np.argmax(there))
        return spent(lane.timeline, lane.schedule, self.m, first, self.unit) if there[first] else None


def add_present(experiment: Experiment) -> Experiment:
    """Return the experiment with the run in hand as a rival, too.

    A name goes with the rival: what is in hand is there to be changed.
    """
    rival = left_behind(experiment, free_look(experiment.rivals))
    named: Experiment = with_rivals(experiment, (*experiment.rivals, rival)).but(name="")
    return named


def left_behind(experiment: Experiment, look: int) -> RivalConfig:
    """Return the run in hand as a rival."""
    return RivalConfig(name=experiment.name, start=experiment.start, run=experiment.run, look=look)


def add_rules(experiment: Experiment, run: RunConfig) -> Experiment:
    """Return the experiment with a rival for each rule that follows a gradient, but that of ``run``.

    They have ``run``'s rate, batch, seed and schedule, and else each rule's own defaults.
    """
    rate = Schedule(run).at(0).set_hyper.get("learning_rate")
    rivals = experiment.rivals
    for name, rule in OPTIMIZERS.items():
        if name != run.optimizer and rule.uses_gradient:
            hyper = {} if rate is None else {"learning_rate": rate}
            config = run.but(optimizer=name, hyper=hyper, changes=(), arithmetic="equations")
            rivals = (*rivals, RivalConfig(start=experiment.start, run=config, look=free_look(rivals)))
    return with_rivals(experiment, rivals)


def with_rivals(experiment: Experiment, rivals: tuple[RivalConfig, ...]) -> Experiment:
    """Return the experiment with these rivals, or raise ConfigError where there are too many."""
    if len(rivals) > MOST_RIVALS:
        raise ConfigError(f"A race has {MOST_RIVALS} rivals at most: remove some first.")
    changed: Experiment = experiment.but(rivals=rivals)
    return changed


def free_look(rivals: tuple[RivalConfig, ...]) -> int:
    """Return the lowest number of a look that no rival has."""
    taken = {rival.look for rival in rivals}
    return next(look for look in range(len(taken) + 1) if look not in taken)


def duplicated(experiment: Experiment, index: int) -> Experiment:
    """Return the experiment with the rival at ``index`` a second time, after it."""
    rivals = experiment.rivals
    copy = rivals[index].but(look=free_look(rivals))
    return with_rivals(experiment, (*rivals[: index + 1], copy, *rivals[index + 1 :]))


def removed(experiment: Experiment, index: int) -> Experiment:
    """Return the experiment without the rival at ``index``."""
    return with_rivals(experiment, experiment.rivals[:index] + experiment.rivals[index + 1 :])


def replaced(experiment: Experiment, index: int, **changes: object) -> Experiment:
    """Return the experiment with the rival at ``index`` changed."""
    rivals = list(experiment.rivals)
    rivals[index] = rivals[index].but(**changes)
    return with_rivals(experiment, tuple(rivals))


def gathered(experiment: Experiment) -> Experiment:
    """Return the experiment with all rivals at the start of the run in hand."""
    return with_rivals(experiment, tuple(rival.but(start=experiment.start) for rival in experiment.rivals))


# -- recording ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LaneWish:
    """Record ``count`` more steps of a lane, by its ``key``; from its start if there is no ``timeline`` yet."""

    key: object
    problem: Problem
    start: StartConfig
    run: RunConfig
    timeline: Timeline | None
    count: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LaneNews:
    """What was recorded of the lane ``key``, and why it ended; ``problem`` if it can't be made."""

    key: object
    batch: StepBatch | None = None
    divergence: Divergence | None = None
    problem: str = ""


def lane_steps(wish: LaneWish, seconds: float) -> Iterator[LaneNews | None]:
    """Yield the news of one lane at last, and None after each part of the work, which takes about ``seconds``."""
    try:
        run = Run.on(wish.run, wish.problem)
        start = start_theta(wish.start, wish.problem.model)
    except ConfigError as error:
        yield LaneNews(wish.key, problem=str(error))
        return
    timeline, count = wish.timeline, min(wish.count, MOST_STEPS)
    if timeline is None:
        first = first_record(run, start)
        divergence = divergence_at(run, first)
        if divergence is not None:
            yield LaneNews(wish.key, problem="The loss or its gradient overflows at the start already.")
            return
        yield LaneNews(wish.key, StepBatch.of([first]))
        record = first
    else:
        record = replayed(run, timeline, timeline.last)
    while count > 0:
        found = recorded(run, record, count, deadline=perf_counter() + seconds)
        yield LaneNews(wish.key, found.batch, found.divergence)
        if found.batch is None or found.divergence is not None:
            return
        record = found.batch.tail
        count -= len(found.batch.loss)


def lane_at(
    config: RivalConfig | None,
    run: RunConfig,
    schedule: Schedule | None,
    timeline: Timeline | None,
    m: int,
    clock: float,
    unit: RaceUnit,
    problem: str = "",
) -> tuple[Lane, int]:
    """Return a lane at the clock, and how many steps are missing until it is there; 1 where nothing is recorded yet."""
    if timeline is None or schedule is None:
        return Lane(config, run, schedule, None, 0, problem), 0 if problem else 1
    at = iteration_at(timeline, schedule, m, clock, unit)
    missing = 0 if problem else steps_missing(timeline, schedule, m, clock, unit)
    return Lane(config, run, schedule, timeline, at, problem), missing


class RaceAxis:
    """An axis of the run in hand's iterations, on which other runs stand where that one has spent as much."""

    def __init__(self, race: Race) -> None:
        self._race = race
        hand = race.lanes[0]
        assert hand.timeline is not None
        assert hand.schedule is not None
        last = hand.timeline.last
        self._knots = np.unique(np.linspace(0, last, min(last + 1, KNOTS)).round()).astype(np.int64)
        self._costs = all_spent(hand.timeline, hand.schedule, race.m, self._knots, race.unit)

    def places(self, lane: Lane, iterations: IntArray) -> FloatArray:
        """Return where ``iterations`` (k,) of ``lane`` stand on the axis (k,); beyond its end as it has gone so far."""
        assert lane.timeline is not None
        assert lane.schedule is not None
        if self._race.unit == "step":
            return iterations.astype(np.float64)
        each = all_spent(lane.timeline, lane.schedule, self._race.m, iterations, self._race.unit)
        end, last = float(self._costs[-1]), float(self._knots[-1])
        per_step = end / max(1.0, last) or 1.0
        return np.where(each <= end, np.interp(each, self._costs, self._knots), last + (each - end) / per_step)
