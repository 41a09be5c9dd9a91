"""Random search beside descent, against the rule itself stepped one by one and against direct computation."""

from dataclasses import replace
from itertools import islice
from math import inf

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError
from landscape_app.core.rng import candidate_offsets
from landscape_app.session.config import (
    Change,
    DataConfig,
    Experiment,
    ModelConfig,
    RunConfig,
    StartConfig,
    default_experiment,
)
from landscape_app.session.prepare import prepare
from landscape_app.session.records import Divergence
from landscape_app.session.search import SIZES, Descent, SearchTable, SearchWish, Trace, search_wish, verdict
from landscape_app.session.transitions import steps

SIGMOID = Experiment(
    data=DataConfig(name="product", seed=1, examples=30),
    model=ModelConfig(name="two-layer-sigmoid", hidden=2),
    start=StartConfig(method="xavier", seed=2),
    run=RunConfig(optimizer="adam", hyper={"learning_rate": 0.05}, batch_size=7),
)


def wish_of(experiment: Experiment, evaluations: int, searches: int = 5, growing: bool = False) -> SearchWish:
    prepared = prepare(experiment)
    return search_wish(prepared.experiment, 0, prepared.problem, 2.0, searches, evaluations, growing)


def finished(wish: SearchWish) -> SearchTable:
    tables = [table for table in wish.steps() if table is not None]
    assert [table.share for table in tables] == sorted(table.share for table in tables)
    assert tables[-1].share == 1.0
    return tables[-1]


def losses_of(experiment: Experiment, count: int) -> list[float]:
    """Return the losses of the first ``count`` steps, made one by one."""
    prepared = prepare(experiment)
    record = prepared.timeline.tail
    assert record is not None
    losses = [record.loss]
    for following in islice(steps(prepared.run, record), count):
        if isinstance(following, Divergence):
            break
        losses.append(following.loss)
    return losses


@pytest.mark.parametrize("experiment", [default_experiment(), SIGMOID], ids=["line", "sigmoid"])
def test_that_each_search_is_the_rule_with_its_seed(experiment: Experiment) -> None:
    table = finished(wish_of(experiment, 60, searches=3))
    for seed, trace in enumerate(table.searches):
        run = RunConfig(optimizer="random-search", hyper={"radius": 2.0}, seed=seed)
        stepped = losses_of(experiment.but(run=run), 60)
        assert trace.at(np.arange(61.0)) == pytest.approx(stepped, rel=1e-12)


def test_that_each_search_is_the_lowest_of_its_candidates() -> None:
    prepared = prepare(default_experiment())
    X, y = prepared.problem.data.X[0], prepared.problem.data.y[0]
    start = prepared.timeline.theta[0]

    def loss(theta: FloatArray) -> float:
        return float(np.mean((theta[0] * X + theta[1] - y) ** 2))

    table = finished(wish_of(default_experiment(), 40))
    for seed, trace in enumerate(table.searches):
        tried = [loss(start), *(loss(start + 2.0 * candidate_offsets(seed, t, 2)) for t in range(1, 41))]
        assert trace.at(np.arange(41.0)) == pytest.approx(np.minimum.accumulate(tried), rel=1e-12)


def descent_of_table(table: SearchTable) -> Descent:
    assert table.descent is not None
    return table.descent


@pytest.mark.parametrize("cost", [1, 2, 3])
def test_that_the_descent_is_the_run_in_hand_counted_by_its_share_of_the_examples(cost: int) -> None:
    table = finished(wish_of(SIGMOID, 12))
    losses = np.array(losses_of(SIGMOID, 60))
    # Batches of 7 out of 30: the fifth of an epoch has 2.
    used = np.concatenate([[0.0], np.cumsum([7, 7, 7, 7, 2] * 12)]) / 30
    inside = used <= 12 / cost
    trace = table.descent_trace(cost)
    assert trace is not None
    assert trace.spent == pytest.approx(used[inside])
    # What it passes by is not known to it: the loss that it stays at or below, at the end the one where it is. What
    # comes after its last evaluation is nothing that it has had.
    stays = [losses[inside][i:].max() for i in range(int(inside.sum()))]
    assert np.array_equal(trace.loss, stays)
    found = verdict(table, cost)
    assert found is not None
    assert (found.spent, found.descent) == (12.0, losses[inside][-1])


def test_that_a_descent_of_many_small_steps_is_compared_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landscape_app.session.search.MOST_STEPS", 25)
    table = finished(wish_of(SIGMOID, 12))
    assert descent_of_table(table).steps == 25  # five epochs
    assert [(table.descent_end(cost), table.cut_short(cost)) for cost in (1, 2, 3)] == [
        (5.0, True), (10.0, True), (12.0, False),
    ]  # fmt: skip
    found = verdict(table, cost=2.0)
    assert found is not None
    assert (found.spent, found.descent) == (10.0, losses_of(SIGMOID, 25)[-1])


