"""Stepping, batches, changes in mid-run, replay: equal to the last bit."""

import itertools
from typing import Any

import numpy as np
import pytest

from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import ConfigError
from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.core.rng import batch_order
from landscape_app.session.changes import changed_at, restarted
from landscape_app.session.config import Change, RunConfig
from landscape_app.session.records import KEYFRAME_EVERY, Divergence, StepBatch, StepRecord, Timeline
from landscape_app.session.settings import Schedule
from landscape_app.session.transitions import (
    Run,
    batch_examples,
    first_record,
    next_step,
    remeasured,
    replayed,
    steps,
)


def some_data(n: int = 2, m: int = 23) -> Dataset:
    rng = np.random.default_rng(8)
    X = rng.normal(size=(n, m))
    return Dataset(X, X[:1] - 0.5 + 0.1 * rng.normal(size=(1, m)), tuple(f"x{i}" for i in range(n)), "y")


def a_run(config: RunConfig, model: str = "multivariate") -> tuple[Run, StepRecord]:
    data = some_data()
    run = Run.of(config, MODELS[model](data.n, 3), data)
    return run, first_record(run, np.random.default_rng(1).normal(size=run.model.layout.size))


def recorded(run: Run, record: StepRecord, count: int) -> list[StepRecord]:
    records = [record]
    for following in itertools.islice(steps(run, record), count):
        assert isinstance(following, StepRecord)
        records.append(following)
    return records


def same(a: StepRecord, b: StepRecord) -> bool:
    return (
        (a.iteration, a.loss, a.batch_loss, a.epoch, a.position)
        == (b.iteration, b.loss, b.batch_loss, b.epoch, b.position)
        and a.theta.tobytes() == b.theta.tobytes()
        and a.grad.tobytes() == b.grad.tobytes()
        and set(a.state) == set(b.state)
        and all(np.asarray(a.state[k]).tobytes() == np.asarray(b.state[k]).tobytes() for k in a.state)
    )


@pytest.mark.parametrize("rule", list(OPTIMIZERS))
@pytest.mark.parametrize("model", ["multivariate", "two-layer-sigmoid"])
def test_that_replaying_from_a_keyframe_gives_the_same_bits(rule: str, model: str) -> None:
    name = "radius" if rule == "random-search" else "learning_rate"
    changes = (Change(iteration=7, name=name, value=0.02), Change(iteration=200, name="batch_size", value=None))
    run, start = a_run(RunConfig(optimizer=rule, batch_size=5, seed=4, changes=changes), model)
    records = recorded(run, start, 2 * KEYFRAME_EVERY + 40)
    timeline = Timeline.starting_with(StepBatch.of(records[:50])).appended(StepBatch.of(records[50:]))
    for iteration in (0, 1, 49, 50, KEYFRAME_EVERY, KEYFRAME_EVERY + 33, 2 * KEYFRAME_EVERY + 40):
        shorter = timeline.truncated(iteration + 1)
        assert same(replayed(run, shorter, iteration), records[iteration])


@pytest.mark.parametrize("batch_size", [1, 5, 22, 23, 50, None])
def test_that_every_epoch_visits_every_example_once(batch_size: int | None) -> None:
    run, record = a_run(RunConfig(batch_size=batch_size, seed=9))
    m = run.data.m
    seen: dict[int, list[int]] = {}
    for r in recorded(run, record, 80):
        batch = batch_examples(run, run.schedule.at(r.iteration), r.epoch, r.position)
        seen.setdefault(r.epoch, []).extend(range(m) if batch is None else batch.tolist())
    for epoch, examples in list(seen.items())[:-1]:
        assert sorted(examples) == list(range(m))
        if batch_size is not None and batch_size < m:
            assert examples == batch_order(9, epoch, m).tolist()


