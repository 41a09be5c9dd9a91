"""Random search beside the descent: is it a good idea? Loss against evaluations spent, for both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf, isfinite
from time import perf_counter

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.dataset import Dataset
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.core.rng import candidate_offsets
from landscape_app.session.changes import restarted
from landscape_app.session.config import Experiment, ModelConfig, RunConfig, StartConfig
from landscape_app.session.problem import Loaded, Problem, build_model, start_theta
from landscape_app.session.records import StepRecord
from landscape_app.session.settings import base_settings, is_full
from landscape_app.session.tasks import PART, SHOW_EVERY
from landscape_app.session.transitions import Run, divergence_at, first_record, recorded

#: A gradient is a forward and a backward pass: it counts as so many evaluations of the loss, unless one says otherwise.
GRADIENT_COST = 2
#: Steps of the descent at most: with small batches many would fit into the same work.
MOST_STEPS = 20_000
#: Hidden units, or features, for which it is done again, to see how it grows with the number of parameters.
SIZES = (1, 2, 4, 8, 16)


def _first(spent: FloatArray, reached: npt.NDArray[np.bool_]) -> float:
    found = np.flatnonzero(reached)
    return float(spent[found[0]]) if found.size else inf


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The loss that counts: ``loss`` (k,) from ``spent`` (k,) evaluations on; the first at 0. It never rises."""

    spent: FloatArray
    loss: FloatArray

    def at(self, spent: FloatArray) -> FloatArray:
        """Return the loss after each of ``spent`` >= 0."""
        found: FloatArray = self.loss[np.searchsorted(self.spent, spent, side="right") - 1]
        return found

    def first_at(self, loss: float) -> float:
        """Return what had to be spent for ``loss`` or less; infinity if it was not reached."""
        return _first(self.spent, self.loss <= loss)

    def first_below(self, loss: float) -> float:
        """Return what had to be spent for less than ``loss``; infinity if it was not reached."""
        return _first(self.spent, self.loss < loss)


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """The loss over all the data, ``loss`` (k,), after ``spent`` (k,) gradients over all the data; the first at 0.

    ``whole``: each gradient is over all the data and brings their loss with it. That of the start is a pass forward
    that both have had; each gradient's pass back is paid together with the pass forward at the next point.
    ``diverged_at`` is what was spent with the step whose end is not finite; infinity if there was none.
    """

    spent: FloatArray
    loss: FloatArray
    whole: bool
    diverged_at: float = inf

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return self.spent.size - 1

    def within(self, most: float) -> Trace:
        """Return what counts where it may spend ``most`` gradients.

        Of whole gradients it is the lowest loss, as for the searches. With a batch a step the loss over all the data
        is not known to it, and to look for the lowest would have to be paid: then it is the loss that it stays at or
        below from there to the end of what it may spend, and at the end the one where it is.
        """
        count = int(np.searchsorted(self.spent, most, side="right"))
        loss = self.loss[:count]
        kept = np.minimum.accumulate(loss) if self.whole else np.maximum.accumulate(loss[::-1])[::-1]
        return Trace(self.spent[:count], kept)


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """The comparison for another size: how many ``parameters``, and what the verdict was there."""

    parameters: int
    table: "SearchTable"


@dataclass(frozen=True, slots=True, eq=False)
class SearchWish:
    """Compare ``run`` from ``start`` with so many random ``searches`` of so many ``evaluations`` each.

    Candidates are uniform in start ± ``radius``, as the rule "random search" draws them; the seeds are 0, 1, ...
    ``growing``: do it again for other sizes.
    """

    problem: Problem
    start: StartConfig
    run: RunConfig
    model: ModelConfig
    radius: float
    searches: int
    evaluations: int
    growing: bool = False

    def empty(self) -> "SearchTable":
        """Return the table of which nothing is known yet."""
        return SearchTable(self, None, ())

    def steps(self) -> Iterator["SearchTable | None"]:
        """Yield None after each part of the work, and the table now and then, and at last."""
        return search_steps(self)

    def fits(self, experiment: Experiment, cursor: int) -> bool:
        """Whether it is about the run in hand."""
        return experiment.start == self.start and descent_of(experiment, cursor) == self.run


