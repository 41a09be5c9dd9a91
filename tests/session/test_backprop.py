"""One iteration from within: its terms, the update to come, the walk, and the check of its gradient."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landscape_app.core.dataset import Dataset
from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.core.rng import batch_order
from landscape_app.session import gradient_check, transitions
from landscape_app.session import update_terms as update_terms_module
from landscape_app.session.backprop import INCREMENT, MOVE, next_increment, walk_names, walked
from landscape_app.session.config import Change, DataConfig, ModelConfig, RunConfig, StartConfig, default_experiment
from landscape_app.session.gradient_check import CheckWish, GradientCheck, check_steps
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import prepare
from landscape_app.session.problem import Loaded, build_problem
from landscape_app.session.records import Timeline
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import recorded
from landscape_app.session.update_terms import is_quick, update_terms
from tests.views.moments import passes_of

DATA = {
    "univariate": DataConfig(name="line", examples=23),
    "multivariate": DataConfig(kind="bundled", name="diabetes", scale="standard"),
    "two-layer-linear": DataConfig(kind="bundled", name="diabetes", scale="standard"),
    "two-layer-sigmoid": DataConfig(name="sine", examples=23),
}


def a_run(model: str, iterations: int = 12, data: DataConfig | None = None, **run: Any) -> Snapshot:
    experiment = default_experiment().but(
        data=data or DATA[model],
        model=ModelConfig.model_validate({"name": model, "hidden": 3}),
        start=StartConfig(method="normal", seed=2),
        run=RunConfig(**{"optimizer": "adam", "hyper": {"learning_rate": 0.01}, "seed": 4, **run}),
    )
    made = prepare(experiment)
    timeline = made.timeline
    assert timeline.tail is not None
    if iterations:
        batch = recorded(made.run, timeline.tail, iterations).batch
        assert batch is not None
        timeline = timeline.appended(batch)
    view = map_view_at(experiment, made.problem, timeline, 0, None)
    return Snapshot(experiment, experiment, made.run.schedule.at(0), made.problem, timeline, 0, view)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [None, 1, 7])
def test_that_the_terms_are_those_of_the_step_on_its_own_batch(model: str, size: int | None) -> None:
    shown = a_run(model, batch_size=size)
    data, m = shown.problem.data, shown.problem.data.m
    for cursor in range(shown.timeline.length):
        here = replace(shown, cursor=cursor)
        passes = passes_of(here)
        steps_an_epoch = -(-m // (size or m))
        epoch, place = divmod(cursor, steps_an_epoch)
        order = batch_order(4, epoch, m)[place * size : (place + 1) * size] if size else np.arange(m)
        assert passes.examples.tolist() == order.tolist()
        assert passes.m == len(order)
        assert passes.is_batch == (size is not None)
        loss, grad = here.problem.model.loss_and_gradient(here.theta, data.X[:, order], data.y[:, order])
        assert float(passes["L"]) == pytest.approx(loss, rel=1e-14)
        blocks = [passes[f"dL/d{block.name}"] for block in here.problem.model.layout.blocks]
        flat = np.concatenate([block.reshape(-1) for block in blocks])
        np.testing.assert_allclose(flat, grad, rtol=1e-12, atol=1e-14)
        assert flat.tobytes() == here.grad.tobytes()
        np.testing.assert_allclose(passes["residual"], passes["yhat"] - data.y[:, order], rtol=1e-14)
        assert float(np.mean(passes["residual"] ** 2)) == pytest.approx(float(passes["L"]), rel=1e-12)


def test_that_very_many_examples_have_columns_for_the_first_alone_and_sums_over_all() -> None:
    shown = a_run("univariate", 3, DataConfig(name="line", examples=300_000))
    passes = passes_of(replace(shown, cursor=2))
    assert passes.m == 300_000
    assert passes["yhat"].shape[1] == len(passes.examples) < 200_000
    residual = shown.timeline.theta[2][0] * shown.problem.data.X + shown.timeline.theta[2][1] - shown.problem.data.y
    assert float(passes["L"]) == pytest.approx(float(np.mean(residual**2)), rel=1e-11)
    assert float(passes["dL/db"]) == pytest.approx(float(2 * np.mean(residual)), rel=1e-11)
    assert passes["dL/dyhat"][0, 5] == pytest.approx(2 / 300_000 * residual[0, 5], rel=1e-13)


@pytest.mark.parametrize("rule", OPTIMIZERS)
@pytest.mark.parametrize("size", [None, 7])
def test_that_the_increment_to_come_is_the_one_that_the_step_then_makes(rule: str, size: int | None) -> None:
    hyper = {"learning_rate": 0.01} if OPTIMIZERS[rule].uses_gradient else {}
    shown = a_run("two-layer-sigmoid", 140, optimizer=rule, hyper=hyper, batch_size=size)
    for cursor in (0, 1, 139):
        known = next_increment(replace(shown, cursor=cursor))
        assert known is not None
        assert known.tobytes() == shown.timeline.increment(cursor + 1).tobytes()
        cut = replace(shown, cursor=cursor, timeline=shown.timeline.truncated(cursor + 1))
        foreseen = next_increment(cut)
        assert foreseen is not None
        assert foreseen.tobytes() == known.tobytes()


def test_that_a_rule_changed_at_the_cursor_begins_with_a_state_of_its_own() -> None:
    shown = a_run("univariate", 5, optimizer="momentum", hyper={"learning_rate": 0.01})
    run = shown.experiment.run.but(changes=(Change(iteration=5, name="optimizer", value="adam"),))
    # The record's end still has momentum's state.
    cut = replace(shown, cursor=5, experiment=shown.experiment.but(run=run))
    foreseen = next_increment(cut)
    assert foreseen is not None
    np.testing.assert_allclose(np.abs(foreseen), 1e-3, rtol=1e-6)  # Adam's first step is its rate


def test_that_random_search_leaves_a_candidate_to_the_step_where_the_update_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = a_run("univariate", 4, optimizer="random-search", hyper={})
    end = replace(shown, cursor=4)
    known = next_increment(end)
    assert known is not None
    np.testing.assert_allclose(known, update_terms(end).step, rtol=1e-14)
    monkeypatch.setattr(update_terms_module, "EVALUATED", shown.problem.data.m * shown.problem.model.width - 1)
    assert not is_quick(end)
    assert next_increment(end) is None
    assert next_increment(replace(shown, cursor=3)) is not None  # it is on record


def test_that_random_search_sees_all_the_data_whatever_batch_is_set() -> None:
    shown = a_run("two-layer-sigmoid", optimizer="random-search", hyper={}, batch_size=5)
    passes, data = passes_of(shown), shown.problem.data
    assert not passes.is_batch
    assert (passes.m, len(passes.examples)) == (data.m, data.m)
    loss, grad = shown.problem.model.loss_and_gradient(shown.theta, data.X, data.y)
    assert passes["L"] == shown.loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(shown.grad, grad, rtol=1e-9, atol=1e-14)


def test_that_the_walk_goes_through_every_term_and_on_to_the_next_iteration() -> None:
    model = MODELS["two-layer-sigmoid"](1, 2)
    names = walk_names(model)
    assert names[-2:] == (INCREMENT, MOVE)
    term, gone = "", []
    for _ in range(len(names)):
        term, moves = walked(model, term, forward=True)
        gone.append(term)
        assert moves == 0
    assert tuple(gone) == names
    assert walked(model, term, forward=True) == (names[0], 1)
    for name in reversed(names[:-1]):
        term, moves = walked(model, term, forward=False)
        assert (term, moves) == (name, 0)
    assert walked(model, term, forward=False) == (MOVE, -1)
    assert walked(model, "", forward=False) == (MOVE, 0)


# -- the check ------------------------------------------------------------------------------------------------------


def check_of(shown: Snapshot, **changes: Any) -> GradientCheck:
    *_, found = check_steps(replace(CheckWish(shown.problem, shown.theta, shown.grad, None), **changes))
    assert found is not None
    return found


@pytest.mark.parametrize("model", MODELS)
def test_that_a_right_gradient_is_found_right_in_every_block(model: str) -> None:
    shown = a_run(model)
    for cursor in (0, 5, 12):
        check = check_of(replace(shown, cursor=cursor))
        assert [block.name for block in check.blocks] == [b.name for b in shown.problem.model.layout.blocks]
        assert check.agrees
        assert 0.0 <= check.difference <= 1e-12
        assert not check.at_rest


@pytest.mark.parametrize("model", MODELS)
def test_that_one_wrong_entry_is_found_in_its_block(model: str) -> None:
    shown = a_run(model)
    layout = shown.problem.model.layout
    largest = float(np.abs(shown.grad).max())
    for block in layout.blocks:
        wrong = shown.grad.copy()
        wrong[block.stop - 1] += 1e-6 * largest
        check = check_of(shown, grad=wrong)
        assert [b.name for b in check.blocks if not b.agrees] == [block.name]
        own = float(np.abs(wrong[block.start : block.stop]).max())
        assert check.difference == pytest.approx(1e-6 * largest / own, rel=1e-3)
    assert not check_of(shown, grad=np.full_like(shown.grad, np.nan)).agrees


@pytest.mark.parametrize("asked", [False, True])
def test_that_beyond_its_time_a_check_is_one_of_some_entries_of_each_block(
    asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = a_run("two-layer-linear")
    entry = shown.problem.data.m * shown.problem.model.width
    monkeypatch.setattr(gradient_check, "UNASKED", 13 * entry)
    monkeypatch.setattr(gradient_check, "ASKED", 20 * entry)
    check = check_of(shown, asked=asked)
    sizes = [block.size for block in shown.problem.model.layout.blocks]
    assert sizes == [30, 3, 3, 1]
    assert [block.size for block in check.blocks] == sizes
    assert [block.checked for block in check.blocks] == ([13, 3, 3, 1] if asked else [6, 3, 3, 1])
    assert (check.checked, check.size) == (20 if asked else 13, 37)
    assert check.agrees
    assert check.wish.by_itself
    entries = check.wish.entries.tolist()
    assert entries == sorted(set(entries))
    assert entries == replace(check.wish).entries.tolist()  # the same point has the same entries
    later = replace(shown, cursor=5)
    assert entries != replace(check.wish, theta=later.theta).entries.tolist()
    for entry in range(check.size):
        wrong = shown.grad.copy()
        wrong[entry] += 1e-3 * np.abs(shown.grad).max()
        assert check_of(shown, grad=wrong, asked=asked).agrees == (entry not in entries)


def test_that_of_huge_data_one_entry_of_each_block_is_checked_and_only_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = a_run("two-layer-sigmoid")
    for name in ("UNASKED", "ASKED", "FEWEST"):
        monkeypatch.setattr(gradient_check, name, 0)
    check = check_of(shown)
    assert [block.checked for block in check.blocks] == [1, 1, 1, 1]
    assert check.agrees
    assert not check.wish.by_itself


def test_that_a_large_network_s_gradient_is_checked_by_itself() -> None:
    rng = np.random.default_rng(1)
    data = Dataset(rng.normal(size=(100, 400)), rng.normal(size=(1, 400)), tuple(f"x{i}" for i in range(100)), "y")
    problem = build_problem(Loaded(data), ModelConfig(name="two-layer-sigmoid", hidden=256))
    theta = rng.normal(size=problem.model.layout.size) / 10
    wish = CheckWish(problem, theta, problem.model.loss_and_gradient(theta, data.X, data.y)[1], None)
    assert wish.by_itself
    assert min(wish.counts) == 1
    assert 100 < sum(wish.counts) < sum(replace(wish, asked=True).counts) < theta.size


def test_that_a_wrong_entry_is_found_beside_one_that_dwarfs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(2, 40)) * [[1e6], [1e-6]]
    data = Dataset(X, rng.normal(size=(1, 40)), ("large", "small"), "y")
    problem = build_problem(Loaded(data), ModelConfig(name="multivariate"))
    theta = np.ones(3)
    _, grad = problem.model.loss_and_gradient(theta, data.X, data.y)
    *_, right = check_steps(CheckWish(problem, theta, grad, None))
    wrong = grad.copy()
    wrong[1] *= -5.0
    *_, found = check_steps(CheckWish(problem, theta, wrong, None))
    assert abs(grad[1]) < 1e-9 * abs(grad[0])
    assert right is not None
    assert found is not None
    assert right.agrees
    assert [b.name for b in found.blocks if not b.agrees] == ["w"]
    monkeypatch.setattr(gradient_check, "UNASKED", 0)  # one of both entries
    drawn = 0
    for seed in range(8):
        theta = np.random.default_rng(seed).normal(size=3)
        _, grad = problem.model.loss_and_gradient(theta, data.X, data.y)
        wish = CheckWish(problem, theta, grad * [1.0, -5.0, 1.0], None)
        *_, found = check_steps(wish)
        assert found is not None
        assert found.blocks[0].agrees == (wish.entries[0] == 0)
        drawn += int(wish.entries[0])
    assert 0 < drawn < 8


@pytest.mark.parametrize("seed", range(60))
def test_that_right_gradients_of_odd_data_are_never_called_wrong(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 6)), int(rng.choice([1, 2, 5, 40]))
    X = rng.normal(size=(n, m)) * 10.0 ** rng.uniform(-6.0, 6.0, size=(n, 1))
    data = Dataset(X, rng.normal(size=(1, m)) * 10.0 ** rng.uniform(-4.0, 4.0), tuple("abcde"[:n]), "y")
    for name in ("multivariate", "two-layer-linear", "two-layer-sigmoid"):
        problem = build_problem(Loaded(data), ModelConfig.model_validate({"name": name, "hidden": 3}))
        theta = rng.normal(size=problem.model.layout.size) * 10.0 ** rng.uniform(-3.0, 3.0)
        with np.errstate(all="ignore"):
            _, grad = problem.model.loss_and_gradient(theta, data.X, data.y)
            *_, found = check_steps(CheckWish(problem, theta, grad, None))
        assert found is not None
        assert found.agrees or not np.isfinite(grad).all()


def test_that_rounding_at_a_minimum_is_not_called_a_difference() -> None:
    shown = a_run("multivariate", 0)
    optimum = shown.problem.optimum
    assert optimum is not None
    theta = optimum.theta
    _, grad = shown.problem.model.loss_and_gradient(theta, shown.problem.data.X, shown.problem.data.y)
    check = check_of(shown, theta=theta, grad=grad)
    assert check.agrees
    assert check.at_rest


def test_that_a_batchs_gradient_is_checked_on_the_batch() -> None:
    shown = a_run("two-layer-sigmoid", batch_size=5)
    batch = passes_of(shown).examples
    assert check_of(shown, batch=batch).agrees
    assert not check_of(shown).agrees  # all the data have another gradient


def test_that_fast_steps_pass_too() -> None:
    shown = a_run("two-layer-linear", 12, optimizer="momentum", hyper={"learning_rate": 1e-3}, arithmetic="fast")
    assert check_of(replace(shown, cursor=12)).agrees


def test_that_a_timeline_knows_where_its_batches_begin() -> None:
    timeline: Timeline = a_run("univariate", batch_size=10).timeline
    assert [timeline.place(i) for i in range(5)] == [(0, 0), (0, 10), (0, 20), (1, 0), (1, 10)]


def test_that_a_move_that_takes_long_to_replay_is_left_to_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = a_run("two-layer-sigmoid")
    last = shown.timeline.last
    at_end = replace(shown, cursor=last, timeline=shown.timeline.truncated(last).truncated(last))
    at_end = replace(at_end, cursor=last - 1)
    assert at_end.timeline.tail is None
    move = next_increment(at_end)
    assert move is not None
    assert np.array_equal(move, shown.timeline.increment(last))
    monkeypatch.setattr(transitions, "REPLAYED_AT_ONCE", last * shown.theta.size - 1)
    assert next_increment(at_end) is None
