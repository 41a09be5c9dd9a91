"""A sweep against the runs themselves: each cell is what stepping one by one leads to, to the last bit."""

import csv
import io
from itertools import islice
from math import isnan

import numpy as np
import pytest

from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session.config import (
    Change,
    DataConfig,
    Experiment,
    ModelConfig,
    RunConfig,
    StartConfig,
    default_experiment,
)
from landscape_app.session.prepare import Prepared, prepare
from landscape_app.session.records import Divergence
from landscape_app.session.sweep import (
    DIVERGED,
    FINISHED,
    IMPOSSIBLE,
    STATES,
    SweepTable,
    SweepWish,
    coarse_first,
    sweep_wish,
)
from landscape_app.session.sweep_axes import Axis, Spread, axis_names, axis_of, numbers, usual_spread
from landscape_app.session.transitions import steps


def wish_of(prepared: Prepared, x: Axis, y: Axis, iterations: int = 20, cursor: int = 0) -> SweepWish:
    return sweep_wish(prepared.experiment, cursor, prepared.problem, x, y, iterations)


def finished(wish: SweepWish) -> SweepTable:
    tables = [table for table in wish.steps() if table is not None]
    return tables[-1]


def loss_by_single_steps(experiment: Experiment, iterations: int) -> tuple[float, int, bool]:
    """Return the last finite loss, its iteration, and whether it diverged there."""
    prepared = prepare(experiment)
    record = prepared.timeline.tail
    assert record is not None
    for following in islice(steps(prepared.run, record), iterations):
        if isinstance(following, Divergence):
            return record.loss, record.iteration, True
        record = following
    return record.loss, record.iteration, False


def experiment_of(wish: SweepWish, base: Experiment, row: int, column: int) -> Experiment:
    start, run = wish.cell(row, column)
    made: Experiment = base.but(start=start, run=run)
    return made


@pytest.mark.parametrize(
    ("experiment", "x", "y"),
    [
        (
            default_experiment(),
            Axis("learning_rate", (0.004, 0.04, 4.0), True),
            Axis("momentum", (0.0, 0.5, 0.9)),
        ),
        (
            default_experiment(),
            Axis("learning_rate", (0.01, 0.3), True),
            Axis("optimizer", ("gradient-descent", "momentum", "adam", "random-search")),
        ),
        (
            Experiment(
                data=DataConfig(name="product", seed=1, examples=40),
                model=ModelConfig(name="two-layer-sigmoid", hidden=3),
                start=StartConfig(method="xavier", seed=2),
                run=RunConfig(optimizer="adam", hyper={"learning_rate": 0.05}),
            ),
            Axis("start_seed", (0.0, 1.0, 5.0)),
            Axis("batch_size", (1.0, 8.0, None), True),
        ),
        (
            Experiment(run=RunConfig(optimizer="gradient-descent", arithmetic="fast")),
            Axis("learning_rate", (0.01, 0.1), True),
            Axis("batch_size", (7.0, None)),
        ),
    ],
    ids=["rate-momentum", "rate-rule", "seed-batch", "fast-batch"],
)
def test_that_each_cell_is_its_run_to_the_last_bit(experiment: Experiment, x: Axis, y: Axis) -> None:
    wish = wish_of(prepare(experiment), x, y)
    table = finished(wish)
    assert table.done == table.total == len(x.values) * len(y.values)
    for row in range(len(y.values)):
        for column in range(len(x.values)):
            if table.state[row, column] == IMPOSSIBLE:
                continue
            single = loss_by_single_steps(experiment_of(wish, experiment, row, column), 20)
            found = (table.loss[row, column], table.reached[row, column], table.state[row, column] == DIVERGED)
            assert found == single, (row, column)


def test_that_a_run_that_diverges_is_told_with_its_last_finite_iteration() -> None:
    base = default_experiment()
    wish = wish_of(prepare(base), Axis("learning_rate", (0.04, 1e6)), Axis("momentum", (0.9,)), iterations=500)
    table = finished(wish)
    assert [STATES[state] for state in table.state[0]] == ["finished", "diverged"]
    assert 0 < table.reached[0, 1] < 500
    assert np.isfinite(table.loss).all()
    assert table.best == (0, 0)


def test_that_each_run_is_held_against_its_own_start() -> None:
    base = default_experiment().but(
        start=StartConfig(method="normal", seed=0),
        run=RunConfig(optimizer="gradient-descent", hyper={"learning_rate": 0.001}),
    )
    prepared = prepare(base)
    x, y = Axis("start_seed", tuple(float(seed) for seed in range(8))), Axis("learning_rate", (0.001, 1.5))
    table = finished(wish_of(prepared, x, y))
    for row, column in np.ndindex(*table.wish.shape):
        start, _ = table.wish.cell(row, column)
        own = prepare(base.but(start=start)).timeline.loss[0]
        assert table.start_loss[row, column] == own
        assert table.risen[row, column] == (row == 1), "the low rate falls from wherever it starts, the high one climbs"
    assert np.unique(table.start_loss[0]).size == 8
    assert (table.loss[0] > table.start_loss[0, 0]).any(), "higher than where another one starts"


