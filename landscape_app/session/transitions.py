"""Pure functions that lead from one record to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from time import perf_counter

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import ConfigError
from landscape_app.core.factor import CentredFactor
from landscape_app.core.linear_gradient import ByEquations, FullBatch, has_factor, through_factor
from landscape_app.core.models import Model
from landscape_app.core.optimizers.base import State, Step
from landscape_app.session.config import RunConfig
from landscape_app.session.epochs import ORDERS
from landscape_app.session.problem import Problem
from landscape_app.session.records import Divergence, StepBatch, StepRecord, Timeline
from landscape_app.session.rows import Rows
from landscape_app.session.settings import Schedule, Settings, is_full

#: So many numbers of a rule's state are replayed in some milliseconds: several panels may do so for one frame.
REPLAYED_AT_ONCE = 500_000


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """All that the steps of one run depend on; ``full`` computes loss and gradient over all the data."""

    model: Model
    data: Dataset
    schedule: Schedule
    seed: int
    full: FullBatch

    @classmethod
    def of(cls, config: RunConfig, model: Model, data: Dataset, factor: CentredFactor | None = None) -> "Run":
        """Check ``config`` and fold its changes; ``factor`` saves factoring the data again for fast steps.

        Raises
        ------
        ConfigError
            If a setting is unknown or out of range, or fast steps are asked for where there are none.
        """
        schedule = Schedule(config)
        if config.arithmetic == "equations":
            return cls(model, data, schedule, config.seed, ByEquations(model, data))
        reason = why_not_fast(config, model, data.m)
        if reason:
            raise ConfigError(reason)
        fast = through_factor(model, factor or CentredFactor.of(data.X, data.y))
        return cls(model, data, schedule, config.seed, fast)

    @classmethod
    def on(cls, config: RunConfig, problem: Problem) -> "Run":
        """Return the run of ``config`` on ``problem``, with what that knows of its data."""
        return cls.of(config, problem.model, problem.data, problem.factor)


def why_not_fast(config: RunConfig, model: Model, m: int) -> str:
    """Return one sentence on why there are no fast steps for ``config`` on ``m`` examples, or nothing if there are."""
    if not has_factor(model):
        return (
            "Fast steps are for models that are linear in the features: "
            "choose another model, or steps by the equations."
        )
    if not all(is_full(settings, m) for settings in Schedule(config).all):
        return "Fast steps take all examples at once: choose the full batch, or steps by the equations."
    return ""


def batch_examples(run: Run, settings: Settings, epoch: int, position: int) -> IntArray | None:
    """Return the indices of the batch at ``position`` of ``epoch``; None means all examples as they stand."""
    return batch_at(run.seed, run.data.m, settings.step_size, epoch, position)


def batch_at(seed: int, m: int, size: int | None, epoch: int, position: int) -> IntArray | None:
    """Return the indices of the batch of ``size`` at ``position`` of ``epoch``, of ``m`` examples; None means all."""
    if size is None or size >= m:
        return None
    return ORDERS.order(seed, epoch, m)[position : position + size]


def _loss_and_gradient(run: Run, theta: FloatArray, batch: IntArray | None) -> tuple[float, float, FloatArray]:
    """Return the loss over all the data, the one over ``batch``, and the gradient of that."""
    if batch is None:
        loss, grad = run.full.loss_and_gradient(theta)
        return loss, loss, grad
    batch_loss, grad = run.model.loss_and_gradient(theta, *run.data.examples(batch))
    return run.full.loss(theta), batch_loss, grad


def _measured(run: Run, iteration: int, theta: FloatArray, epoch: int, position: int, state: State) -> StepRecord:
    """Evaluate loss and gradient at ``theta`` for the step that comes next."""
    batch = batch_examples(run, run.schedule.at(iteration), epoch, position)
    loss, batch_loss, grad = _loss_and_gradient(run, theta, batch)
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
    step = Step(record.theta, record.grad, settings.hyper, record.loss, run.full.loss, run.seed)
    theta, state = settings.optimizer.update(step, record.state)
    if run.schedule.restarts_at(record.iteration + 1):
        state = run.schedule.at(record.iteration + 1).optimizer.initial_state(theta)
    return theta, state


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What some steps left: a batch of records, if there are any, and why they ended early, if they did."""

    batch: StepBatch | None
    divergence: Divergence | None = None
    converged: bool = False