def test_that_losses_beyond_what_a_batch_descent_may_spend_do_not_count() -> None:
    calm = Experiment(
        data=DataConfig(name="line", seed=3, examples=60),
        start=StartConfig(method="values", values={"w": -1.6, "b": 2.1}),
        run=RunConfig(optimizer="gradient-descent", hyper={"learning_rate": 0.1}, batch_size=1),
    )
    table = finished(wish_of(calm, 100))
    losses = losses_of(calm, 60 * 100)
    found = verdict(table, cost=2.0)
    assert found is not None
    assert found.descent == losses[60 * 50] < max(losses[60 * 50 :])
    assert found.descent_wins


def test_that_a_descent_that_diverges_after_its_last_evaluation_has_not_diverged() -> None:
    wild = Experiment(run=RunConfig(optimizer="gradient-descent", hyper={"learning_rate": 5.0}, batch_size=10))
    losses, m = losses_of(wild, 100_000), prepare(wild).problem.data.m
    used = np.cumsum([min(10, m - first) for _ in range(len(losses)) for first in range(0, m, 10)]) / m
    at = used[len(losses) - 1]  # with the step that is not there any more
    table = finished(wish_of(wild, int(np.ceil(2 * at)) + 1, searches=3))
    assert descent_of_table(table).diverged_at == pytest.approx(at)
    assert [table.descent_diverged(cost) for cost in (1, 2, 3)] == [True, True, False]
    dear, cheap = verdict(table, 3.0), verdict(table, 2.0)
    assert dear is not None
    assert cheap is not None
    assert (dear.diverged, cheap.diverged) == (False, True)
    assert cheap.descent == losses[-1]


def test_that_random_search_needs_nothing_for_what_a_climbing_descent_has() -> None:
    climbing = default_experiment().but(
        run=RunConfig(optimizer="gradient-descent", hyper={"learning_rate": 0.45}, batch_size=1)
    )
    table = finished(wish_of(climbing, 100))
    found = verdict(table, cost=2.0)
    assert found is not None
    assert found.descent > descent_of_table(table).loss[0] >= found.median
    assert (found.descent_wins, found.climbed, found.stuck) == (False, True, False)
    assert (found.needed, found.factor, found.hits) == (0.0, inf, 5)


@pytest.mark.parametrize("radius", [2.0, 1e200])
def test_that_a_start_beyond_all_numbers_is_compared(radius: float) -> None:
    far = StartConfig(method="values", values={"w": 1e200, "b": 0.0})  # of another size a start may be there
    table = finished(replace(wish_of(default_experiment(), 50), start=far, radius=radius))
    found = verdict(table, cost=2.0)
    assert found is not None
    assert (found.descent, found.median, found.descent_wins, found.diverged) == (inf, inf, None, True)
    assert not np.isnan(table.quantiles(np.array([1.0, 50.0]))[1]).any()