def test_that_rules_without_a_setting_are_left_out_or_marked() -> None:
    prepared = prepare(default_experiment())
    axis = axis_of("optimizer", Spread(0, 1, 2, False), prepared.problem, prepared.experiment.run, "momentum")
    assert axis.values == ("momentum", "nesterov")
    free = axis_of("optimizer", Spread(0, 1, 2, False), prepared.problem, prepared.experiment.run, "batch_size")
    assert free.values == tuple(OPTIMIZERS)
    table = finished(wish_of(prepared, Axis("momentum", (0.5,)), Axis("optimizer", ("adam", "momentum"))))
    assert [STATES[state] for state in table.state[:, 0]] == ["impossible", "finished"]
    assert isnan(table.loss[0, 0])


def test_that_another_rule_comes_with_its_own_defaults_and_the_present_one_keeps_its_settings() -> None:
    base = default_experiment().but(run=RunConfig(optimizer="momentum", hyper={"learning_rate": 0.04, "momentum": 0.7}))
    wish = wish_of(prepare(base), Axis("learning_rate", (0.1,)), Axis("optimizer", ("momentum", "nesterov")))
    assert wish.cell(0, 0)[1].hyper == {"learning_rate": 0.1, "momentum": 0.7}
    assert wish.cell(1, 0)[1].hyper == {"learning_rate": 0.1}


def test_that_settings_in_force_at_the_cursor_are_swept_and_no_change_in_mid_run() -> None:
    changes = (Change(iteration=3, name="momentum", value=0.5),)
    base = default_experiment().but(run=RunConfig(optimizer="momentum", changes=changes))
    prepared = prepare(base)
    early = wish_of(prepared, Axis("learning_rate", (0.1, 0.2)), Axis("batch_size", (None,)), cursor=0)
    late = wish_of(prepared, Axis("learning_rate", (0.1, 0.2)), Axis("batch_size", (None,)), cursor=3)
    assert early.cell(0, 0)[1].hyper == {"learning_rate": 0.1}
    assert late.cell(0, 0)[1].hyper == {"learning_rate": 0.1, "momentum": 0.5}
    assert late.cell(0, 0)[1].changes == ()


def test_that_a_sweep_knows_the_run_in_hand() -> None:
    base = default_experiment()
    wish = wish_of(prepare(base), Axis("learning_rate", (0.01, 0.04)), Axis("optimizer", ("momentum", "adam")))
    assert wish.fits(base, 0)
    assert wish.place_of(base, 0) == (0, 1)
    start, run = wish.cell(1, 0)
    assert wish.place_of(base.but(start=start, run=run), 0) == (1, 0)
    off_grid = base.but(run=base.run.but(hyper={"learning_rate": 0.5}))
    assert wish.fits(off_grid, 0)
    assert wish.place_of(off_grid, 0) is None
    assert not wish.fits(base.but(run=base.run.but(hyper={"learning_rate": 0.04, "momentum": 0.1})), 0)
    assert not wish.fits(base.but(start=StartConfig(method="zeros")), 0)
    assert not wish.fits(base.but(run=base.run.but(batch_size=4)), 0)
    other_axes = wish_of(prepare(base), Axis("momentum", (0.0, 0.9)), Axis("batch_size", (4.0, None)))
    assert not other_axes.fits(base.but(run=RunConfig(optimizer="adam")), 0)  # it has no momentum to compare


def test_that_coarse_cells_come_first_and_every_cell_once() -> None:
    for rows, columns in ((1, 1), (1, 9), (7, 3), (16, 17)):
        order = coarse_first(rows, columns)
        assert sorted(order) == [(row, column) for row in range(rows) for column in range(columns)]
    order = coarse_first(17, 17)
    assert set(order[:4]) == {(0, 0), (0, 16), (16, 0), (16, 16)}
    rules = coarse_first(5, 17, (False, True))
    assert {column for _, column in rules[:10]} == {0, 16}  # the rate is refined, the rules are all there


def test_that_what_is_yielded_grows_and_never_changes_afterwards() -> None:
    base = default_experiment()
    wish = wish_of(prepare(base), Axis("learning_rate", (0.01, 0.04)), Axis("momentum", (0.1, 0.9)), 3)
    assert wish.empty().done == 0
    assert wish.empty().best is None
    table = finished(wish)
    assert not table.loss.flags.writeable
    assert (table.state == FINISHED).all()


def test_values_as_one_would_have_typed_them() -> None:
    assert numbers(Spread(0.01, 1.0, 5, True)) == (0.01, 0.0316, 0.1, 0.316, 1.0)
    assert numbers(Spread(0.0, 1.0, 5, False)) == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert numbers(Spread(0.12345678, 0.98765432, 2, True)) == (0.12345678, 0.98765432)
    assert numbers(Spread(1.0, 10.0, 10, True), whole=True) == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    assert numbers(Spread(3.0, 3.0, 1, False)) == (3.0,)


