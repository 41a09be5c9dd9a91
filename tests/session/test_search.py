"""Random search beside descent, against the rule itself stepped one by one and against direct computation."""

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
from landscape_app.session.search import SIZES, SearchTable, SearchWish, Trace, search_wish, verdict
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


def test_that_the_descent_is_the_run_in_hand_counted_by_its_share_of_the_examples() -> None:
    table = finished(wish_of(SIGMOID, 10))
    assert table.descent is not None
    losses = np.array(losses_of(SIGMOID, 60))
    # Batches of 7 out of 30: the fifth of an epoch has 2.
    used = np.concatenate([[0.0], np.cumsum([7, 7, 7, 7, 2] * 12)]) / 30
    inside = used <= 10
    assert table.descent.spent == pytest.approx(used[inside])
    # What it passes by is not known to it: the loss that it stays at or below, at the end the one where it is.
    stays = [losses[inside][i:].max() for i in range(int(inside.sum()))]
    assert np.array_equal(table.descent.loss, stays)
    assert table.descent.loss[-1] == losses[inside][-1]
    assert table.descent_spent == 10.0


def test_that_a_descent_on_all_examples_keeps_its_lowest_loss() -> None:
    whole = default_experiment()
    table = finished(wish_of(whole, 30))
    assert table.descent is not None
    losses = np.minimum.accumulate(losses_of(whole, 30))
    assert np.array_equal(table.descent.loss, losses)
    assert (np.diff(losses) == 0.0).any()  # momentum swings: it is not simply the loss where it is


def test_the_verdict_by_hand() -> None:
    wish = wish_of(default_experiment(), 100)

    def trace(*pairs: tuple[float, float]) -> Trace:
        return Trace(np.array([spent for spent, _ in pairs]), np.array([loss for _, loss in pairs]))

    searches = (trace((0, 9), (4, 2)), trace((0, 9), (50, 3)), trace((0, 9), (90, 5)))
    better = SearchTable(wish, trace((0, 9), (1, 4), (10, 3), (20, 1)), searches, descent_spent=100.0)
    found = verdict(better, cost=2.0)
    assert found is not None
    # The median of 2, 3 and 5 is 3; the descent has that after 10 gradients, which count as 20.
    assert (found.spent, found.descent, found.median, found.descent_wins) == (100.0, 1.0, 3.0, True)
    assert (found.needed, found.factor, found.hits) == (20.0, 5.0, 0)
    dear = verdict(better, cost=3.0)
    assert dear is not None
    assert dear.factor == pytest.approx(100 / 30)
    worse = verdict(SearchTable(wish, trace((0, 9), (30, 4)), searches, descent_spent=100.0), cost=2.0)
    assert worse is not None
    # The median falls to 3 with the 50th candidate of the second search.
    assert (worse.descent_wins, worse.needed, worse.factor, worse.hits) == (False, 50.0, 2.0, 2)
    hopeless = (trace((0, 9)), trace((0, 9)), trace((0, 9), (7, 8)))
    alone = verdict(SearchTable(wish, better.descent, hopeless, descent_spent=100.0), cost=2.0)
    assert alone is not None
    # It took one gradient below the start; the searches' median never got there.
    assert (alone.descent_wins, alone.stuck, alone.needed, alone.factor) == (True, True, 2.0, 50.0)
    nowhere = verdict(SearchTable(wish, trace((0, 9)), searches, descent_diverged=True), cost=2.0)
    assert nowhere is not None
    # Two of the three are below 9 with their fourth and 50th candidate.
    assert (nowhere.descent_wins, nowhere.stuck, nowhere.spent, nowhere.needed) == (False, True, 100.0, 50.0)
    short = verdict(SearchTable(wish, better.descent, searches, descent_spent=20.0), cost=2.0)
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
    assert table.descent_diverged
    assert table.descent is not None
    assert table.descent.loss[-1] == table.descent.loss[0]
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
        assert one.table.descent is not None
        assert alone.descent is not None
        assert np.array_equal(one.table.descent.loss, alone.descent.loss)


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