def test_that_the_gradient_is_the_batchs_and_the_loss_everybodys() -> None:
    run, record = a_run(RunConfig(batch_size=4, seed=2))
    for r in recorded(run, record, 12):
        batch = batch_order(2, r.epoch, run.data.m)[r.position : r.position + 4]
        batch_loss, gradient = run.model.loss_and_gradient(r.theta, *run.data.examples(batch))
        assert r.grad.tobytes() == gradient.tobytes()
        assert r.batch_loss == batch_loss
        assert r.loss == run.model.loss(r.theta, run.data.X, run.data.y)


def test_that_a_change_acts_from_the_next_step_and_resets_nothing() -> None:
    plain, start = a_run(RunConfig(optimizer="adam"))
    change = Change(iteration=5, name="learning_rate", value=0.5)
    changed, _ = a_run(RunConfig(optimizer="adam", changes=(change,)))
    a, b = recorded(plain, start, 8), recorded(changed, start, 8)
    assert all(same(x, y) for x, y in zip(a[:6], b[:6], strict=True))
    moved = (b[6].theta - b[5].theta) / (a[6].theta - a[5].theta)
    assert moved == pytest.approx(np.full(3, 500.0), rel=1e-9)  # 0.5 instead of 0.001, averages kept


def test_that_another_rule_starts_with_a_fresh_state() -> None:
    changes = (Change(iteration=3, name="optimizer", value="adam"),)
    run, start = a_run(RunConfig(optimizer="momentum", hyper={"learning_rate": 0.1}, changes=changes))
    records = recorded(run, start, 5)
    assert set(records[2].state) == {"v"}
    assert float(records[3].state["t"]) == 0.0
    assert run.schedule.at(3).hyper["learning_rate"] == 0.001


def test_that_a_rule_changed_at_the_start_gets_its_own_state() -> None:
    run, start = a_run(RunConfig(optimizer="gradient-descent"))
    config = changed_at(RunConfig(optimizer="gradient-descent"), 0, "optimizer", "adam")
    assert config.changes == ()
    other = Run.of(config, run.model, run.data)
    assert isinstance(next_step(other, remeasured(other, start)), StepRecord)


def test_that_changes_at_the_start_become_the_base_and_later_ones_fall_away() -> None:
    run = RunConfig(changes=(Change(iteration=9, name="learning_rate", value=0.3),))
    assert changed_at(run, 0, "learning_rate", 0.2) == RunConfig(hyper={"learning_rate": 0.2})
    at_four = changed_at(run, 4, "batch_size", 8)
    assert at_four.changes == (Change(iteration=4, name="batch_size", value=8),)
    again = changed_at(at_four, 4, "batch_size", 6)
    assert again.changes == (Change(iteration=4, name="batch_size", value=6),)
    assert changed_at(at_four, 10, "batch_size", 8) is at_four
    assert restarted(at_four, 10) == RunConfig(batch_size=8)


@pytest.mark.parametrize(
    ("name", "value", "fragment"),
    [
        ("beta1", 0.5, "no hyperparameter called"),
        ("learning_rate", -1.0, "learning_rate"),
        ("batch_size", 0, "whole number"),
        ("optimizer", "sgd", "no optimizer called"),
    ],
)
def test_that_an_unfit_change_is_refused(name: str, value: Any, fragment: str) -> None:
    with pytest.raises(ConfigError, match=fragment):
        changed_at(RunConfig(), 3, name, value)


def test_that_settings_are_those_of_the_last_change() -> None:
    changes = tuple(Change(iteration=i, name="learning_rate", value=i / 100) for i in (30, 10, 20))
    schedule = Schedule(RunConfig(changes=changes))
    rates = [schedule.at(i).hyper["learning_rate"] for i in (0, 9, 10, 19, 20, 29, 30, 1000)]
    assert rates[2:] == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
    assert rates[0] == rates[1] == OPTIMIZERS["gradient-descent"].defaults()["learning_rate"]


