"""Pure functions that lead from one record to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.dataset import Dataset
from landscape_app.core.models import Model
from landscape_app.core.optimizers.base import State, Step
from landscape_app.core.rng import batch_order
from landscape_app.session.config import RunConfig
from landscape_app.session.records import Divergence, StepRecord, Timeline
from landscape_app.session.settings import Schedule, Settings


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """All that the steps of one run depend on."""

    model: Model
    data: Dataset
    schedule: Schedule
    seed: int

    @classmethod
    def of(cls, config: RunConfig, model: Model, data: Dataset) -> "Run":
        """Check ``config`` and fold its changes."""
        return cls(model, data, Schedule(config), config.seed)


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, m: int) -> IntArray:
    """Keep the order of the epochs in use, a permutation costs more than a small step."""
    order = batch_order(seed, epoch, m)
    order.flags.writeable = False
    return order


def batch_examples(run: Run, settings: Settings, epoch: int, position: int) -> IntArray | None:
    """Return the indices of the batch at ``position`` of ``epoch``; None means all examples as they stand."""
    size, m = settings.batch_size, run.data.m
    if size is None or size >= m:
        return None
    return _order(run.seed, epoch, m)[position : position + size]


def _measured(run: Run, iteration: int, theta: FloatArray, epoch: int, position: int, state: State) -> StepRecord:
    """Evaluate loss and gradient at ``theta`` for the step that comes next."""
    data = run.data
    batch = batch_examples(run, run.schedule.at(iteration), epoch, position)
    if batch is None:
        loss, grad = run.model.loss_and_gradient(theta, data.X, data.y)
        batch_loss = loss
    else:
        loss = run.model.loss(theta, data.X, data.y)
        batch_loss, grad = run.model.loss_and_gradient(theta, *data.examples(batch))
    return StepRecord(iteration, sealed(theta), sealed(grad), loss, batch_loss, epoch, position, state)


def first_record(run: Run, theta: FloatArray) -> StepRecord:
    """Return record 0 at the start ``theta`` (size,)."""
    state = run.schedule.at(0).optimizer.initial_state(theta)
    with np.errstate(all="ignore"):
        return _measured(run, 0, theta.copy(), 0, 0, state)


def remeasured(run: Run, record: StepRecord) -> StepRecord:
    """Return ``record`` as it is under the run's present settings: another batch, another rule's state."""
    state = record.state
    # A rule changed at the very start leaves no trace in the changes: it is the run's own rule from then on.
    if record.iteration == 0 or run.schedule.restarts_at(record.iteration):
        state = run.schedule.at(record.iteration).optimizer.initial_state(record.theta)
    with np.errstate(all="ignore"):
        return _measured(run, record.iteration, record.theta, record.epoch, record.position, state)


def updated(run: Run, record: StepRecord) -> tuple[FloatArray, State]:
    """Return theta and the rule's state after the update from ``record``."""
    settings = run.schedule.at(record.iteration)

    def full_loss(theta: FloatArray) -> float:
        return run.model.loss(theta, run.data.X, run.data.y)

    step = Step(record.theta, record.grad, settings.hyper, record.loss, full_loss, run.seed)
    theta, state = settings.optimizer.update(step, record.state)
    if run.schedule.restarts_at(record.iteration + 1):
        state = run.schedule.at(record.iteration + 1).optimizer.initial_state(theta)
    return theta, state


def next_step(run: Run, record: StepRecord) -> StepRecord | Divergence:
    """Take one update by the section's equations; the same arguments give the same bits.

    A batch is one iteration. When an epoch's examples are used up the next begins, in a new order.
    """
    settings = run.schedule.at(record.iteration)
    m = run.data.m
    with np.errstate(all="ignore"):
        theta, state = updated(run, record)
        used = m if settings.batch_size is None else settings.batch_size
        epoch, position = record.epoch, record.position + used
        if position >= m:
            epoch, position = epoch + 1, 0
        following = _measured(run, record.iteration + 1, theta, epoch, position, state)
    return divergence_at(run, following) or following


def divergence_at(run: Run, record: StepRecord) -> Divergence | None:
    """Say what in ``record`` is not finite, or None if all is."""
    names = run.model.layout.scalar_names
    if np.isfinite(record.loss) and np.isfinite(record.theta).all() and np.isfinite(record.grad).all():
        return None
    last = max(0, record.iteration - 1)
    bad = np.flatnonzero(~np.isfinite(record.theta))
    if bad.size:
        return Divergence(last, names[int(bad[0])], "parameter")
    what = "gradient" if np.isfinite(record.loss) else "loss"
    bad = np.flatnonzero(~np.isfinite(record.grad))
    worst = int(bad[0]) if bad.size and what == "gradient" else int(np.argmax(np.abs(record.theta)))
    return Divergence(last, names[worst], what)


def steps(run: Run, record: StepRecord) -> Iterator[StepRecord | Divergence]:
    """Yield the records after ``record`` one by one, and a Divergence at last if there is one."""
    while True:
        following = next_step(run, record)
        yield following
        if isinstance(following, Divergence):
            return
        record = following


def replayed(run: Run, timeline: Timeline, iteration: int) -> StepRecord:
    """Return the record of ``iteration`` with the rule's state, from the last keyframe before it.

    The recorded gradients are used again, and every bit is as it was. Only random search evaluates its
    candidates' losses once more.
    """
    if timeline.tail is not None and timeline.tail.iteration == iteration:
        return timeline.tail
    at, state = timeline.keyframe_before(iteration)
    with np.errstate(all="ignore"):
        while at < iteration:
            _, state = updated(run, timeline.record_at(at, state))
            at += 1
    return timeline.record_at(iteration, state)
