"""Recording many steps at once: the bits of the plain definition, and the fast arithmetic beside the equations."""

from time import perf_counter
from typing import Any

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.descent import ClosedForm
from landscape_app.core.errors import ConfigError
from landscape_app.core.factor import CentredFactor
from landscape_app.core.least_squares import least_squares
from landscape_app.core.models import MODELS
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.core.optimizers.base import Step
from landscape_app.core.rng import batch_order
from landscape_app.session.changes import changed_at, restarted
from landscape_app.session.config import Arithmetic, Change, DataConfig, Experiment, ModelConfig, RunConfig
from landscape_app.session.history import change_name
from landscape_app.session.prepare import adapted, prepare
from landscape_app.session.problem import Loaded
from landscape_app.session.records import KEYFRAME_EVERY, StepBatch, StepRecord
from landscape_app.session.settings import Schedule
from landscape_app.session.transitions import Run, first_record, next_step, recorded, steps, why_not_fast


def some_data(n: int = 2, m: int = 23, seed: int = 8) -> Dataset:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, m))
    return Dataset(X, X[:1] - 0.5 + 0.1 * rng.normal(size=(1, m)), tuple(f"x{i}" for i in range(n)), "y")


def a_run(config: RunConfig, model: str = "multivariate", data: Dataset | None = None) -> tuple[Run, StepRecord]:
    data = data or some_data(1 if model == "univariate" else 2)
    run = Run.of(config, MODELS[model](data.n, 3), data)
    return run, first_record(run, np.random.default_rng(1).normal(size=run.model.layout.size))