@pytest.mark.parametrize(
    ("spread", "sentence"),
    [
        (Spread(1.0, 0.1, 5, False), "lower to a higher"),
        (Spread(1.0, 1.0, 5, False), "lower to a higher"),
        (Spread(0.0, 1.0, 5, True), "above 0"),
        (Spread(0.0, 1.0, 41, False), "1 to 40 values"),
    ],
)
def test_that_bad_spreads_are_refused_in_a_sentence(spread: Spread, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        numbers(spread)


def test_that_values_out_of_range_and_equal_axes_are_refused() -> None:
    prepared = prepare(default_experiment())
    run = prepared.experiment.run
    with pytest.raises(ConfigError, match=r"momentum is 1\.0"):
        axis_of("momentum", Spread(0.0, 1.5, 4, False), prepared.problem, run)
    with pytest.raises(ConfigError, match="at least 1 example"):
        axis_of("batch_size", Spread(0.0, 9.0, 4, False), prepared.problem, run)
    axis = Axis("momentum", (0.1,))
    with pytest.raises(ConfigError, match="same setting"):
        wish_of(prepared, axis, axis)


def test_that_a_batch_of_all_examples_is_the_full_batch() -> None:
    prepared = prepare(default_experiment())
    m = prepared.problem.data.m
    spread = usual_spread("batch_size", prepared.experiment, 0, m)
    axis = axis_of("batch_size", spread, prepared.problem, prepared.experiment.run)
    assert axis.values[0] == 1.0
    assert axis.values[-1] is None
    assert all(value is None or value < m for value in axis.values if not isinstance(value, str))


@pytest.mark.parametrize("rule", list(OPTIMIZERS))
def test_that_every_rule_has_axes_with_usable_values(rule: str) -> None:
    prepared = prepare(default_experiment().but(run=RunConfig(optimizer=rule), start=StartConfig(method="normal")))
    m = prepared.problem.data.m
    names = axis_names(prepared.experiment, 0, m)
    assert {*OPTIMIZERS[rule].defaults(), "optimizer", "start_seed"} <= set(names)
    assert ("batch_size" in names) == OPTIMIZERS[rule].uses_gradient
    for name in names:
        if name != "optimizer":
            axis = axis_of(
                name, usual_spread(name, prepared.experiment, 0, m), prepared.problem, prepared.experiment.run
            )
            assert len(axis.values) > 1


def test_the_table_as_text() -> None:
    base = default_experiment()
    x, y = Axis("learning_rate", (0.04, 1e6)), Axis("optimizer", ("momentum", "adam"))
    wish = wish_of(prepare(base), x, y, iterations=200)
    table = finished(wish)
    rows = list(csv.reader(io.StringIO(table.text())))
    assert rows[0] == ["learning_rate", "optimizer", "loss", "iterations", "state", "start_loss"]
    assert [row[:2] for row in rows[1:]] == [
        ["0.04", "momentum"], ["1000000", "momentum"], ["0.04", "adam"], ["1000000", "adam"],
    ]  # fmt: skip
    for line, place in zip(rows[1:], np.ndindex(2, 2), strict=True):
        assert float(line[2]) == table.loss[place]
        assert int(line[3]) == table.reached[place]
        assert line[4] == STATES[table.state[place]]
        assert float(line[5]) == table.start_loss[place]
    assert rows[2][4] == "diverged"
    unknown = list(csv.reader(io.StringIO(wish.empty().text("\t")), delimiter="\t"))
    assert unknown[1] == ["0.04", "momentum", "", "", "waiting", ""]


@pytest.mark.parametrize(
    ("spread", "values"),
    [
        (Spread(0.999, 0.9999, 5, False), (0.999, 0.999225, 0.99945, 0.999675, 0.9999)),
        (Spread(0.12344, 0.12349, 3, False), (0.12344, 0.123465, 0.12349)),
        (Spread(0.0, 1.0, 6, False), (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        (Spread(1e-4, 1.0, 5, True), (1e-4, 1e-3, 1e-2, 1e-1, 1.0)),
        (Spread(0.001, 0.3, 3, True), (0.001, 0.0173, 0.3)),
    ],
)
def test_that_values_between_the_ends_have_few_digits_and_stay_between(
    spread: Spread, values: tuple[float, ...]
) -> None:
    assert numbers(spread) == values


@pytest.mark.parametrize("seed", range(40))
def test_that_no_spread_leaves_its_ends_or_loses_values(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = 10.0 ** rng.uniform(-8.0, 3.0)
    high = low * (1.0 + 10.0 ** rng.uniform(-6.0, 3.0))
    for log in (False, True):
        found = numbers(Spread(low, high, 9, log))
        assert (found[0], found[-1], len(found)) == (low, high, 9)
        exact = np.geomspace(low, high, 9) if log else np.linspace(low, high, 9)
        assert np.abs(np.array(found) - exact).max() < 0.03 * np.diff(exact).max()