@dataclass(frozen=True, slots=True, eq=False)
class SearchTable:
    """What is known so far, and which ``share`` of all the work that is."""

    wish: SearchWish
    descent: Descent | None
    searches: tuple[Trace, ...]
    growth: tuple[Growth, ...] = ()
    share: float = 0.0

    def descent_trace(self, cost: float) -> Trace | None:
        """Return what counts of the descent, over gradients, where each counts as ``cost`` evaluations."""
        return None if self.descent is None else self.descent.within(self.wish.evaluations / cost)

    def descent_diverged(self, cost: float) -> bool:
        """Whether the descent diverges within what it may spend."""
        return self.descent is not None and self.descent.diverged_at * cost <= self.wish.evaluations

    def descent_end(self, cost: float) -> float:
        """Return up to how many evaluations it is known what the descent has; one that broke off has what it has."""
        most = float(self.wish.evaluations)
        if self.descent is None or isfinite(self.descent.diverged_at):
            return most
        return min(most, float(self.descent.spent[-1]) * cost)

    def cut_short(self, cost: float) -> bool:
        """Whether the descent made all the steps that it is allowed before all its evaluations were spent."""
        return self.descent_end(cost) < self.wish.evaluations

    def quantiles(self, spent: FloatArray) -> FloatArray:
        """Return the quartiles (3, p) of the searches' lowest losses after each of ``spent``."""
        losses = np.array([trace.at(spent) for trace in self.searches])
        with np.errstate(invalid="ignore"):  # between infinities, as long as searches have found nothing finite
            found: FloatArray = np.quantile(losses, (0.25, 0.5, 0.75), axis=0)
        return np.nan_to_num(found, nan=inf, posinf=inf)

    @property
    def median(self) -> Trace:
        """The median of the searches' lowest losses."""
        changes = np.unique(np.concatenate([trace.spent for trace in self.searches]))
        return Trace(changes, np.median([trace.at(changes) for trace in self.searches], axis=0))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What both have after ``spent`` evaluations, and how much less the better one needed for what the other has.

    ``needed`` evaluations took it there, ``spent / needed`` is the factor. ``descent_wins`` is None if both have the
    same. ``hits`` counts the searches that are as low as the descent or lower. ``stuck``: the other one found nothing
    better than the start; then ``needed`` took the better one below that, and the factor is the least that it can be.
    ``climbed``: the descent is even higher than at the start, which the searches never are: then nothing is needed.
    ``diverged``: the descent did, within what it may spend.
    """

    spent: float
    descent: float
    median: float
    descent_wins: bool | None
    needed: float
    hits: int
    stuck: bool = False
    climbed: bool = False
    diverged: bool = False

    @property
    def factor(self) -> float:
        """How many times as many evaluations the other one needs; infinity where nothing is needed."""
        return self.spent / self.needed if self.needed else inf


def verdict(table: SearchTable, cost: float) -> Verdict | None:
    """Return the verdict where a gradient counts as ``cost`` evaluations; None while either is unknown."""
    trace = table.descent_trace(cost)
    spent, diverged = table.descent_end(cost), table.descent_diverged(cost)
    if trace is None or not table.searches or spent < 1.0:
        return None
    at = np.array([spent])
    descent = float(trace.at(at / cost)[0])
    lowest = np.array([float(search.at(at)[0]) for search in table.searches])
    median, hits = float(np.median(lowest)), int((lowest <= descent).sum())
    if descent == median:
        return Verdict(spent, descent, median, None, spent, hits, diverged=diverged)
    start, descent_wins = table.searches[0].loss[0], descent < median
    better, worse, each = (trace, median, cost) if descent_wins else (table.median, descent, 1.0)
    if worse > start:
        return Verdict(spent, descent, median, descent_wins, 0.0, hits, climbed=True, diverged=diverged)
    stuck = bool(worse == start)
    needed = each * (better.first_below(worse) if stuck else better.first_at(worse))
    return Verdict(spent, descent, median, descent_wins, needed, hits, stuck, diverged=diverged)


def descent_of(experiment: Experiment, cursor: int) -> RunConfig:
    """Return the descent to compare with: the run in hand, or gradient descent if that uses no gradient."""
    run = restarted(experiment.run, cursor)
    if base_settings(run).optimizer.uses_gradient:
        return run
    replaced: RunConfig = run.but(optimizer="gradient-descent", hyper={})
    return replaced


def search_wish(
    experiment: Experiment,
    cursor: int,
    problem: Problem,
    radius: float,
    searches: int,
    evaluations: int,
    growing: bool = False,
) -> SearchWish:
    """Return the comparison for the run in hand.

    Raises
    ------
    ConfigError
        If the radius is none.
    """
    OPTIMIZERS["random-search"].spec("radius").check(radius)
    run = descent_of(experiment, cursor)
    return SearchWish(problem, experiment.start, run, experiment.model, radius, searches, evaluations, growing)


def search_steps(wish: SearchWish) -> Iterator[SearchTable | None]:
    """Compare, first for the run in hand, then for other sizes."""
    sizes = other_sizes(wish) if wish.growing else ()
    parts = 1 + len(sizes)
    table = wish.empty()
    for found in _compared(wish):
        if found is not None:
            table = replace(found, share=found.share / parts)
            yield table
        else:
            yield None
    grown: list[Growth] = []
    for number, make in enumerate(sizes, start=1):
        other = make()
        last = other.empty()
        for found in _compared(other):
            last = last if found is None else found
            yield None
        grown.append(Growth(other.problem.model.layout.size, last))
        yield replace(table, growth=tuple(grown), share=(number + 1) / parts)
    if not sizes:
        yield replace(table, share=1.0)


def _compared(wish: SearchWish) -> Iterator[SearchTable | None]:
    run = Run.on(wish.run, wish.problem)
    theta = start_theta(wish.start, wish.problem.model)
    table, shown = wish.empty(), perf_counter()
    for descent in _descent_steps(run, theta, wish.evaluations):
        if descent is not None:
            table = replace(table, descent=descent)
        yield None
    assert table.descent is not None
    start = float(table.descent.loss[0])  # to the last bit the same for both
    for seed in range(wish.searches):
        for trace in _search_steps(run, theta, start, wish.radius, seed, wish.evaluations):
            if trace is not None:
                table = replace(table, searches=(*table.searches, trace), share=(seed + 1) / wish.searches)
            late = trace is not None and perf_counter() - shown > SHOW_EVERY
            yield table if late else None
            if late:
                shown = perf_counter()
    yield table


def _descent_steps(run: Run, theta: FloatArray, budget: int) -> Iterator[Descent | None]:
    """Descend until ``budget`` gradients over all the data are spent; at last yield what was on the way."""
    record = first_record(run, theta)
    spent, losses = [np.zeros(1)], [np.array([record.loss if isfinite(record.loss) else inf])]
    diverged_at = inf if divergence_at(run, record) is None else 0.0
    gone, steps, m = 0.0, 0, run.data.m
    while not isfinite(diverged_at) and gone < budget and steps < MOST_STEPS:
        made = recorded(run, record, MOST_STEPS - steps, deadline=perf_counter() + PART)
        if made.batch is not None:
            record = made.batch.tail
            used = _examples_used(made.batch.place, m)
            spent.append(used / m)
            losses.append(made.batch.loss)
            gone, steps = float(used[-1]) / m, record.iteration
        if made.divergence is not None:
            diverged_at = _spent_after(run, record)
        yield None
    whole = np.concatenate(spent)
    kept = int(np.searchsorted(whole, budget)) + 1  # with the step that reaches the budget
    full = is_full(run.schedule.at(0), m)
    yield Descent(sealed(whole[:kept]), sealed(np.concatenate(losses)[:kept]), full, diverged_at)


def _spent_after(run: Run, record: StepRecord) -> float:
    """Return how many gradients over all the data are spent with the step that follows ``record``."""
    m = run.data.m
    end = record.position + (run.schedule.at(record.iteration).step_size or m)
    return record.epoch + min(end, m) / m


def _examples_used(place: IntArray, m: int) -> FloatArray:
    """Return how many examples all gradients up to each record have taken: place (s, 2) is epoch and position."""
    return np.asarray(place[:, 0] * float(m) + place[:, 1], dtype=np.float64)


def _search_steps(
    run: Run, theta: FloatArray, lowest: float, radius: float, seed: int, budget: int
) -> Iterator[Trace | None]:
    """Try ``budget`` candidates around ``theta``, where the loss is ``lowest``; at last yield what was lowest."""
    loss = run.full.loss
    spent, losses, t = [0.0], [lowest], 0
    while t < budget:
        deadline = perf_counter() + PART
        with np.errstate(all="ignore"):
            while t < budget:
                t += 1
                value = loss(theta + radius * candidate_offsets(seed, t, theta.size))
                if isfinite(value) and value < lowest:
                    lowest = value
                    spent.append(float(t))
                    losses.append(value)
                if perf_counter() > deadline:
                    break
        if t < budget:
            yield None
    yield Trace(sealed(np.array(spent)), sealed(np.array(losses)))


def other_sizes(wish: SearchWish) -> tuple[Callable[[], SearchWish], ...]:
    """Return what makes the comparison for each other size: hidden units of a network, features of a regression."""
    start = wish.start
    if start.method == "values":  # they fit this size alone
        method = "xavier" if wish.problem.model.has_hidden else "normal"
        start = StartConfig.model_validate({"method": method, "seed": start.seed})
    if wish.problem.model.has_hidden:
        return tuple(_maker(wish, start, wish.problem.data, wish.model.but(hidden=k)) for k in SIZES)
    n = wish.problem.data.n
    counts = tuple(k for k in SIZES if k < n)
    if not counts:
        return ()
    model = wish.model.but(name="multivariate")
    return tuple(_maker(wish, start, wish.problem.data, model, k) for k in (*counts, n))


def _maker(
    wish: SearchWish, start: StartConfig, data: Dataset, model: ModelConfig, features: int | None = None
) -> Callable[[], SearchWish]:
    def make() -> SearchWish:
        part = data if features is None else _first_features(data, features)
        # By the equations: factoring large data anew would take the worker too long at a time.
        problem = Problem(Loaded(part), build_model(model, part.n), None)
        run = wish.run.but(arithmetic="equations")
        return replace(wish, problem=problem, start=start, run=run, model=model, growing=False)

    return make


def _first_features(data: Dataset, count: int) -> Dataset:
    """Return the data with the first ``count`` features alone."""
    return Dataset(data.X[:count], data.y, data.feature_names[:count], data.target_name)