def test_that_a_descent_on_all_examples_keeps_its_lowest_loss() -> None:
    whole = default_experiment()
    table = finished(wish_of(whole, 30))
    raw = losses_of(whole, 30)
    losses = np.minimum.accumulate(raw)
    assert np.array_equal(descent_of_table(table).loss, raw)
    for cost in (1, 2, 3):
        trace = table.descent_trace(cost)
        assert trace is not None
        assert np.array_equal(trace.loss, losses[: 30 // cost + 1])
    assert (np.diff(losses) == 0.0).any()  # momentum swings: it is not simply the loss where it is


def test_the_verdict_by_hand() -> None:
    wish = wish_of(default_experiment(), 100)

    def trace(*pairs: tuple[float, float]) -> Trace:
        return Trace(np.array([spent for spent, _ in pairs]), np.array([loss for _, loss in pairs]))

    def descent(*pairs: tuple[float, float], end: float = 100.0, diverged_at: float = inf) -> Descent:
        """Return a descent on all the examples that stays where it is from the last pair to its ``end``."""
        known = trace(*pairs, (end, pairs[-1][1]))
        return Descent(known.spent, known.loss, True, diverged_at)

    searches = (trace((0, 9), (4, 2)), trace((0, 9), (50, 3)), trace((0, 9), (90, 5)))
    steep = ((0, 9), (1, 4), (10, 3), (20, 1))
    better = SearchTable(wish, descent(*steep), searches)
    found = verdict(better, cost=2.0)
    assert found is not None
    # The median of 2, 3 and 5 is 3; the descent has that after 10 gradients, which count as 20.
    assert (found.spent, found.descent, found.median, found.descent_wins) == (100.0, 1.0, 3.0, True)
    assert (found.needed, found.factor, found.hits) == (20.0, 5.0, 0)
    dear = verdict(better, cost=3.0)
    assert dear is not None
    assert dear.factor == pytest.approx(100 / 30)
    worse = verdict(SearchTable(wish, descent((0, 9), (30, 4)), searches), cost=2.0)
    assert worse is not None
    # The median falls to 3 with the 50th candidate of the second search.
    assert (worse.descent_wins, worse.needed, worse.factor, worse.hits) == (False, 50.0, 2.0, 2)
    hopeless = (trace((0, 9)), trace((0, 9)), trace((0, 9), (7, 8)))
    alone = verdict(SearchTable(wish, better.descent, hopeless), cost=2.0)
    assert alone is not None
    # It took one gradient below the start; the searches' median never got there.
    assert (alone.descent_wins, alone.stuck, alone.needed, alone.factor) == (True, True, 2.0, 50.0)
    nowhere = verdict(SearchTable(wish, descent((0, 9), end=0.0, diverged_at=1.0), searches), cost=2.0)
    assert nowhere is not None
    # Two of the three are below 9 with their fourth and 50th candidate.
    assert (nowhere.descent_wins, nowhere.stuck, nowhere.spent, nowhere.needed) == (False, True, 100.0, 50.0)
    # After a climb it stays below the start; the searches have been at the start from the beginning.
    hump = Descent(np.array([0.0, 10.0, 20.0, 100.0]), np.array([9.0, 12.0, 4.0, 4.0]), whole=False)
    over = verdict(SearchTable(wish, hump, hopeless), cost=2.0)
    assert over is not None
    assert (over.descent_wins, over.stuck, over.needed, over.factor) == (True, True, 40.0, 2.5)
    short = verdict(SearchTable(wish, descent(*steep, end=20.0), searches), cost=2.0)
    assert short is not None
    assert short.spent == 40.0  # what the descent has spent is what both are asked about
    assert verdict(wish.empty(), 2.0) is None


def test_that_quartiles_and_the_medians_first_crossing_are_those_of_every_evaluation() -> None:
    table = finished(wish_of(default_experiment(), 200, searches=8))
    everywhere = np.arange(201.0)
    matrix = np.array([trace.at(everywhere) for trace in table.searches])
    assert np.array_equal(table.quantiles(everywhere), np.quantile(matrix, (0.25, 0.5, 0.75), axis=0))
    medians = np.median(matrix, axis=0)
    for loss in (10.0, 3.0, 1.0, 0.5):
        below = np.flatnonzero(medians <= loss)
        assert table.median.first_at(loss) == (below[0] if below.size else inf)


def test_that_a_descent_that_diverges_keeps_its_lowest_loss() -> None:
    wild = default_experiment().but(run=RunConfig(hyper={"learning_rate": 1e3}))
    table = finished(wish_of(wild, 200))
    assert table.descent_diverged(2.0)
    trace = table.descent_trace(2.0)
    assert trace is not None
    assert trace.loss[-1] == trace.loss[0]
    found = verdict(table, 2.0)
    assert found is not None
    assert found.spent == 200.0
    assert found.descent_wins is False


def test_that_random_search_in_hand_is_compared_with_gradient_descent_and_changes_count_from_the_cursor() -> None:
    prepared = prepare(default_experiment().but(run=RunConfig(optimizer="random-search")))
    wish = search_wish(prepared.experiment, 0, prepared.problem, 1.0, 2, 10)
    assert wish.run.optimizer == "gradient-descent"
    assert wish.fits(prepared.experiment, 0)
    changed = prepare(
        default_experiment().but(run=RunConfig(changes=(Change(iteration=5, name="batch_size", value=4),)))
    )
    late = search_wish(changed.experiment, 5, changed.problem, 1.0, 2, 10)
    assert (late.run.batch_size, late.run.changes) == (4, ())
    assert late.fits(changed.experiment, 5)
    assert not late.fits(changed.experiment, 0)
    assert not late.fits(changed.experiment.but(start=StartConfig(method="zeros")), 5)
    with pytest.raises(ConfigError, match="radius"):
        search_wish(prepared.experiment, 0, prepared.problem, 0.0, 2, 10)


def test_that_other_sizes_are_what_they_would_be_alone() -> None:
    table = finished(wish_of(SIGMOID, 20, searches=3, growing=True))
    assert [one.parameters for one in table.growth] == [4 * k + 1 for k in SIZES]  # two features
    for k, one in zip(SIZES, table.growth, strict=True):
        alone = finished(wish_of(SIGMOID.but(model=ModelConfig(name="two-layer-sigmoid", hidden=k)), 20, searches=3))
        for here, there in zip(one.table.searches, alone.searches, strict=True):
            assert np.array_equal(here.loss, there.loss)
        assert np.array_equal(descent_of_table(one.table).loss, descent_of_table(alone).loss)


def test_that_a_regression_grows_by_its_features() -> None:
    plane = Experiment(
        data=DataConfig(name="plane", seed=1, examples=25),
        model=ModelConfig(name="multivariate"),
        start=StartConfig(method="values", values={"w": ((0.0, 0.0, 0.0),), "b": 0.0}),
    )
    table = finished(wish_of(plane, 20, searches=2, growing=True))
    assert [one.parameters for one in table.growth] == [2, 3, 4]
    line = finished(wish_of(default_experiment(), 20, searches=2, growing=True))
    assert line.growth == ()