def by_definition(config: RunConfig, run: Run, start: FloatArray, count: int) -> dict[str, FloatArray]:
    """Record steps as one would write them down: an update, the next batch, its loss and gradient."""
    model, data, schedule = run.model, run.data, Schedule(config)
    theta, state = start, schedule.at(0).optimizer.initial_state(start)
    epoch = position = 0
    rows: list[tuple[FloatArray, FloatArray, float, float, tuple[int, int]]] = []
    for i in range(count + 1):
        now = schedule.at(i)
        if i > 0 and any(c.iteration == i and c.name == "optimizer" for c in config.changes):
            state = now.optimizer.initial_state(theta)
        X, y, loss = data.X, data.y, model.loss(theta, data.X, data.y)
        step_size = now.batch_size if now.optimizer.uses_gradient else None  # losses are compared over all the data
        size = step_size if step_size is not None and step_size < data.m else None
        if size is not None:
            X, y = data.examples(batch_order(config.seed, epoch, data.m)[position : position + size])
        batch_loss, grad = model.loss_and_gradient(theta, X, y)
        rows.append((theta, grad, loss, batch_loss, (epoch, position)))
        step = Step(theta, grad, now.hyper, loss, lambda t: model.loss(t, data.X, data.y), config.seed)
        theta, state = now.optimizer.update(step, state)
        position += step_size or data.m
        if position >= data.m:
            epoch, position = epoch + 1, 0
    names = ("theta", "grad", "loss", "batch_loss", "place")
    return {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


@pytest.mark.parametrize("batch_size", [None, 5, 23, 50])
@pytest.mark.parametrize("rule", list(OPTIMIZERS))
@pytest.mark.parametrize("model", list(MODELS))
def test_that_every_bit_is_that_of_the_definition(model: str, rule: str, batch_size: int | None) -> None:
    changes = (
        Change(iteration=20, name="batch_size", value=3),
        Change(iteration=40, name="optimizer", value="momentum"),
        Change(iteration=41, name="learning_rate", value=0.02),
        Change(iteration=50, name="batch_size", value=None),
    )
    config = RunConfig(optimizer=rule, batch_size=batch_size, seed=4, changes=changes)
    run, record = a_run(config, model)
    expected = by_definition(config, run, record.theta, 60)
    batch = recorded(run, record, 60, with_first=True).batch
    assert batch is not None
    for name, values in expected.items():
        assert getattr(batch, name).tobytes() == values.tobytes(), name
    assert batch.first == 0
    assert batch.tail.iteration == 60


@pytest.mark.parametrize("rule", list(OPTIMIZERS))
def test_that_slices_join_without_a_seam(rule: str) -> None:
    run, record = a_run(RunConfig(optimizer=rule, batch_size=5))
    whole = recorded(run, record, 300).batch
    assert whole is not None
    parts, tail = [], record
    for count in (1, 127, 2, 170):
        part = recorded(run, tail, count).batch
        assert part is not None
        parts.append(part)
        tail = part.tail
    for name in ("theta", "grad", "loss", "batch_loss", "place"):
        assert np.concatenate([getattr(part, name) for part in parts]).tobytes() == getattr(whole, name).tobytes()
    assert [i for part in parts for i, _ in part.keyframes] == [i for i, _ in whole.keyframes]
    assert [i for i, _ in whole.keyframes] == [KEYFRAME_EVERY, 2 * KEYFRAME_EVERY]
    assert {k: v.tobytes() for k, v in tail.state.items()} == {k: v.tobytes() for k, v in whole.tail.state.items()}


def test_that_single_steps_are_the_same_as_many() -> None:
    run, record = a_run(RunConfig(optimizer="adam", batch_size=4))
    many = recorded(run, record, 9).batch
    assert many is not None
    for i, one in zip(range(9), steps(run, record), strict=False):
        assert isinstance(one, StepRecord)
        assert one.theta.tobytes() == many.theta[i].tobytes()
        assert (one.loss, one.epoch, one.position) == (many.loss[i], *many.place[i])
        assert not one.theta.flags.writeable
        assert not one.grad.flags.writeable


def test_that_a_batch_from_records_is_the_batch_from_rows() -> None:
    run, record = a_run(RunConfig(optimizer="adam"))
    made, one = [record], record
    for _ in range(KEYFRAME_EVERY + 2):
        following = next_step(run, one)
        assert isinstance(following, StepRecord)
        one = following
        made.append(one)
    packed, rows = StepBatch.of(made), recorded(run, record, KEYFRAME_EVERY + 2, with_first=True).batch
    assert rows is not None
    for name in ("theta", "grad", "loss", "batch_loss", "place"):
        assert getattr(packed, name).tobytes() == getattr(rows, name).tobytes()
        assert getattr(packed, name).dtype == getattr(rows, name).dtype
    assert [i for i, _ in packed.keyframes] == [i for i, _ in rows.keyframes] == [0, KEYFRAME_EVERY]


def test_that_a_slice_whose_time_is_up_takes_one_step() -> None:
    run, record = a_run(RunConfig())
    batch = recorded(run, record, 100, deadline=perf_counter() - 1.0).batch
    assert batch is not None
    assert len(batch.loss) == 1
    nothing = recorded(run, record, 0)
    assert (nothing.batch, nothing.divergence, nothing.converged) == (None, None, False)


def test_that_it_stops_at_the_first_small_gradient() -> None:
    run, record = a_run(RunConfig(hyper={"learning_rate": 0.3}))
    whole = recorded(run, record, 200).batch
    assert whole is not None
    norms = np.linalg.norm(whole.grad, axis=1)
    tolerance = float(norms[30]) * 1.0001
    found = recorded(run, record, 200, tolerance=tolerance)
    assert found.batch is not None
    assert found.converged
    assert found.batch.tail.iteration == 1 + int(np.flatnonzero(norms < tolerance)[0])
    again = recorded(run, found.batch.tail, 200, tolerance=tolerance)
    assert (again.batch, again.converged) == (None, True)


def test_that_what_is_not_finite_is_not_recorded() -> None:
    run, record = a_run(RunConfig(hyper={"learning_rate": 1e3}))
    found = recorded(run, record, 10_000)
    assert found.batch is not None
    assert found.divergence is not None
    assert found.divergence.iteration == found.batch.tail.iteration
    for values in (found.batch.theta, found.batch.grad, found.batch.loss):
        assert np.isfinite(values).all()
    at_once = recorded(run, found.batch.tail, 10_000)
    assert at_once.batch is None
    assert at_once.divergence is not None


def test_that_huge_but_finite_numbers_go_on() -> None:
    data = Dataset(np.full((1, 3), 1e-200), np.zeros((1, 3)), ("x",), "y")
    run = Run.of(RunConfig(hyper={"learning_rate": 0.0}), MODELS["univariate"](1), data)
    found = recorded(run, first_record(run, np.array([1e200, 0.0])), 5)  # the squares of these overflow
    assert found.divergence is None
    assert found.batch is not None
    assert found.batch.tail.iteration == 5


# --- fast steps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["gradient-descent", "momentum", "nesterov", "random-search"])
@pytest.mark.parametrize("model", ["univariate", "multivariate", "two-layer-linear"])
def test_that_fast_steps_take_the_same_path(model: str, rule: str) -> None:
    config = RunConfig(optimizer=rule)
    slow, start = a_run(config, model)
    fast, quick_start = a_run(config.but(arithmetic="fast"), model)
    assert quick_start.loss == pytest.approx(start.loss, rel=1e-12)
    a, b = recorded(slow, start, 500).batch, recorded(fast, quick_start, 500).batch
    assert a is not None
    assert b is not None
    assert np.abs(a.theta - b.theta).max() <= 1e-9 * np.abs(a.theta).max()
    assert b.loss == pytest.approx(a.loss, rel=1e-9)
    assert np.abs(a.grad - b.grad).max() <= 1e-9 * np.abs(a.grad).max()
    assert b.batch_loss.tobytes() == b.loss.tobytes()
    assert a.place.tobytes() == b.place.tobytes()


@pytest.mark.parametrize("rule", ["adagrad", "rmsprop", "adam", "adamw"])
def test_that_fast_gradients_are_those_of_the_equations_for_rules_that_divide(rule: str) -> None:
    fast, start = a_run(RunConfig(optimizer=rule, arithmetic="fast"))
    batch = recorded(fast, start, 300).batch
    assert batch is not None
    for theta, grad, loss in zip(batch.theta, batch.grad, batch.loss, strict=True):
        expected, gradient = fast.model.loss_and_gradient(theta, fast.data.X, fast.data.y)
        assert loss == pytest.approx(expected, rel=1e-11)
        assert np.abs(grad - gradient).max() <= 1e-12 * max(1.0, np.abs(gradient).max())


def test_that_a_factor_that_is_there_is_used() -> None:
    data, other = some_data(), some_data(seed=9)
    model = MODELS["multivariate"](2)
    run = Run.of(RunConfig(arithmetic="fast"), model, data, CentredFactor.of(other.X, other.y))
    assert run.full.loss(np.zeros(3)) == pytest.approx(model.loss(np.zeros(3), other.X, other.y), rel=1e-12)


@pytest.mark.parametrize(
    ("model", "changes", "words"),
    [
        ("two-layer-sigmoid", {}, "linear in the features"),
        ("multivariate", {"batch_size": 5}, "all examples at once"),
        ("multivariate", {"changes": (Change(iteration=9, name="batch_size", value=4),)}, "all examples at once"),
    ],
)
def test_that_fast_steps_are_refused_where_there_are_none(model: str, changes: dict[str, Any], words: str) -> None:
    config = RunConfig(arithmetic="fast", **changes)
    with pytest.raises(ConfigError, match=words):
        a_run(config, model)
    assert words in why_not_fast(config, MODELS[model](2, 3), 23)
    a_run(config.but(arithmetic="equations"), model)


def test_that_a_batch_of_all_examples_is_full() -> None:
    run, record = a_run(RunConfig(arithmetic="fast", batch_size=23))
    batch = recorded(run, record, 3).batch
    assert batch is not None
    assert batch.place.tolist() == [[1, 0], [2, 0], [3, 0]]


def test_that_the_arithmetic_outlives_a_reset_and_other_settings() -> None:
    fast = RunConfig(arithmetic="fast")
    assert restarted(changed_at(fast, 5, "learning_rate", 0.5), 9).arithmetic == "fast"
    assert changed_at(fast, 0, "optimizer", "adam").arithmetic == "fast"


def test_that_a_model_or_data_without_fast_steps_fall_back_to_the_equations() -> None:
    data = some_data(1)
    for parts in ({"model": ModelConfig(name="two-layer-sigmoid")}, {"run": RunConfig(batch_size=7)}):
        run = parts.get("run", RunConfig()).but(arithmetic="fast")
        wish = Experiment(**{**parts, "run": run})
        assert adapted(wish, Loaded(data)).run.arithmetic == "equations"
    assert adapted(Experiment(run=RunConfig(arithmetic="fast")), Loaded(data)).run.arithmetic == "fast"


def test_that_fast_steps_are_prepared_with_the_problems_factor_and_named_by_undo() -> None:
    wish = Experiment(data=DataConfig(examples=50), run=RunConfig(arithmetic="fast"))
    prepared = prepare(wish)
    assert prepared.problem.factor is not None
    theta = prepared.timeline.theta[0]
    loss = prepared.problem.factor.loss(theta[:1], float(theta[1]))
    assert prepared.timeline.loss[0] == pytest.approx(loss, rel=1e-12)
    assert change_name(wish.but(run=RunConfig()), wish) == "run.arithmetic"


@pytest.mark.parametrize("arithmetic", ["equations", "fast"])
def test_that_ten_thousand_recorded_steps_are_those_of_the_closed_form(arithmetic: Arithmetic) -> None:
    data = some_data(3, 120)
    steepest = least_squares(data).lambda_max
    for share in (1e-4, 0.9, 1.95):  # still on its way at the end; at the optimum; swinging around it
        config = RunConfig(hyper={"learning_rate": share / steepest}, arithmetic=arithmetic)
        run, record = a_run(config, data=data)
        batch = recorded(run, record, 10_000).batch
        assert batch is not None
        closed = ClosedForm.of(least_squares(data).axes, record.theta, share / steepest)
        for row in (0, 9, 999, 9_999):
            assert batch.theta[row] == pytest.approx(closed.theta(row + 1), rel=1e-10)
            assert batch.loss[row] == pytest.approx(closed.loss_and_gradient(row + 1)[0], rel=1e-10)