def recorded(
    run: Run,
    record: StepRecord,
    count: int,
    *,
    deadline: float = inf,
    tolerance: float | None = None,
    with_first: bool = False,
) -> Recorded:
    """Take up to ``count`` updates from ``record``; the same arguments give the same bits.

    A batch is one iteration. When an epoch's examples are used up the next begins, in a new order. It ends
    early where the next record would not be finite, before a step from a gradient whose norm is below
    ``tolerance``, and after the first step past ``deadline`` (of ``perf_counter``). ``with_first`` packs
    ``record`` too. The steps leave numbers in lists and not a record each, which would cost more than they do.
    """
    rows = Rows(record.iteration if with_first else record.iteration + 1)
    schedule, m, full = run.schedule, run.data.m, run.full
    iteration, theta, grad, loss = record.iteration, record.theta, record.grad, record.loss
    batch_loss, epoch, position, state = record.batch_loss, record.epoch, record.position, record.state
    settings, until = schedule.span(iteration)
    step = Step(theta, grad, settings.hyper, loss, full.loss, run.seed)
    divergence, converged = None, False
    if with_first:
        rows.add(iteration, theta, grad, loss, batch_loss, epoch, position, state)
    with np.errstate(all="ignore"):
        for _ in range(count):
            if tolerance is not None and sqrt(grad.dot(grad)) < tolerance:
                converged = True
                break
            step.theta, step.grad, step.theta_loss = theta, grad, loss
            theta, state = settings.optimizer.update(step, state)
            position += settings.step_size or m
            if position >= m:
                epoch, position = epoch + 1, 0
            iteration += 1
            if iteration >= until:
                settings, until = schedule.span(iteration)
                step.hyper = settings.hyper
                if schedule.restarts_at(iteration):
                    state = settings.optimizer.initial_state(theta)
            batch = None if settings.step_size is None else batch_examples(run, settings, epoch, position)
            if batch is None:
                loss, grad = full.loss_and_gradient(theta)
                batch_loss = loss
            else:
                loss, batch_loss, grad = _loss_and_gradient(run, theta, batch)
            # A sum of squares that is finite has finite terms; it may overflow where they are, so look closely then.
            if not isfinite(loss + theta.dot(theta) + grad.dot(grad)):
                divergence = _divergence(run, iteration, theta, grad, loss)
                if divergence is not None:
                    break
            rows.add(iteration, theta, grad, loss, batch_loss, epoch, position, state)
            if perf_counter() > deadline:
                break
    return Recorded(rows.packed(), divergence, converged)


def next_step(run: Run, record: StepRecord) -> StepRecord | Divergence:
    """Take one update."""
    one = recorded(run, record, 1)
    if one.divergence is not None:
        return one.divergence
    assert one.batch is not None
    return one.batch.tail


def divergence_at(run: Run, record: StepRecord) -> Divergence | None:
    """Say what in ``record`` is not finite, or None if all is."""
    return _divergence(run, record.iteration, record.theta, record.grad, record.loss)


def _divergence(run: Run, iteration: int, theta: FloatArray, grad: FloatArray, loss: float) -> Divergence | None:
    if isfinite(loss) and np.isfinite(theta).all() and np.isfinite(grad).all():
        return None
    names = run.model.layout.scalar_names
    last = max(0, iteration - 1)
    bad = np.flatnonzero(~np.isfinite(theta))
    if bad.size:
        return Divergence(last, names[int(bad[0])], "parameter")
    what = "gradient" if isfinite(loss) else "loss"
    bad = np.flatnonzero(~np.isfinite(grad))
    worst = int(bad[0]) if bad.size and what == "gradient" else int(np.argmax(np.abs(theta)))
    return Divergence(last, names[worst], what)


def steps(run: Run, record: StepRecord) -> Iterator[StepRecord | Divergence]:
    """Yield the records after ``record`` one by one, and a Divergence at last if there is one."""
    while True:
        following = next_step(run, record)
        yield following
        if isinstance(following, Divergence):
            return
        record = following


def quickly_replayed(timeline: Timeline, iteration: int) -> bool:
    """Whether `replayed`, with the step that follows, takes some milliseconds at most; of rules that take no losses."""
    at_hand = timeline.tail is not None and timeline.tail.iteration == iteration
    steps = 1 if at_hand else iteration - timeline.keyframe_before(iteration)[0] + 1
    return steps * timeline.theta.shape[1] <= REPLAYED_AT_ONCE


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