def test_that_divergence_names_the_last_finite_iteration() -> None:
    run, record = a_run(RunConfig(hyper={"learning_rate": 1e6}))
    count = 0
    for following in steps(run, record):
        if isinstance(following, Divergence):
            break
        count = following.iteration
        assert np.isfinite(following.theta).all()
        assert np.isfinite(following.loss)
        assert np.isfinite(following.grad).all()
    assert isinstance(following, Divergence)
    assert following.iteration == count
    assert following.parameter in run.model.layout.scalar_names


def test_that_a_forked_timeline_leaves_the_old_one_alone() -> None:
    run, start = a_run(RunConfig())
    records = recorded(run, start, 20)
    old = Timeline.starting_with(StepBatch.of(records))
    losses = old.loss.copy()
    other, _ = a_run(RunConfig(hyper={"learning_rate": 0.001}))
    new = old.truncated(6).appended(StepBatch.of(recorded(other, records[5], 10)[1:]))
    assert (new.last, old.last) == (15, 20)
    assert np.array_equal(old.loss, losses)
    assert np.array_equal(new.loss[:6], losses[:6])
    assert not np.array_equal(new.loss[6:], losses[6:16])


def test_that_a_timeline_can_be_read_but_not_written() -> None:
    run, start = a_run(RunConfig())
    timeline = Timeline.starting_with(StepBatch.of(recorded(run, start, 3)))
    with pytest.raises(ValueError, match="read-only"):
        timeline.theta[0][0] = 1.0
    assert timeline.increment(0).tolist() == [0.0, 0.0, 0.0]
    assert np.array_equal(timeline.increment(2), timeline.theta[2] - timeline.theta[1])


def test_that_another_future_is_replayed_from_its_own_keyframes() -> None:
    run, start = a_run(RunConfig(optimizer="adam"))
    old = Timeline.starting_with(StepBatch.of(recorded(run, start, 300)))
    changed, _ = a_run(RunConfig(optimizer="adam", changes=(Change(iteration=100, name="beta1", value=0.5),)))
    records = recorded(changed, replayed(changed, old.truncated(101), 100), 200)
    new = old.truncated(101).appended(StepBatch.of(records[1:]))
    for iteration in (KEYFRAME_EVERY, 200, 299):
        assert same(replayed(changed, new.truncated(iteration + 1), iteration), records[iteration - 100])


def test_that_a_future_that_begins_at_a_keyframe_has_its_own_state_there() -> None:
    run, start = a_run(RunConfig(optimizer="adam"))
    old = Timeline.starting_with(StepBatch.of(recorded(run, start, 300)))
    rule = Change(iteration=KEYFRAME_EVERY, name="optimizer", value="momentum")
    changed, _ = a_run(RunConfig(optimizer="adam", changes=(rule,)))
    here = old.truncated(KEYFRAME_EVERY + 1)
    records = recorded(changed, remeasured(changed, replayed(changed, here, KEYFRAME_EVERY)), 60)
    new = here.appended(StepBatch.of(records))
    for iteration in (KEYFRAME_EVERY, KEYFRAME_EVERY + 40):
        assert same(replayed(changed, new.truncated(iteration + 1), iteration), records[iteration - KEYFRAME_EVERY])


def test_that_a_shorter_timeline_does_not_continue_a_longer_one() -> None:
    run, start = a_run(RunConfig())
    long = Timeline.starting_with(StepBatch.of(recorded(run, start, 9)))
    assert long.continues(long.truncated(5))
    assert not long.truncated(5).continues(long)


def test_that_a_timeline_is_full_when_its_numbers_fill_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    run, start = a_run(RunConfig())
    timeline = Timeline.starting_with(StepBatch.of(recorded(run, start, 9)))
    numbers = 2 * timeline.theta.shape[1] + 2 + 2  # theta and gradient, two losses, two places
    monkeypatch.setattr("landscape_app.session.records.TIMELINE_BUDGET", 8 * numbers * timeline.length)
    assert timeline.full
    assert not timeline.truncated(timeline.length - 1).full
